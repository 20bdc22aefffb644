using System.Collections.Immutable;
using ContainerStages.Caching;
using ContainerStages.Concurrency;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Layers;
using ContainerStages.Oci;
using ContainerStages.Planning;
using ContainerStages.Snapshots;

namespace ContainerStages.Engines;

/// <summary>
/// One request in two parts, and the other engine at work on its part: once for each platform, when something of it is first needed.
/// </summary>
internal sealed class ElsewhereBuild : IElsewhere, IDisposable
{
    private readonly SharedWork<BuildPlan, RemoteImage> images = new(remember: true);
    private readonly List<(PlanSplit Split, LocalPlan Here)> parts = [];
    private readonly IRemoteBuilder builder;
    private readonly EngineServices services;
    private readonly Func<ImageReference, CancellationToken, Task<string>> locate;
    private readonly CopySources sources;
    private readonly StepRunners runners;
    private readonly StageKeys keys;
    private Task<EngineProbe>? probe;
    private int built;

    public ElsewhereBuild(IRemoteBuilder builder, EngineServices services, Func<ImageReference, CancellationToken, Task<string>> locate)
    {
        (this.builder, this.services, this.locate) = (builder, services, locate);
        sources = new CopySources(
            services,
            stage => throw new InvalidOperationException($"The files of stage '{stage.Name}' are elsewhere."),
            StackOf);
        runners = new StepRunners(services, sources);
        keys = new StageKeys(services, sources, runners, StackOf);
    }

    /// <summary>True once the other engine was asked.</summary>
    public bool HasBuilt => Volatile.Read(ref built) > 0;

    /// <summary>Splits the request.</summary>
    /// <returns>The part that is done here.</returns>
    public async Task<EngineRequest> PrepareAsync(bool isForecast, CancellationToken cancellationToken)
    {
        foreach (var build in services.Request.Builds)
        {
            var split = PlanSplit.Of(build.Plan);
            await keys.FindAsync(split.StagesFor(split.Reads.Select(read => read.Stage)), isForecast, cancellationToken);
            parts.Add((split, split.Rewrite(keys.Of)));
        }

        return services.Request with
        {
            Builds = [.. services.Request.Builds.Zip(parts, (build, part) => build with { Plan = part.Here.Plan })],
        };
    }

    public LayerStack StackOf(FromElsewhere stage)
    {
        var split = parts.Select(part => part.Split).First(
            split => split.Reads.Any(read => read.WithFiles && keys.Of(read.Stage) == stage.Key));
        return new LayerStack(new StackKey(stage.Key!), [new GatheredFiles(IdOf(split), token => EnsureAsync(split, token))]);
    }

    public async Task<string> MakeLayerAsync(RunStep step, ImmutableArray<string> lower, string folder, CancellationToken cancellationToken)
    {
        var (split, here) = parts.First(part => part.Here.Commands.ContainsKey(step));
        var image = await images.DoAsync(split.Plan, token => BuildImageAsync(split, token), cancellationToken);
        var below = new UnionView(lower);
        var upper = RunStepRunner.MakeUpper(folder, below);
        await Task.Run(() => image.Unpack(here.Commands[step], upper, cancellationToken), cancellationToken);
        EngineTraces.Remove(step, upper, below);
        return upper;
    }

    public void Dispose()
    {
        foreach (var image in images.Results)
        {
            image.Dispose();
        }
    }

    private LayerStack StackOf(ImageBase image) => new PulledBase(image, keepBlobs: false, services).Stack();

    /// <summary>Names all that is gathered of the stages of one platform.</summary>
    private SnapshotId IdOf(PlanSplit split)
    {
        var key = new KeyBuilder("files of another engine");
        var paths = Files(split)
            .SelectMany(read => read.Copy.Sources.Select(source => GatheredPath.For(keys.Of(read.Stage)!, read.Copy, source)));
        foreach (var path in paths.Distinct())
        {
            key.Add("path", path.Source, path.Destination, path.MayBeMissing ? "may be missing" : "");
        }

        foreach (var stage in Files(split).Select(read => keys.Of(read.Stage)!).Distinct(StringComparer.Ordinal))
        {
            key.Add("stage", stage);
        }

        return new SnapshotId(key.Build());
    }

    private static IReadOnlyList<StageRead> Files(PlanSplit split) => [.. split.Reads.Where(read => read.WithFiles)];

    private Task EnsureAsync(PlanSplit split, CancellationToken cancellationToken) =>
        services.Snapshots.CreateAsync(IdOf(split), (folder, token) => GatherAsync(split, folder, token), cancellationToken);

    /// <summary>Has the stages made whose files are read here, and unpacks what is read of them.</summary>
    private async Task<string> GatherAsync(PlanSplit split, string folder, CancellationToken cancellationToken)
    {
        var reads = Files(split);
        await RequireBuilderAsync(cancellationToken);
        var archive = Path.Combine(folder, "files.tar");
        await new RemoteWork(builder, services, sources, locate).BuildAsync(
            new RemoteOrder(
                split.Plan,
                PlaceOf(split),
                split.StagesFor(reads.Select(read => read.Stage)),
                reads,
                StageText.Gathering,
                archive,
                TitleOf), stage => keys.Of(stage)!, cancellationToken);
        Interlocked.Increment(ref built);
        var files = Directory.CreateDirectory(Path.Combine(folder, "files")).FullName;
        await using (var tar = File.OpenRead(archive))
        {
            LayerExtractor.ExtractArchive(
                tar,
                files,
                $"the files that {builder.Name} made",
                ExtractionLimits.Default,
                keepOwners: true,
                cancellationToken);
        }

        File.Delete(archive);
        return files;
    }

    /// <summary>Has the image made up to its last command.</summary>
    private async Task<RemoteImage> BuildImageAsync(PlanSplit split, CancellationToken cancellationToken)
    {
        await RequireBuilderAsync(cancellationToken);
        var temporary = services.Snapshots.CreateTemporary("image");
        try
        {
            var archive = Path.Combine(temporary.Path, "image.tar");
            var order = new RemoteOrder(split.Plan, PlaceOf(split), split.StagesFor([split.LastCommand!]), [], null, archive, TitleOf);
            var text = await new RemoteWork(builder, services, sources, locate).BuildAsync(
                order,
                stage => keys.Of(stage)!,
                cancellationToken);
            Interlocked.Increment(ref built);
            return RemoteImage.Open(builder.Name, archive, temporary, text, split.Image, cancellationToken);
        }
        catch
        {
            temporary.Dispose();
            throw;
        }
    }

    /// <exception cref="BuildFailedException">The other engine does not work here.</exception>
    private async Task RequireBuilderAsync(CancellationToken cancellationToken)
    {
        probe ??= builder.ProbeAsync(cancellationToken);
        if ((await probe).Problem is { } problem)
        {
            throw new BuildFailedException(problem);
        }
    }

    private int PlaceOf(PlanSplit split) => parts.FindIndex(part => part.Split == split);

    private string TitleOf(StagePlan stage) => new StageTitles(services.Request.Builds.Length).Of(stage);

    /// <summary>Files of another engine's stages, which are in no image.</summary>
    private sealed class GatheredFiles(SnapshotId id, Func<CancellationToken, Task> ensure) : StackLayer(id)
    {
        public override Task EnsureAsync(CancellationToken cancellationToken) => ensure(cancellationToken);

        public override Task<ImageLayer> ExportAsync(CancellationToken cancellationToken) =>
            throw new InvalidOperationException("These files are no layer of an image.");
    }
}
