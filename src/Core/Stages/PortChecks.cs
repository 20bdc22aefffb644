using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Stages;

/// <summary>Build checks of one argument of EXPOSE.</summary>
internal static class PortChecks
{
    public static IEnumerable<Diagnostic> Run(string port, SourceLocation location)
    {
        if (port.Split('/', 2).ElementAtOrDefault(1)?.Any(char.IsUpper) == true)
        {
            yield return BuildChecks.ExposeProtoCasing.Warn(
                $"Defined protocol '{port}' in EXPOSE instruction should be lowercase",
                location);
        }

        if (port.Split(':').SkipLast(1).Any(part => part.Length > 0))
        {
            yield return BuildChecks.ExposeInvalidFormat.Warn(
                $"EXPOSE instruction should not define an IP address or host-port mapping, found '{port}'",
                location);
        }
    }
}
