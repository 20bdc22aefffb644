using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;
using ContainerStages.Stages;

namespace ContainerStages.Dockerfile;

/// <summary>Gathers instructions into stages and replaces the variables of FROM by the global arguments.</summary>
internal sealed class StageCollector(FrontEndOptions options, WordExpander words, ICollection<Diagnostic> diagnostics)
{
    private readonly ImmutableDictionary<string, string?>.Builder globals =
        PlatformArguments.Create(options.Target, options.Build, options.BuildArgs, options.TargetStage).ToBuilder();

    public StageSet Collect(ImmutableArray<Instruction> instructions)
    {
        var firstFrom = instructions.TakeWhile(instruction => instruction is not FromInstruction).Count();
        var early = instructions[..firstFrom];
        foreach (var arg in early.OfType<ArgInstruction>())
        {
            ReadGlobal(arg);
        }

        // A mistyped FROM is reported already; that its instructions have no stage follows from it.
        if (early.FirstOrDefault(instruction => instruction is not ArgInstruction) is { } homeless && diagnostics.Count == 0)
        {
            diagnostics.Add(DockerfileDiagnostics.InstructionBeforeFrom(homeless.Text.Split(' ')[0], homeless.Location));
        }

        var stages = ImmutableArray.CreateBuilder<Stage>();
        for (var start = firstFrom; start < instructions.Length;)
        {
            var end = start + 1 + instructions.Skip(start + 1).TakeWhile(instruction => instruction is not FromInstruction).Count();
            stages.Add(ToStage(stages.Count, (FromInstruction)instructions[start], instructions[(start + 1)..end]));
            start = end;
        }

        return new StageSet(stages.ToImmutable(), globals.ToImmutable());
    }

    private void ReadGlobal(ArgInstruction arg)
    {
        foreach (var (rawName, rawValue) in arg.Arguments)
        {
            var name = Expand(rawName, arg.Location)?.Text ?? "";
            var value = options.BuildArgs.TryGetValue(name, out var given)
                ? given
                : rawValue is null
                ? null
                : Expand(rawValue, arg.Location)?.Text;
            // A variable can leave nothing of a name; nobody can ask for that argument.
            if (name.Length > 0 && (value is not null || !globals.ContainsKey(name)))
            {
                globals[name] = value;
            }
        }
    }

    private Stage ToStage(int index, FromInstruction from, ImmutableArray<Instruction> instructions)
    {
        return new Stage
        {
            Index = index,
            Name = from.Name?.Text,
            From = ReadBase(from.Image),
            FromLocation = from.Image.Location,
            Platform = ReadPlatform(from.Platform),
            Location = from.Location,
            Instructions = instructions,
        };
    }

    private string ReadBase(Word image)
    {
        if (Expand(image.Text, image.Location) is not { } expanded)
        {
            return "";
        }

        if (expanded.Text.Length == 0 || (expanded.Unset.Count > 0 && ImageReference.TryParseSource(expanded.Text) is null))
        {
            diagnostics.Add(DockerfileDiagnostics.BaseWithoutValue(
                image.Text, expanded.Text, expanded.Unset.Order(StringComparer.Ordinal), image.Location));
        }

        return expanded.Text;
    }

    private string? ReadPlatform(Flag? flag)
    {
        if (flag?.Value is not { } raw)
        {
            return null;
        }

        var text = Expand(raw, flag.Location)?.Text;
        if (text is not null && Platform.TryParse(text) is null)
        {
            diagnostics.Add(DockerfileDiagnostics.InvalidPlatform(text.Length == 0 ? raw : text, flag.Location));
        }

        return text;
    }

    /// <summary>Null where the word is malformed.</summary>
    private ExpandedWord? Expand(string raw, SourceLocation location)
    {
        try
        {
            var values = globals.Where(pair => pair.Value is not null).ToImmutableDictionary(
                pair => pair.Key,
                pair => pair.Value!,
                StringComparer.Ordinal);
            return words.Expand(raw, values, location);
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
