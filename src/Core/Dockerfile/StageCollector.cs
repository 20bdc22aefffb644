using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;
using ContainerStages.Stages;

namespace ContainerStages.Dockerfile;

/// <summary>Gathers instructions into stages and replaces the variables of FROM by the global arguments.</summary>
internal sealed class StageCollector(FrontEndOptions options, WordExpander words, ICollection<Diagnostic> diagnostics)
{
    private readonly ImmutableDictionary<string, string?>.Builder _globals =
        PlatformArguments.Create(options.Target, options.Build, options.BuildArgs).ToBuilder();

    public StageSet Collect(ImmutableArray<Instruction> instructions)
    {
        var firstFrom = instructions.TakeWhile(instruction => instruction is not FromInstruction).Count();
        foreach (var instruction in instructions[..firstFrom])
        {
            ReadGlobal(instruction);
        }

        var stages = ImmutableArray.CreateBuilder<Stage>();
        for (var start = firstFrom; start < instructions.Length;)
        {
            var end = start + 1 + instructions.Skip(start + 1).TakeWhile(instruction => instruction is not FromInstruction).Count();
            stages.Add(ToStage(stages.Count, (FromInstruction)instructions[start], instructions[(start + 1)..end]));
            start = end;
        }

        return new StageSet(stages.ToImmutable(), _globals.ToImmutable());
    }

    private void ReadGlobal(Instruction instruction)
    {
        if (instruction is not ArgInstruction arg)
        {
            diagnostics.Add(DockerfileDiagnostics.InstructionBeforeFrom(instruction.Text.Split(' ')[0], instruction.Location));
            return;
        }

        foreach (var (rawName, rawValue) in arg.Arguments)
        {
            var name = Expand(rawName, arg.Location) ?? "";
            var value = options.BuildArgs.TryGetValue(name, out var given) ? given : rawValue is null ? null : Expand(rawValue, arg.Location);
            if (value is not null || !_globals.ContainsKey(name))
            {
                _globals[name] = value;
            }
        }
    }

    private Stage ToStage(int index, FromInstruction from, ImmutableArray<Instruction> instructions)
    {
        var image = Expand(from.Image.Text, from.Image.Location);
        if (image is "")
        {
            diagnostics.Add(DockerfileDiagnostics.BlankBase(from.Image.Text, from.Image.Location));
        }

        return new Stage
        {
            Index = index,
            Name = from.Name?.Text,
            From = image ?? "",
            FromLocation = from.Image.Location,
            Platform = ReadPlatform(from.Platform),
            Location = from.Location,
            Instructions = instructions,
        };
    }

    private string? ReadPlatform(Flag? flag)
    {
        if (flag?.Value is not { } raw)
        {
            return null;
        }

        var text = Expand(raw, flag.Location);
        if (text is not null && Platform.TryParse(text) is null)
        {
            diagnostics.Add(DockerfileDiagnostics.InvalidPlatform(text.Length == 0 ? raw : text, flag.Location));
        }

        return text;
    }

    /// <summary>Null where the word is malformed.</summary>
    private string? Expand(string raw, SourceLocation location)
    {
        try
        {
            var values = _globals.Where(pair => pair.Value is not null).ToImmutableDictionary(pair => pair.Key, pair => pair.Value!, StringComparer.Ordinal);
            return words.ExpandWord(raw, values, location);
        }
        catch (BuildFailedException malformed)
        {
            foreach (var diagnostic in malformed.Diagnostics)
            {
                diagnostics.Add(diagnostic);
            }

            return null;
        }
    }
}
