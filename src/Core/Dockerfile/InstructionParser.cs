using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Stages;

namespace ContainerStages.Dockerfile;

/// <summary>
/// One line to one instruction record. What is wrong goes to the diagnostics, and then the result is null, so that the
/// rest of the file is still read. Source: Dockerfile reference; forms and limits as in BuildKit.
/// </summary>
internal sealed partial class InstructionParser(char escape, ICollection<Diagnostic> diagnostics)
{
    private static readonly string[] Keywords =
    [
        "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD", "RUN", "SHELL",
        "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
    ];

    public Instruction? Parse(InstructionLine line, ImmutableArray<HereDocument> documents) => line.Keyword switch
    {
        "ADD" => ParseAdd(line, documents),
        "ARG" => ParseArg(line),
        "CMD" => ParseCommand(line, command => new CmdInstruction(line.Location, line.Text, command)),
        "COPY" => ParseCopy(line, documents),
        "ENTRYPOINT" => ParseCommand(line, command => new EntrypointInstruction(line.Location, line.Text, command)),
        "ENV" => ParseNameValues(line, pairs => new EnvInstruction(line.Location, line.Text, pairs)),
        "EXPOSE" => ParseExpose(line),
        "FROM" => ParseFrom(line),
        "HEALTHCHECK" => ParseHealthcheck(line),
        "LABEL" => ParseNameValues(line, pairs => new LabelInstruction(line.Location, line.Text, pairs)),
        "MAINTAINER" => ParseText(line, "a name", text => new MaintainerInstruction(line.Location, line.Text, text)),
        "ONBUILD" => ParseOnBuild(line, documents),
        "RUN" => ParseRun(line, documents),
        "SHELL" => ParseShell(line),
        "STOPSIGNAL" => ParseText(line, "a signal, for example SIGTERM", text => new StopSignalInstruction(line.Location, line.Text, text)),
        "USER" => ParseText(line, "a user, for example 65532:65532", text => new UserInstruction(line.Location, line.Text, text)),
        "VOLUME" => ParseVolume(line),
        "WORKDIR" => ParseText(line, "a path", text => new WorkdirInstruction(line.Location, line.Text, text)),
        _ => Fail(DockerfileDiagnostics.UnknownInstruction(line.Written, Keywords, line.KeywordLocation)),
    };

    /// <summary>Never null: also a FROM with a mistake begins a stage, or all that follows would seem to stand before the first.</summary>
    private FromInstruction ParseFrom(InstructionLine line)
    {
        TryReadFlags(line, [FlagSpec.Text("platform")], out var flags);
        var words = line.SplitAtBlanks();
        if (words.Length != 1 && !(words.Length == 3 && words[1].Text.Equals("AS", StringComparison.OrdinalIgnoreCase)))
        {
            diagnostics.Add(DockerfileDiagnostics.FromForm(line.Location));
            return new FromInstruction(line.Location, line.Text, new Word(StageNames.Scratch, line.Location), null, null);
        }

        var name = words.Length == 3 ? words[2] : (Word?)null;
        if (name is { } given && StageNames.Check(given.Text, given.Location) is { } problem)
        {
            diagnostics.Add(problem);
        }

        return new FromInstruction(line.Location, line.Text, words[0], flags["platform"], name);
    }

    private ArgInstruction? ParseArg(InstructionLine line)
    {
        if (!TryReadFlags(line, [], out _))
        {
            return null;
        }

        var words = line.SplitQuoted(escape);
        if (words.IsEmpty)
        {
            return Fail<ArgInstruction>(DockerfileDiagnostics.ArgumentsMissing(line.Keyword, "NAME or NAME=VALUE", line.Location));
        }

        var pairs = words
            .Select(word => word.Text.Split('=', 2))
            .Select(parts => new NameValue(parts[0], parts.ElementAtOrDefault(1))).ToImmutableArray();
        return pairs.IndexOf(pairs.FirstOrDefault(pair => pair.Name.Length == 0)!) is >= 0 and var blank
            ? Fail<ArgInstruction>(DockerfileDiagnostics.BlankName(line.Keyword, words[blank].Location))
            : new ArgInstruction(line.Location, line.Text, pairs);
    }

