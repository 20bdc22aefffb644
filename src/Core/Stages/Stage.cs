using System.Collections.Immutable;
using ContainerStages.Contracts;

namespace ContainerStages.Stages;

/// <summary>
/// One stage as a front end read it. <see cref="From"/> is expanded already: <c>scratch</c>, an earlier stage's name, or an image.
/// </summary>
public sealed record Stage
{
    /// <summary>Position in the file, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>The name after AS, or null.</summary>
    public string? Name { get; init; }

    public required string From { get; init; }

    /// <summary>What to do where no registry has that image; null where nothing but another <see cref="From"/> helps.</summary>
    public string? FromAdvice { get; init; }

    /// <summary>The value of --platform, expanded, or null.</summary>
    public string? Platform { get; init; }

    /// <summary>Where FROM stands.</summary>
    public required SourceLocation Location { get; init; }

    /// <summary>Where the base is named; <see cref="Location"/> where that is not known better.</summary>
    public SourceLocation FromLocation
    {
        get => field == default ? Location : field;
        init;
    }

    public required ImmutableArray<Instruction> Instructions { get; init; }

    /// <summary>Name or index, for people and events.</summary>
    public string DisplayName => Name ?? $"stage-{Index}";
}

/// <summary>
/// All stages of a build, with the global arguments: those that stand before the first FROM, expanded and overridden by build arguments
/// (value null where none was given), and the platform arguments (TARGETPLATFORM, ...), which every stage can redeclare.
/// </summary>
public sealed record StageSet(ImmutableArray<Stage> Stages, ImmutableDictionary<string, string?> GlobalArguments)
{
    /// <summary>What escapes a character in the words of the instructions: the file's <c># escape=</c> directive.</summary>
    public char Escape { get; init; } = WordExpander.DefaultEscape;

    /// <summary>Named contexts of the build, which win over stages and images of their name.</summary>
    public NamedContexts Contexts { get; init; } = NamedContexts.None;

    /// <summary>Where relative paths of layouts and archives in FROM and COPY --from start.</summary>
    public string ImageFolder { get; init; } = "/";

    /// <summary>
    /// True where such a path may not leave <see cref="ImageFolder"/>: a Dockerfile reads nothing of the machine but its context.
    /// </summary>
    public bool KeepsToImageFolder { get; init; }

    /// <summary>What the build checks say of the file, in the order of its lines.</summary>
    public ImmutableArray<Diagnostic> Warnings { get; init; } = [];

    /// <summary>What the file says of the build checks; null where it has none (projects).</summary>
    public CheckSettings? Checks { get; init; }

    /// <summary>
    /// True where a stage may name one that stands below it (project files); a Dockerfile's stages name earlier ones only.
    /// </summary>
    public bool AnyOrder { get; init; }

    /// <summary>The stage of that name, or of that index; the last where none is named; null where there is no such stage.</summary>
    public Stage? Find(string? target) => target is null
        ? Stages.LastOrDefault()
        : Stages.LastOrDefault(stage => StageNames.Comparer.Equals(stage.Name, target))
            ?? (int.TryParse(target, out var index) ? Stages.ElementAtOrDefault(index) : null);

    /// <summary>
    /// With instructions after those of the stage that becomes the image; no stage that the image needs can build on it, so nothing else
    /// sees them.
    /// </summary>
    /// <param name="target">As for <see cref="Find"/>. Where there is no such stage nothing changes, and the graph says so.</param>
    /// <param name="instructions">What is appended.</param>
    public StageSet Append(string? target, ImmutableArray<Instruction> instructions)
    {
        var image = Find(target);
        return this with { Stages =
            [.. Stages.Select(stage => stage == image ? stage with { Instructions = stage.Instructions.AddRange(instructions) } : stage)] };
    }
}
