using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Stages;

namespace ContainerStages.Dockerfile;

/// <summary>The check UndefinedVar, for stages that stand on scratch: what another base defines is not known before it is pulled.</summary>
internal static class VariableChecks
{
    private static readonly string[] Always =
    [
        "PATH", "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "FTP_PROXY", "ftp_proxy", "NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy",
    ];

    public static IEnumerable<Diagnostic> Run(CheckedFile file, Stage stage)
    {
        var chain = file.WithBases(stage).ToArray();
        if (chain[0].From != StageNames.Scratch)
        {
            yield break;
        }

        var known = Always.Concat(chain.SkipLast(1).SelectMany(below => below.Instructions).SelectMany(Defined)).ToDictionary(name => name, _ => "x", StringComparer.Ordinal);
        foreach (var instruction in stage.Instructions)
        {
            var unset = Words(instruction).SelectMany(word => file.Expand(word, known, instruction.Location)?.Unset ?? []).Where(name => !known.ContainsKey(name));
            foreach (var name in unset.Distinct(StringComparer.Ordinal))
            {
                var hint = NearestName.Find(name, known.Keys) is { } nearest ? $" (did you mean ${nearest}?)" : "";
                yield return BuildChecks.UndefinedVar.Warn($"Usage of undefined variable '${name}'{hint}", instruction.Location);
            }

            foreach (var name in Defined(instruction))
            {
                known[name] = "x";
            }
        }
    }

    private static IEnumerable<string> Defined(Instruction instruction) => instruction switch
    {
        ArgInstruction arg => arg.Arguments.Select(pair => pair.Name),
        EnvInstruction env => env.Variables.Select(pair => pair.Name),
        _ => [],
    };

    private static IEnumerable<string> Words(Instruction instruction) => instruction switch
    {
        ArgInstruction arg => arg.Arguments.Select(pair => pair.Value).OfType<string>(),
        EnvInstruction env => env.Variables.Select(pair => pair.Value).OfType<string>(),
        LabelInstruction label => label.Labels.Select(pair => pair.Value).OfType<string>(),
        WorkdirInstruction workdir => [workdir.Path],
        UserInstruction user => [user.User],
        ExposeInstruction expose => expose.Ports,
        VolumeInstruction volume => volume.Paths,
        StopSignalInstruction signal => [signal.Signal],
        CopyInstruction copy => [.. copy.Sources, copy.Destination, copy.Chown ?? ""],
        AddInstruction add => [.. add.Sources, add.Destination, add.Chown ?? ""],
        _ => [],
    };
}
