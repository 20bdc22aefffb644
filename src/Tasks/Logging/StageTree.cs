using System.Globalization;
using ContainerStages.Contracts;

namespace ContainerStages.Tasks.Logging;

/// <summary>
/// What a build did, once it is over: each stage with its steps, how long they took and which came from the cache, then the image with the
/// sizes of its layers. Stages and steps run side by side, so that the lines of a running build lie mixed; these do not.
/// </summary>
public sealed class StageTree
{
    /// <summary>Wider, the lines would break in what CI systems show.</summary>
    private const int TitleWidth = 76;
    private const int TimeWidth = 9;

    private readonly List<Stage> stages = [];
    private readonly Dictionary<string, Step> steps = new(StringComparer.Ordinal);

    public void Begin(StepStarted started)
    {
        var stage = stages.Find(known => known.Name == started.Stage);
        if (stage is null)
        {
            stage = new Stage(started.Stage);
            stages.Add(stage);
        }

        stage.Steps.Add(steps[started.Id] = new Step(started.Title));
    }

    public void End(StepFinished finished)
    {
        if (steps.TryGetValue(finished.Id, out var step))
        {
            step.Finished = finished;
        }
    }

    /// <summary>Nothing where no step ran and none was cached.</summary>
    /// <param name="result">Null where the build failed.</param>
    public IEnumerable<string> Lines(BuildResult? result)
    {
        // What belongs to no stage is pulled before and pushed after them; it stands by itself, at the end.
        var named = stages.Where(stage => stage.Name.Length > 0);
        var others = stages.Where(stage => stage.Name.Length == 0).SelectMany(stage => stage.Steps);
        IEnumerable<string> lines =
        [
            .. named.SelectMany(
                stage => (string[])[Line(stage.Name, stage.Outcome), .. stage.Steps.Select(step => Line("  " + step.Title, step.Outcome))]),
            .. others.Select(step => Line(step.Title, step.Outcome)),
        ];
        return steps.Count == 0 ? [] : result is null ? lines : [.. lines, Image(result), .. Layers(result)];
    }

    /// <summary>Seconds with one digit, the same on every machine.</summary>
    public static string Seconds(long milliseconds) => (milliseconds / 1000.0).ToString("0.0", CultureInfo.InvariantCulture) + "s";

    private static string Image(BuildResult result) =>
        $"image: {ByteSize.Format(result.Size)}, {ByteSize.Format(result.CompressedSize)} compressed, "
        + (result.Images.Count > 0
            ? $"{result.Images.Count} platforms"
            : $"{result.LayerCount} {(result.LayerCount == 1 ? "layer" : "layers")}");

    // The images of an index differ in their bytes alone: one line each.
    private static IEnumerable<string> Layers(BuildResult result) => result.Configuration is { } configuration
        ? LayerTable.Read(result.Manifest, configuration).Select(layer => Line("  " + layer.Title, layer.Size))
        : result.Images.Select(image => Line("  " + image.Platform, ByteSize.Format(image.Size)));

    private static string Line(string title, string outcome)
    {
        var line = TerminalText.Line(title);
        var shown = line.Length <= TitleWidth ? line : line[..(TitleWidth - 1)] + "…";
        return $"{shown.PadRight(TitleWidth)}{outcome,TimeWidth}";
    }

    private sealed class Stage(string name)
    {
        public string Name { get; } = name;

        public List<Step> Steps { get; } = [];

        public string Outcome =>
            Steps.Exists(step => step.Finished?.Outcome == StepOutcome.Failed) ? "failed"
            : Steps.Exists(step => step.Finished is null) ? "stopped"
            : Steps.TrueForAll(step => step.Finished!.Outcome is StepOutcome.Cached or StepOutcome.Skipped) ? "cached"
            : Seconds(Steps.Where(step => step.Finished!.Outcome == StepOutcome.Done).Sum(step => step.Finished!.Milliseconds));
    }

    private sealed class Step(string title)
    {
        public string Title { get; } = title;

        /// <summary>Null while it runs, and for ever where the build was stopped meanwhile.</summary>
        public StepFinished? Finished { get; set; }

        public string Outcome => Finished?.Outcome switch
        {
            null => "stopped",
            StepOutcome.Cached => "cached",
            StepOutcome.Skipped => "skipped",
            StepOutcome.Failed => "failed",
            _ => Seconds(Finished.Milliseconds),
        };
    }
}
