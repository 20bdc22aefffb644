using System.Collections.Immutable;
using ContainerStages.Planning;

namespace ContainerStages.Engines;

/// <summary>The stages that another engine makes, as the text of a Dockerfile in which nothing is left to be expanded.</summary>
internal sealed record StageText(ImmutableArray<TextStage> Stages)
{
    /// <summary>The stage that gathers what is read here.</summary>
    public const string Gathering = "files";

    public string Write() =>
        string.Concat(Stages.Select(stage => $"{stage.From}\n{string.Concat(stage.Lines.Select(line => line.Text + "\n"))}"));

    /// <param name="stages">Each after those it uses.</param>
    /// <param name="reads">What is gathered of them in one last stage; none where the last stage itself is wanted.</param>
    /// <param name="sources">What the engine is told of images, contexts and secrets.</param>
    /// <param name="keyOf">Names each stage that is read.</param>
    public static StageText Of(
        ImmutableArray<StagePlan> stages,
        IReadOnlyCollection<StageRead> reads,
        IStageSources sources,
        Func<StagePlan,
        string> keyOf)
    {
        var writer = new StageTextWriter(stages, sources);
        var text = stages.Select(writer.Write);
        return new StageText([.. reads.Count == 0 ? text : text.Append(Gather(writer, reads, keyOf))]);
    }

    private static TextStage Gather(StageTextWriter writer, IEnumerable<StageRead> reads, Func<StagePlan, string> keyOf)
    {
        var paths = reads.SelectMany(
            read => read.Copy.Sources.Select(source => (Read: read, Path: GatheredPath.For(keyOf(read.Stage), read.Copy, source))));
        return new TextStage(
            Gathering,
            "",
            $"FROM scratch AS {Gathering}",
            Title: null,
            [.. paths.DistinctBy(item => item.Path).Select(item => writer.Gather(item.Read, item.Path))]);
    }
}

/// <param name="Name">In the text.</param>
/// <param name="Stage">For people; empty for the stage that gathers.</param>
/// <param name="From">The first line.</param>
/// <param name="Title">What is pulled, for people; or null.</param>
/// <param name="Lines">The lines after the first.</param>
internal sealed record TextStage(string Name, string Stage, string From, string? Title, ImmutableArray<TextLine> Lines)
{
    /// <summary>BuildKit counts the image among the steps, but no other stage.</summary>
    public bool IsOfImage => Title is not null;
}

/// <param name="Step">What the line carries out; null where it only sets what later ones need.</param>
/// <param name="Read">What it gathers; or null.</param>
internal sealed record TextLine(string Text, PlanStep? Step, StageRead? Read = null)
{
    /// <summary>BuildKit counts lines that make files alone.</summary>
    public bool MakesFiles { get; } = Text.Split(' ', 2)[0] is "RUN" or "COPY" or "ADD" or "WORKDIR";
}

/// <summary>What the text of stages says of things outside of it.</summary>
internal interface IStageSources
{
    /// <summary>The name under which the engine finds an image, with its digest.</summary>
    string NameOf(ImageBase image);

    /// <summary>
    /// Paths in the engine's context of what a copy selects, a folder with a slash behind; none where it selects nothing.
    /// </summary>
    IReadOnlyList<string> PathsOf(PlannedCopy copy);

    /// <summary>Path in the engine's context of a file or folder of this machine.</summary>
    string PathOf(PlannedMachineMount mount);

    /// <summary>Path in the engine's context of a script.</summary>
    string PathOf(PlannedScript script);

    /// <summary>
    /// An empty folder in the engine's context, where the engine gives what WORKDIR makes to root, whoever the user is; else null.
    /// </summary>
    string? EmptyFolder { get; }

    bool HasSecret(string id);

    bool HasAgent(string id);

    /// <summary>The id under which the engine is given a variable of this process; null where that is not set.</summary>
    string? SecretOf(PlannedMachineSecret secret);

    /// <summary>Gives a variable to the engine's program, for a value that no line of the text can hold.</summary>
    void Pass(string name, string value);

    /// <summary>To be called where the engine can do nothing like it.</summary>
    Exception Lacks(string what, PlanStep step);
}
