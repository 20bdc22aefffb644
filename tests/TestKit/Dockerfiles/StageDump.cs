using System.Text;
using ContainerStages.Contracts;
using ContainerStages.Stages;

namespace ContainerStages.TestKit.Dockerfiles;

/// <summary>Stages as text that a person can check against the Dockerfile.</summary>
public static class StageDump
{
    public static string Of(StageSet set)
    {
        var text = new StringBuilder();
        if (set.Escape != '\\')
        {
            text.Append("escape ").Append(set.Escape).Append('\n');
        }

        foreach (var (name, value) in set.GlobalArguments.OrderBy(pair => pair.Key, StringComparer.Ordinal).Where(
            pair => !pair.Key.StartsWith("TARGET", StringComparison.Ordinal) && !pair.Key.StartsWith("BUILD", StringComparison.Ordinal)))
        {
            text.Append("global ").Append(name).Append(" = ").Append(Quote(value)).Append('\n');
        }

        foreach (var stage in set.Stages)
        {
            text.Append($"stage {stage.Index} {stage.Name ?? "-"} from {Quote(stage.From)} {Range(stage.FromLocation)}");
            text.Append(stage.Platform is null ? "" : $" platform {stage.Platform}").Append(' ').Append(Range(stage.Location)).Append('\n');
            foreach (var instruction in stage.Instructions)
            {
                Append(text, instruction, "  ");
            }
        }

        return text.ToString();
    }

    public static string Of(IEnumerable<Diagnostic> diagnostics) =>
        string.Concat(
            diagnostics.Select(diagnostic => $"{Range(diagnostic.Location ?? default)} {diagnostic.Code} {diagnostic.Message}\n"));

    private static void Append(StringBuilder text, Instruction instruction, string indent)
    {
        text.Append(indent).Append(Range(instruction.Location)).Append(' ').Append(instruction.Text).Append('\n');
        foreach (var detail in Details(instruction))
        {
            text.Append(indent).Append("    ").Append(detail).Append('\n');
        }

        if (instruction is ArtifactsInstruction artifacts)
        {
            foreach (var copy in artifacts.Copies)
            {
                Append(text, copy, indent + "    ");
            }
        }
    }

    private static IEnumerable<string> Details(Instruction instruction) => instruction switch
    {
        ArgInstruction arg => arg.Arguments.Select(Pair),
        EnvInstruction env => env.Variables.Select(Pair),
        LabelInstruction label => label.Labels.Select(Pair),
        WorkdirInstruction workdir => [Quote(workdir.Path)],
        UserInstruction user => [Quote(user.User)],
        MaintainerInstruction maintainer => [Quote(maintainer.Author)],
        StopSignalInstruction signal => [Quote(signal.Signal)],
        ExposeInstruction expose => expose.Ports.Select(Quote),
        VolumeInstruction volume => volume.Paths.Select(Quote),
        ShellInstruction shell => shell.Shell.Select(Quote),
        CmdInstruction cmd => [Command(cmd.Command)],
        EntrypointInstruction entrypoint => [Command(entrypoint.Command)],
        RunInstruction run => InstructionDetails.Of(run),
        AddInstruction add => InstructionDetails.Of(add),
        HealthcheckInstruction check => InstructionDetails.Of(check),
        OnBuildInstruction trigger => [Quote(trigger.Trigger)],
        CopyInstruction copy => Copy(copy),
        _ => [],
    };

    private static IEnumerable<string> Copy(CopyInstruction copy)
    {
        yield return $"{string.Join(' ', copy.Sources.Select(Quote))} -> {Quote(copy.Destination)}";
        foreach (var (name, value) in new[] { ("from", copy.From), ("chown", copy.Chown), ("chmod", copy.Chmod) }.Where(
            pair => pair.Item2 is not null))
        {
            yield return $"{name} {Quote(value)}{(name == "from" ? " " + Range(copy.FromLocation) : "")}";
        }

        foreach (var detail in InstructionDetails.Options(("link", copy.Link), ("parents", copy.Parents))
            .Concat(InstructionDetails.Files(copy.Excludes, copy.Documents)))
        {
            yield return detail;
        }

        if (copy.SkipMissing)
        {
            yield return "where it exists";
        }
    }

    internal static string Command(CommandLine command) => command switch
    {
        ExecForm exec => "exec " + string.Join(' ', exec.Arguments.Select(Quote)),
        ShellForm shell => "shell " + Quote(shell.Text),
        HeredocForm heredoc => "shell " +
            Quote(heredoc.Text) +
            string.Concat(heredoc.Documents.Select(document => "\n        " + InstructionDetails.Document(document))),
        _ => throw new ArgumentOutOfRangeException(nameof(command)),
    };

    private static string Pair(NameValue pair) => $"{pair.Name} = {Quote(pair.Value)}";

    internal static string Quote(string? text) => text is null
        ? "nothing"
        : $"<{text.Replace("\t", "\\t", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}>";

    internal static string Range(SourceLocation location) => $"[{location.Line}:{location.Column}-{location.EndLine}:{location.EndColumn}]";
}
