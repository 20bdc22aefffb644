using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;
using ContainerStages.Planning;
using ContainerStages.Snapshots;

namespace ContainerStages.Engines;

/// <summary>
/// What carrying out a plan reads from elsewhere: layers of the images that steps read, files and repositories of ADD. Finds what the
/// store lacks of it, and fetches it.
/// </summary>
internal sealed class PlanInputs(SourceFetching options, IContentStore content, IBlobFetcher blobs, IBuildEvents events)
{
    private const int AtOnce = 4;
    private readonly SnapshotStore snapshots = new(options.Store);
    private readonly Downloads downloads = new(options);
    private readonly GitRepositories repositories = new(options);

    /// <summary>One line for each thing that the store lacks, in words.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="forecast">Of a build of the plan: steps whose files are here need nothing.</param>
    /// <param name="keepBase">True where the destination takes the layers of the target's base from the store.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    public async Task<IReadOnlyList<string>> FindMissingAsync(
        BuildPlan plan, Forecast forecast, bool keepBase, CancellationToken cancellationToken)
    {
        var cached = forecast.Steps.Where(step => step is { State: StepState.Cached, Layer: { } layer } && snapshots.Exists(layer))
            .Select(step => step.Step)
            .ToHashSet<PlanStep>(ReferenceEqualityComparer.Instance);
        var missing = MissingLayers(plan, keepBase, cached)
            .GroupBy(layer => NameOf(layer.Image), StringComparer.Ordinal)
            .Select(image => $"image '{image.Key}': {image.Count()} {(image.Count() == 1 ? "layer" : "layers")}")
            .ToList();
        foreach (var copy in Fetches(plan, cached))
        {
            if (await FindStoredAsync(copy, cancellationToken) is null)
            {
                missing.Add(copy.From is FromRepository repository
                    ? $"repository '{GitSource.WithoutCredentials(repository.Repository.Remote)}'"
                    : $"file '{GitSource.WithoutCredentials(((FromAddress)copy.From).Address.AbsoluteUri)}'");
            }
        }

        return missing;
    }

    /// <summary>Brings into the store what it lacks, side by side.</summary>
    /// <exception cref="BuildFailedException">Something cannot be had, or is not what its checksum says.</exception>
    public async Task FetchAsync(BuildPlan plan, bool keepBase, CancellationToken cancellationToken)
    {
        var images = MissingLayers(plan, keepBase).GroupBy(layer => layer.Image.Reference.ToString(), StringComparer.Ordinal)
            .Select(image => new ImageStep([.. image], events))
            .ToArray();
        var work = images.SelectMany(
            image => image.Layers.Select(layer => (Func<CancellationToken, Task>)(token => image.FetchAsync(layer, blobs, token))))
            .Concat(Fetches(plan).Select(copy => (Func<CancellationToken, Task>)(token => FetchAsync(copy, token))));
        var limits = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(work, limits, async (fetch, token) => await fetch(token));
    }

    /// <summary>The files and repositories of ADD alone, each asked once.</summary>
    public async Task FetchSourcesAsync(BuildPlan plan, CancellationToken cancellationToken)
    {
        foreach (var copy in Fetches(plan))
        {
            await FetchAsync(copy, cancellationToken);
        }
    }

    private Task FetchAsync(PlannedCopy copy, CancellationToken cancellationToken) => copy.From switch
    {
        FromAddress address => downloads.FetchAsync(address, copy, cancellationToken),
        FromRepository repository => repositories.FetchAsync(repository, copy.Location, cancellationToken),
        _ => throw new NotSupportedException($"{copy.From.GetType().Name} is not fetched."),
    };

    private Task<string?> FindStoredAsync(PlannedCopy copy, CancellationToken cancellationToken) => copy.From switch
    {
        FromAddress address => downloads.FindStoredAsync(address, copy, cancellationToken),
        FromRepository repository => repositories.FindStoredAsync(repository, copy.Location, cancellationToken),
        _ => throw new NotSupportedException($"{copy.From.GetType().Name} is not fetched."),
    };

    private static IEnumerable<PlannedCopy> Fetches(BuildPlan plan, IReadOnlySet<PlanStep>? cached = null) =>
        plan.Stages.SelectMany(stage => stage.Steps)
            .Where(step => cached?.Contains(step) != true)
            .SelectMany(step => step.Reads)
            .Where(copy => copy.From is FromAddress or FromRepository)
            .DistinctBy(copy => copy.From);

    /// <summary>A layer that is only read may be there unpacked; one that goes to a destination must be there as a blob.</summary>
    private List<MissingLayer> MissingLayers(BuildPlan plan, bool keepBase, IReadOnlySet<PlanStep>? cached = null)
    {
        var read = ReadImages(plan, cached).ToHashSet(ReferenceEqualityComparer.Instance);
        var kept = keepBase ? plan.BaseImage : null;
        return
        [
            .. from image in read.Cast<ImageBase>().Append(kept).OfType<ImageBase>().DistinctBy(image => image.Reference.ToString())
               from layer in image.Manifest.Layers.Zip(image.Config.RootFs.DiffIds).DistinctBy(layer => layer.First.Digest)
               where !content.Contains(layer.First.Digest)
               where image.Reference.ToString() == kept?.Reference.ToString() || !snapshots.Exists(SnapshotId.Of(layer.Second))
               select new MissingLayer(image, layer.First),
        ];
    }

    /// <summary>A step works on the files of its stage; a linked copy alone does not look at them.</summary>
    private static IEnumerable<ImageBase> ReadImages(BuildPlan plan, IReadOnlySet<PlanStep>? cached) => plan.Stages
        .Select(stage => (stage.BaseImage, Steps: stage.Steps.Where(step => cached?.Contains(step) != true).ToArray()))
        .SelectMany(stage => stage.Steps.SelectMany(step => step.Reads)
            .Select(copy => ImageOf(copy.From))
            .Append(stage.Steps.Any(step => step is not CopyStep { Link: true }) ? stage.BaseImage : null))
        .OfType<ImageBase>();

    private static ImageBase? ImageOf(CopySource source) => source switch
    {
        FromImage image => image.Image,
        FromStage other => other.Stage.BaseImage,
        _ => null,
    };

    private static string NameOf(ImageBase image) => PulledBase.NameOf(image.Reference);

    private sealed record MissingLayer(ImageBase Image, Descriptor Layer);

    /// <summary>The layers of one image as a step of the progress display.</summary>
    private sealed class ImageStep(IReadOnlyList<MissingLayer> layers, IBuildEvents events)
    {
        private ProgressStep? step;
        private readonly Lock gate = new();
        private int left = layers.Count;
        private long moved;

        public IReadOnlyList<MissingLayer> Layers { get; } = layers;

        public async Task FetchAsync(MissingLayer layer, IBlobFetcher blobs, CancellationToken cancellationToken)
        {
            Begin();
            await blobs.FetchAsync(layer.Image.Reference, layer.Layer, cancellationToken);
            End(layer.Layer.Size);
        }

        private void Begin()
        {
            lock (gate)
            {
                step ??= ProgressStep.Begin(events, "restore", $"fetch {NameOf(Layers[0].Image)}");
            }
        }

        private void End(long bytes)
        {
            lock (gate)
            {
                moved += bytes;
                step!.Progress(moved, Layers.Sum(layer => layer.Layer.Size));
                if (--left == 0)
                {
                    step.Finish(StepOutcome.Done);
                }
            }
        }
    }
}
