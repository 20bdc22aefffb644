using ContainerStages.Layers;
using ContainerStages.Oci;
using ContainerStages.Snapshots;

namespace ContainerStages.Caching;

/// <summary>
/// What earlier builds found out. Every answer may be missing, which costs time only; one that is there is right. Asking never waits
/// for a network: a
/// build in which all is known goes through without a pause. A memory that is of this machine alone shares nothing.
/// </summary>
internal interface IStepMemory
{
    /// <summary>What the step with this key made; or null.</summary>
    StepResult? FindStep(StepKey key);

    void SaveStep(StepKey key, StepResult result);

    /// <summary>Digest of the files that a copy selects (<c>sha256:...</c>); or null.</summary>
    string? FindSelection(SelectionKey key);

    void SaveSelection(SelectionKey key, string digest);

    /// <summary>The blob of a layer, which need not be here; or null.</summary>
    Layer? FindLayer(LayerKey key);

    void SaveLayer(LayerKey key, Layer layer);

    /// <summary>The files that a new cache mount begins with, from another machine; or null.</summary>
    /// <param name="name">Of its folder.</param>
    Layer? FindMount(string name) => null;

    /// <summary>A command of this build uses the cache mount.</summary>
    void RecordMount(string name)
    {
    }

    /// <summary>True where another machine shares the blob.</summary>
    bool IsShared(Descriptor blob) => false;

    /// <summary>Opens a blob that another machine shares; the reader checks size and digest. This alone may wait for a network.</summary>
    /// <returns>Null where it is not to be had.</returns>
    Task<Stream?> OpenSharedAsync(Descriptor blob, CancellationToken cancellationToken) => Task.FromResult<Stream?>(null);

    /// <summary>The shared blob was not what its digest says, or not what a layer is: it counts as missing from here on.</summary>
    void DropShared(Descriptor blob, string reason)
    {
    }
}

/// <summary>What a step made.</summary>
/// <param name="Layer">Id of its layer.</param>
/// <param name="Empty">True where it changed no file; the id still counts for the steps after it.</param>
internal sealed record StepResult(SnapshotId Layer, bool Empty);
