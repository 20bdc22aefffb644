using System.Collections.Immutable;
using ContainerStages.Caching;
using ContainerStages.Content;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;
using ContainerStages.Planning;
using ContainerStages.Sandboxing;

namespace ContainerStages.Engines;

/// <summary>
/// Lets another engine run the commands and does the rest itself: the image is put together by the embedded engine, which runs nothing.
/// What it takes of the other's stages, and the layers of commands in the image, are asked for when they are first needed; while nothing
/// changed, the other engine is not asked at all.
/// </summary>
internal sealed class DelegatedEngine : IEngine
{
    private readonly IRemoteBuilder builder;
    private readonly SourceFetching fetching;
    private readonly IStepMemory memory;
    private readonly IBlobSource blobs;
    private readonly Func<ImageReference, CancellationToken, Task<string>> locate;
    private readonly IBuildEvents events;

    /// <param name="builder">The other engine.</param>
    /// <param name="fetching">The store, and how files of other servers get into it.</param>
    /// <param name="memory">What earlier builds found out.</param>
    /// <param name="blobs">Layers of images.</param>
    /// <param name="locate">The name under which the other engine finds an image of a registry: where it was found, with its
    /// digest.</param>
    /// <param name="events">Steps and their output.</param>
    internal DelegatedEngine(
        IRemoteBuilder builder,
        SourceFetching fetching,
        IStepMemory memory,
        IBlobSource blobs,
        Func<ImageReference, CancellationToken, Task<string>> locate,
        IBuildEvents events) =>
        (
            this.builder,
            this.fetching,
            this.memory,
            this.blobs,
            this.locate,
            this.events) = (builder, fetching, memory, blobs, locate, events);

    public string Name => builder.Name;

    public Task<EngineProbe> ProbeAsync(CancellationToken cancellationToken) => builder.ProbeAsync(cancellationToken);

    public async Task<Forecast> ForecastAsync(EngineRequest request, CancellationToken cancellationToken)
    {
        using var services = new EngineServices(request, fetching with { Offline = true }, memory, blobs, NoSandbox.Instance, events);
        using var elsewhere = new ElsewhereBuild(builder, services, locate);
        var here = await elsewhere.PrepareAsync(isForecast: true, cancellationToken);
        return await AssemblerFor(elsewhere).ForecastAsync(here, cancellationToken) with { NeedsNamespace = false };
    }

    public async Task<ImmutableArray<ExecutedStage>> ExecuteAsync(EngineRequest request, CancellationToken cancellationToken)
    {
        using var services = new EngineServices(request, fetching, memory, blobs, NoSandbox.Instance, events);
        using var elsewhere = new ElsewhereBuild(builder, services, locate);
        var here = await elsewhere.PrepareAsync(isForecast: false, cancellationToken);
        var executed = await AssemblerFor(elsewhere).ExecuteAsync(here, cancellationToken);
        return elsewhere.HasBuilt ? [.. executed.Select(stage => stage with { AllCached = false })] : executed;
    }

    private EmbeddedEngine AssemblerFor(ElsewhereBuild elsewhere) =>
        new(fetching, memory, blobs, NoSandbox.Instance, events) { Elsewhere = elsewhere };

    private sealed class NoSandbox : ISandbox
    {
        public static NoSandbox Instance { get; } = new();

        public Task<int> RunAsync(SandboxCommand command, ISandboxOutput output, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("A command was to run here that another engine runs.");
    }
}