    /// <summary><c>NAME=value NAME=value</c>, or the old form <c>NAME the rest is the value</c>: the first word decides.</summary>
    private Instruction? ParseNameValues(InstructionLine line, Func<ImmutableArray<NameValue>, Instruction> create)
    {
        if (!TryReadFlags(line, [], out _))
        {
            return null;
        }

        var words = line.SplitQuoted(escape);
        if (words.IsEmpty)
        {
            return Fail(DockerfileDiagnostics.ArgumentsMissing(line.Keyword, "NAME=VALUE", line.Location));
        }

        if (!words[0].Text.Contains('=', StringComparison.Ordinal))
        {
            var name = line.SplitAtBlanks()[0].Text;
            var value = line.Rest[name.Length..].TrimStart();
            return value.Length == 0
                ? Fail(DockerfileDiagnostics.EqualsMissing(line.Keyword, name, words[0].Location))
                : create([new NameValue(name, value)]);
        }

        return CheckNameValues(line.Keyword, words)
            ? create([.. words.Select(word => word.Text.Split('=', 2)).Select(parts => new NameValue(parts[0], parts[1]))])
            : null;
    }

    /// <summary>Reports every word that is no pair; of what was meant as a comment only the first.</summary>
    private bool CheckNameValues(string keyword, ImmutableArray<Word> words)
    {
        var isRight = true;
        foreach (var word in words)
        {
            if (CheckNameValue(keyword, word) is { } problem)
            {
                isRight = false;
                diagnostics.Add(problem);
                if (word.Text.StartsWith('#'))
                {
                    break;
                }
            }
        }

        return isRight;
    }

    private static Diagnostic? CheckNameValue(string keyword, Word word) => word.Text.IndexOf('=', StringComparison.Ordinal) switch
    {
        < 0 => DockerfileDiagnostics.EqualsMissing(keyword, word.Text, word.Location),
        0 => DockerfileDiagnostics.BlankName(keyword, word.Location),
        _ => null,
    };

    private RunInstruction? ParseRun(InstructionLine line, ImmutableArray<HereDocument> documents)
    {
        FlagSpec[] known = [FlagSpec.List("mount"), FlagSpec.Text("network"), FlagSpec.Text("security"), FlagSpec.Missing("device")];
        var before = diagnostics.Count;
        TryReadFlags(line, known, out var flags);
        var network = RunFlags.Network(flags["network"], diagnostics);
        var isInsecure = RunFlags.IsInsecure(flags["security"], diagnostics);
        var mounts = flags.All("mount").Select(flag => MountParser.Parse(flag, diagnostics)).OfType<RunMount>().ToImmutableArray();
        if (diagnostics.Count > before || ReadCommand(line) is not { } command)
        {
            return null;
        }

        return command is ExecForm { Arguments.IsEmpty: true }
            ? Fail<RunInstruction>(DockerfileDiagnostics.ArgumentsMissing(line.Keyword, "a command", line.Location))
            : new RunInstruction(line.Location, line.Text, documents.IsEmpty ? command : new HeredocForm(line.Rest, documents))
            {
                Mounts = mounts,
                Network = network,
                Insecure = isInsecure,
            };
    }

    private HealthcheckInstruction? ParseHealthcheck(InstructionLine line)
    {
        FlagSpec[] known = [.. HealthcheckForm.Flags.Select(FlagSpec.Text)];
        return TryReadFlags(line, known, out var flags) ? HealthcheckForm.Parse(line, flags, diagnostics) : null;
    }

    /// <summary>The trigger is text that is read when an image is built on this one; only what it may be is checked now.</summary>
    private Instruction? ParseOnBuild(InstructionLine line, ImmutableArray<HereDocument> documents)
    {
        if (!TryReadFlags(line, [], out _))
        {
            return null;
        }

        if (line.SplitAtBlanks() is not [var first, ..])
        {
            return Fail(
                DockerfileDiagnostics.ArgumentsMissing(line.Keyword, "an instruction, for example ONBUILD COPY . /app", line.Location));
        }

        var keyword = first.Text.ToUpperInvariant();
        if (keyword is "FROM" or "MAINTAINER" or "ONBUILD")
        {
            return Fail(DockerfileDiagnostics.OnBuildOf(keyword, first.Location));
        }

        return Keywords.Contains(keyword)
            ? new OnBuildInstruction(
                line.Location,
                line.Text,
                line.Rest + string.Concat(documents.Select(document => $"\n{document.Content}{document.Name}")))
            : Fail(DockerfileDiagnostics.UnknownInstruction(first.Text, Keywords, first.Location));
    }

