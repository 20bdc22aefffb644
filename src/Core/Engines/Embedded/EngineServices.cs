using System.Collections.Immutable;
using ContainerStages.Content;
using ContainerStages.Diagnostics;
using ContainerStages.Layers;
using ContainerStages.Sandboxing;
using ContainerStages.Snapshots;

namespace ContainerStages.Engines;

/// <summary>What the embedded engine works with during one build.</summary>
internal sealed class EngineServices(EngineOptions options, IBlobSource blobs, ISandbox sandbox, IBuildEvents events) : IDisposable
{
    private int steps;

    public EngineOptions Options { get; } = options;

    public DiskContentStore Content { get; } = new(options.Store);

    public SnapshotStore Snapshots { get; } = new(options.Store);

    public StepRecords Records { get; } = new(options.Store);

    public LayerSizes Sizes { get; } = new(options.Store.Root);

    public IBlobSource Blobs { get; } = blobs;

    public ISandbox Sandbox { get; } = sandbox;

    public IBuildEvents Events { get; } = events;

    /// <summary>Started by the first command that asks.</summary>
    public SshAgents Agents { get; } = new(options.Commands);

    /// <summary>Layers pulled at once.</summary>
    public SemaphoreSlim Downloads { get; } = new(3);

    /// <summary>Commands run at once.</summary>
    public CommandSlots Commands { get; } = CommandSlots.Create(options.Commands.AtOnce);

    /// <summary>True where the blob is here in its full size; half of one, after a crash of the machine, is fetched or made again.</summary>
    public bool IsStored(Oci.Descriptor blob) => Content.GetSize(blob.Digest) == blob.Size;

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

    /// <exception cref="PrivilegesNeededException">This process may only look things up.</exception>
    public void RequirePrivileges()
    {
        if (!Options.MayExecute)
        {
            throw new PrivilegesNeededException();
        }
    }
}

/// <summary>Settings of the embedded engine for one build.</summary>
public sealed record EngineOptions
{
    public required StoreDirectory Store { get; init; }

    /// <summary>Folder that COPY reads from.</summary>
    public required string ContextDirectory { get; init; }

    /// <summary>What of the context is hidden, or null.</summary>
    public IPathFilter? ContextFilter { get; init; }

    /// <summary>Every time in layers and history, in seconds since 1970.</summary>
    public long Epoch { get; init; }

    /// <summary>True: addresses and repositories are not asked, and commands that run have no network.</summary>
    public bool Offline { get; init; }

    /// <summary>Told what an address gave (digest of the file) and what a reference of a repository led to (commit).</summary>
    public Action<Planning.CopySource, string> Fetched { get; init; } = (_, _) => { };

    /// <summary>Run every step, whatever the store knows.</summary>
    public bool NoCache { get; init; }

    /// <summary>Stages, by name, of which every step is run whatever the store knows.</summary>
    public IReadOnlySet<string> NoCacheStages { get; init; } = ImmutableHashSet<string>.Empty;

    public CommandSettings Commands { get; init; } = new();

    /// <summary>False: only look up what is cached; anything that must run ends in <see cref="PrivilegesNeededException"/>.</summary>
    public bool MayExecute { get; init; } = true;

    public Contracts.ImageFormat Format { get; init; }

    public Contracts.LayerCompression Compression { get; init; }

    /// <summary>Null for the compression's own default.</summary>
    public int? CompressionLevel { get; init; }
}
