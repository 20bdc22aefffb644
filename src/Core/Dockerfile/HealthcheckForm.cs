using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Stages;

namespace ContainerStages.Dockerfile;

/// <summary>
/// HEALTHCHECK: <c>NONE</c>, or options and <c>CMD</c> with a command. Source: Dockerfile reference, HEALTHCHECK; limits as in BuildKit.
/// </summary>
internal static class HealthcheckForm
{
    public static IReadOnlyList<string> Flags { get; } = ["interval", "timeout", "start-period", "start-interval", "retries"];

    public static HealthcheckInstruction? Parse(InstructionLine line, InstructionFlags flags, ICollection<Diagnostic> diagnostics)
    {
        var before = diagnostics.Count;
        CheckFlags(flags, diagnostics);
        var command = ReadCommand(line, diagnostics);
        return diagnostics.Count > before ? null : new HealthcheckInstruction(line.Location, line.Text, command)
        {
            Interval = flags["interval"]?.Value,
            Timeout = flags["timeout"]?.Value,
            StartPeriod = flags["start-period"]?.Value,
            StartInterval = flags["start-interval"]?.Value,
            Retries = flags["retries"]?.Value,
        };
    }

    /// <summary>Null for NONE, and where a diagnostic says why there is none.</summary>
    private static CommandLine? ReadCommand(InstructionLine line, ICollection<Diagnostic> diagnostics)
    {
        var kind = line.Rest.Split([' ', '\t'], 2)[0];
        var text = line.Rest[kind.Length..].Trim();
        switch (kind.ToUpperInvariant())
        {
            case "NONE" when text.Length == 0:
                return null;
            case "NONE":
                diagnostics.Add(DockerfileDiagnostics.HealthcheckForm("HEALTHCHECK NONE takes no arguments.", line.RestLocation));
                return null;
            case "CMD" when text.Length == 0 || text == "[]":
                diagnostics.Add(DockerfileDiagnostics.HealthcheckForm("Missing command after HEALTHCHECK CMD.", line.RestLocation));
                return null;
            case "CMD":
                return JsonArguments.Read(text, out var words) switch
                {
                    JsonArguments.Form.Strings => new ExecForm(words),
                    JsonArguments.Form.Text => new ShellForm(text),
                    _ => Refused(),
                };
            default:
                diagnostics.Add(DockerfileDiagnostics.HealthcheckForm(
                    kind.Length == 0 ? "HEALTHCHECK needs an argument." : $"Unknown type '{kind}' in HEALTHCHECK.", line.Location));
                return null;
        }

        CommandLine? Refused()
        {
            diagnostics.Add(DockerfileDiagnostics.ArrayOfOtherThings(line.Keyword, line.RestLocation));
            return null;
        }
    }

    private static void CheckFlags(InstructionFlags flags, ICollection<Diagnostic> diagnostics)
    {
        foreach (var flag in Flags.Select(name => flags[name]).OfType<Flag>())
        {
            var (isRight, valid) = flag.Name == "retries"
                ? (HealthcheckOption.Retries(flag.Value!) is not null, "a number, 0 or more")
                : (
                    HealthcheckOption.Duration(flag.Value!) is not null,
                    "a duration of 1ms or more, for example 30s or 1m30s, or 0 for the default");
            if (!isRight)
            {
                diagnostics.Add(DockerfileDiagnostics.FlagValue("HEALTHCHECK", flag.Name, flag.Value!, valid, flag.Location));
            }
        }
    }
}
