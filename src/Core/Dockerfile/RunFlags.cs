using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Stages;

namespace ContainerStages.Dockerfile;

/// <summary>RUN --network and --security. Source: Dockerfile reference.</summary>
internal static class RunFlags
{
    public static RunNetwork Network(Flag? flag, ICollection<Diagnostic> diagnostics)
    {
        switch (flag?.Value)
        {
            case null or "default":
                return RunNetwork.Default;
            case "none":
                return RunNetwork.None;
            case "host":
                return RunNetwork.Host;
            default:
                diagnostics.Add(DockerfileDiagnostics.FlagValue("RUN", flag.Name, flag.Value, "default, none or host", flag.Location));
                return RunNetwork.Default;
        }
    }

    public static bool IsInsecure(Flag? flag, ICollection<Diagnostic> diagnostics)
    {
        if (flag?.Value is not (null or "sandbox" or "insecure"))
        {
            diagnostics.Add(DockerfileDiagnostics.FlagValue("RUN", flag.Name, flag.Value, "sandbox or insecure", flag.Location));
        }

        return flag?.Value == "insecure";
    }
}