    private Instruction? ParseCommand(InstructionLine line, Func<CommandLine, Instruction> create) =>
        TryReadFlags(line, [], out _) && ReadCommand(line) is { } command ? create(command) : null;

    private ExposeInstruction? ParseExpose(InstructionLine line)
    {
        if (!TryReadFlags(line, [], out _))
        {
            return null;
        }

        return line.SplitAtBlanks() is { IsEmpty: false } ports
            ? new ExposeInstruction(line.Location, line.Text, [.. ports.Select(port => port.Text)])
            : Fail<ExposeInstruction>(DockerfileDiagnostics.ArgumentsMissing(line.Keyword, "a port, for example 8080/tcp", line.Location));
    }

    private VolumeInstruction? ParseVolume(InstructionLine line)
    {
        if (!TryReadFlags(line, [], out _) || ReadList(line) is not { } paths)
        {
            return null;
        }

        if (paths.IsEmpty)
        {
            return Fail<VolumeInstruction>(DockerfileDiagnostics.ArgumentsMissing(line.Keyword, "a path", line.Location));
        }

        return paths.Any(string.IsNullOrWhiteSpace)
            ? Fail<VolumeInstruction>(DockerfileDiagnostics.BlankVolume(line.Location))
            : new VolumeInstruction(line.Location, line.Text, [.. paths.Select(path => path.Trim())]);
    }

    private ShellInstruction? ParseShell(InstructionLine line)
    {
        if (!TryReadFlags(line, [], out _))
        {
            return null;
        }

        return JsonArguments.Read(line.Rest, out var words) == JsonArguments.Form.Strings && !words.IsEmpty
            ? new ShellInstruction(line.Location, line.Text, words)
            : Fail<ShellInstruction>(DockerfileDiagnostics.ShellNotArray(line.Location));
    }

    private Instruction? ParseText(InstructionLine line, string form, Func<string, Instruction> create)
    {
        if (!TryReadFlags(line, [], out _))
        {
            return null;
        }

        return line.Rest.Length > 0 ? create(line.Rest) : Fail(DockerfileDiagnostics.ArgumentsMissing(line.Keyword, form, line.Location));
    }

    /// <summary>Exec form or shell form; null where it is neither.</summary>
    private CommandLine? ReadCommand(InstructionLine line)
    {
        if (line.Rest.Length == 0)
        {
            return Fail<CommandLine>(DockerfileDiagnostics.ArgumentsMissing(
                line.Keyword, line.Keyword == "RUN" ? "a command" : $"a command; write {line.Keyword} [] for none", line.Location));
        }

        return JsonArguments.Read(line.Rest, out var words) switch
        {
            JsonArguments.Form.Strings => new ExecForm(words),
            JsonArguments.Form.Text => new ShellForm(line.Rest),
            _ => Fail<CommandLine>(DockerfileDiagnostics.ArrayOfOtherThings(line.Keyword, line.RestLocation)),
        };
    }

    /// <summary>A JSON array, or words between blanks.</summary>
    private ImmutableArray<string>? ReadList(InstructionLine line)
    {
        switch (JsonArguments.Read(line.Rest, out var words))
        {
            case JsonArguments.Form.Strings:
                return words;
            case JsonArguments.Form.Text:
                return [.. line.SplitAtBlanks().Select(word => word.Text)];
            default:
                diagnostics.Add(DockerfileDiagnostics.ArrayOfOtherThings(line.Keyword, line.RestLocation));
                return null;
        }
    }

    private bool TryReadFlags(InstructionLine line, FlagSpec[] known, out InstructionFlags flags)
    {
        var before = diagnostics.Count;
        flags = new InstructionFlags(line, known, diagnostics);
        return diagnostics.Count == before;
    }

    private Instruction? Fail(Diagnostic diagnostic) => Fail<Instruction>(diagnostic);

    private T? Fail<T>(Diagnostic diagnostic)
        where T : class
    {
        diagnostics.Add(diagnostic);
        return null;
    }
}
