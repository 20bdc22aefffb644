using System.Collections.Immutable;
using ContainerStages.Stages;

namespace ContainerStages.Dockerfile;

/// <summary>
/// One instruction in the one form that this project gives it: upper case, flags in a fixed order, words where they suffice and JSON where
/// they do not.
/// </summary>
internal sealed class InstructionText(char escape)
{
    public string Of(Instruction instruction) => instruction switch
    {
        ArgInstruction arg => Line("ARG", [], string.Join(' ', arg.Arguments.Select(Pair))),
        EnvInstruction env => Pairs("ENV", env.Variables),
        LabelInstruction label => Pairs("LABEL", label.Labels),
        WorkdirInstruction workdir => Line("WORKDIR", [], workdir.Path),
        UserInstruction user => Line("USER", [], user.User),
        StopSignalInstruction signal => Line("STOPSIGNAL", [], signal.Signal),
        MaintainerInstruction maintainer => Line("MAINTAINER", [], maintainer.Author),
        ExposeInstruction expose => Line("EXPOSE", [], string.Join(' ', expose.Ports)),
        VolumeInstruction volume => Line("VOLUME", [], List(volume.Paths)),
        ShellInstruction shell => Line("SHELL", [], JsonWords.Write(shell.Shell)),
        CmdInstruction cmd => Line("CMD", [], Command(cmd.Command)),
        EntrypointInstruction entrypoint => Line("ENTRYPOINT", [], Command(entrypoint.Command)),
        RunInstruction run => Line("RUN", FlagTexts.Of(run), Command(run.Command)) + Bodies(run),
        CopyInstruction copy => Line("COPY", FlagTexts.Of(copy), Files(copy.Sources, copy.Destination, copy.Documents)) + Bodies(copy),
        AddInstruction add => Line("ADD", FlagTexts.Of(add), Files(add.Sources, add.Destination, add.Documents)) + Bodies(add),
        HealthcheckInstruction check => Line(
            "HEALTHCHECK",
            FlagTexts.Of(check),
            check.Command is null ? "NONE" : $"CMD {Command(check.Command)}"),
        OnBuildInstruction trigger => $"ONBUILD {trigger.Trigger}",
        _ => throw new ArgumentOutOfRangeException(
            nameof(instruction),
            instruction.GetType().Name,
            "No text is known for this instruction."),
    };

    /// <summary>The here-documents that follow the line of an instruction; of ONBUILD what follows the first line of its trigger.</summary>
    public static string Bodies(Instruction instruction) => instruction switch
    {
        RunInstruction { Command: HeredocForm form } => Bodies(form.Documents),
        CopyInstruction copy => Bodies(copy.Documents),
        AddInstruction add => Bodies(add.Documents),
        OnBuildInstruction trigger when trigger.Trigger.IndexOf('\n', StringComparison.Ordinal) is >= 0 and var end =>
            trigger.Trigger[end..],
        _ => "",
    };

    private static string Bodies(ImmutableArray<HereDocument> documents) =>
        string.Concat(documents.Select(document => $"\n{document.Content}{document.Name}"));

    /// <summary>Arguments that begin with two dashes would be flags but for the lone dashes before them.</summary>
    private static string Line(string keyword, IEnumerable<string> flags, string arguments) =>
        string.Join(
            ' ',
            [keyword, .. flags, .. arguments.StartsWith("--", StringComparison.Ordinal) ? ["--"] : Array.Empty<string>(), arguments]);

    private static string Command(CommandLine command) => command switch
    {
        ExecForm exec => JsonWords.Write(exec.Arguments),
        ShellForm shell => shell.Text,
        HeredocForm heredoc => heredoc.Text,
        _ => throw new ArgumentOutOfRangeException(nameof(command), command.GetType().Name, "No text is known for this form."),
    };

    private static string Pair(NameValue pair) => pair.Value is null ? pair.Name : $"{pair.Name}={pair.Value}";

    /// <summary>The old form <c>NAME rest of the line</c> where the value is no single word.</summary>
    private string Pairs(string keyword, ImmutableArray<NameValue> pairs) =>
        Line(
            keyword,
            [],
            pairs is [{ Value: { Length: > 0 } value } only] && !IsWord(Pair(only))
                ? $"{only.Name} {value}"
                : string.Join(' ', pairs.Select(Pair)));

    private bool IsWord(string text)
    {
        var line = new InstructionLine(new LogicalLine(SourceText.Of(text, ""), [new LogicalLine.Piece($"ENV {text}", default)]));
        return line.SplitQuoted(escape) is [var word] && word.Text == text && !text.TrimEnd().EndsWith(escape);
    }

    private string Files(ImmutableArray<string> sources, string destination, ImmutableArray<HereDocument> documents)
    {
        if (documents.IsEmpty)
        {
            return List(sources.Add(destination));
        }

        var left = new Queue<HereDocument>(documents);
        var words = sources.Select(source => left.TryPeek(out var next) && source == $"<<{next.Name}" ? Mark(left.Dequeue()) : source);
        return string.Join(' ', words.Append(destination));
    }

    private static string Mark(HereDocument document) => document.Expand ? $"<<{document.Name}" : $"<<\"{document.Name}\"";

    private string List(ImmutableArray<string> words) =>
        words.All(IsPlain) && !words[^1].EndsWith(escape) ? string.Join(' ', words) : JsonWords.Write(words);

    /// <summary>A quote could join words to one that begins a here-document.</summary>
    private static bool IsPlain(string word) =>
        word.Length > 0
            && !word.Any(char.IsWhiteSpace)
            && word.AsSpan().IndexOfAny("\"'\\") < 0
            && word[0] != '['
            && !Heredoc.IsMark(word)
            && Heredoc.TryParse(new Word(word, default)) is null;
}
