using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Stages;

namespace ContainerStages.Dockerfile;

/// <summary>One stage as the checks see it: as written, and as read.</summary>
internal sealed record CheckedStage(FromInstruction From, InstructionLine Line, Stage Stage);

/// <summary>A Dockerfile as the build checks see it.</summary>
internal sealed class CheckedFile
{
    public CheckedFile(ReadInstructions read, StageSet set, FrontEndOptions options)
    {
        (Read, Set, Options, Words) = (read, set, options, new WordExpander(read.Escape));
        var lines = read.Lines.Where(line => line.Keyword == "FROM");
        Stages = [.. read.Instructions.OfType<FromInstruction>()
            .Zip(lines, set.Stages)
            .Select(parts => new CheckedStage(parts.First, parts.Second, parts.Third))];
    }

    public ReadInstructions Read { get; }

    public StageSet Set { get; }

    public FrontEndOptions Options { get; }

    public WordExpander Words { get; }

    public ImmutableArray<CheckedStage> Stages { get; }

    public IEnumerable<Instruction> Instructions => Set.Stages.SelectMany(stage => stage.Instructions);

    /// <summary>The stage and those it builds on, the outermost first.</summary>
    public IEnumerable<Stage> WithBases(Stage stage)
    {
        var below = Set.Stages.Take(stage.Index).LastOrDefault(other => StageNames.Comparer.Equals(other.Name, stage.From));
        return (below is null ? [] : WithBases(below)).Append(stage);
    }

    /// <summary>Null where the word is malformed, which is an error elsewhere.</summary>
    public ExpandedWord? Expand(string word, IReadOnlyDictionary<string, string> variables, SourceLocation location)
    {
        try
        {
            return Words.Expand(word, variables, location);
        }
        catch (BuildFailedException)
        {
            return null;
        }
    }
}
