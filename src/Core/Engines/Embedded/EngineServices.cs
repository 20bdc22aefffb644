using System.Collections.Concurrent;
using System.Collections.Immutable;
using ContainerStages.Caching;
using ContainerStages.Content;
using ContainerStages.Diagnostics;
using ContainerStages.Layers;
using ContainerStages.Sandboxing;
using ContainerStages.Snapshots;

namespace ContainerStages.Engines;

/// <summary>What the embedded engine works with during one build.</summary>
internal sealed class EngineServices(
    EngineRequest request,
    SourceFetching fetching,
    IStepMemory memory,
    IBlobSource blobs,
    ISandbox sandbox,
    IBuildEvents events) : IDisposable
{
    private readonly ConcurrentDictionary<string, ContentMemory?> contexts = new(StringComparer.Ordinal);
    private int steps;

    public EngineRequest Request { get; } = request;

    /// <summary>How files and repositories of other servers are had.</summary>
    public SourceFetching Fetching { get; } = fetching;

    public StoreDirectory Store { get; } = fetching.Store;

    public DiskContentStore Content { get; } = new(fetching.Store);

    /// <summary>The same store, for layers of the image.</summary>
    public IContentStore Layers => Request.Layers ?? Content;

    public SnapshotStore Snapshots { get; } = new(fetching.Store);

    /// <summary>What earlier builds found out.</summary>
    public IStepMemory Memory { get; } = memory;

    public LayerSizes Sizes { get; } = new(fetching.Store.Root);

    public IBlobSource Blobs { get; } = blobs;

    public ISandbox Sandbox { get; } = sandbox;

    public IBuildEvents Events { get; } = events;

    /// <summary>The engine that runs the commands in place of the sandbox; null where this one runs them.</summary>
    public IElsewhere? Elsewhere { get; init; }

    /// <summary>Started by the first command that asks.</summary>
    public SshAgents Agents { get; } = new(request.Commands);

    /// <summary>Layers pulled at once.</summary>
    public SemaphoreSlim Downloads { get; } = new(3);

    /// <summary>Commands run at once.</summary>
    public CommandSlots Commands { get; } = CommandSlots.Create(request.Commands.MaxParallelism);

    /// <summary>
    /// True where the blob is here in its full size; half of one, after a crash of the machine, is fetched or made again.
    /// </summary>
    public bool IsStored(Oci.Descriptor blob) => Content.Holds(blob);

    /// <summary>
    /// The blob of a layer that a step made, in the form that is asked for; null where it is neither here nor shared by
    /// another machine.
    /// </summary>
    public Layer? FindLayer(SnapshotId id) =>
        Memory.FindLayer(Request.Form.KeyOf(id)) is { } known && (IsStored(known.Descriptor) || Memory.IsShared(known.Descriptor))
            ? known
            : null;

    /// <summary>Layers that other machines made.</summary>
    public SharedLayers Shared => new(this);

    /// <summary>What is known of the files of a context, by its folder; null where nothing can be.</summary>
    public ContentMemory? MemoryOf(string folder) => contexts.GetOrAdd(folder, path => ContentMemory.Open(Store, path));

    /// <summary>Removes what killed builds left behind.</summary>
    public void RemoveAbandoned()
    {
        Snapshots.RemoveAbandoned();
        Content.RemoveAbandonedFiles();
    }

    public void Dispose()
    {
        Agents.Dispose();
        Commands.Dispose();
    }

    public string NextStepId() => $"step-{Interlocked.Increment(ref steps)}";
}
