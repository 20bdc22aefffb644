using System.Collections.Immutable;
using ContainerStages.Caching;
using ContainerStages.Images;
using ContainerStages.Layers;
using ContainerStages.Oci;
using ContainerStages.Planning;
using ContainerStages.Snapshots;

namespace ContainerStages.Engines;

/// <summary>
/// A root filesystem by name only: the layers that make it, from the base up. Nothing is on disk until <see cref="EnsureAsync"/>; a build
/// in which everything is cached never gets there.
/// </summary>
internal sealed record LayerStack(StackKey Key, ImmutableArray<StackLayer> Layers)
{
    public static LayerStack Empty { get; } = new(CacheKey.EmptyStack, []);

    public LayerStack Push(StackLayer layer) => new(CacheKey.Stack(Key, layer.Id), Layers.Add(layer));

    /// <summary>The same files, after a step that changed none: a later step with the same text is another step all the same.</summary>
    public LayerStack After(SnapshotId step) => this with { Key = CacheKey.Stack(Key, step) };

    /// <summary>Sees to it that every layer's folder exists, side by side, and returns the folders from the base up, each once.</summary>
    public async Task<ImmutableArray<string>> EnsureAsync(SnapshotStore snapshots, CancellationToken cancellationToken)
    {
        var layers = ImageLayers.WithoutRepeated(Layers, layer => layer.Id);
        await Task.WhenAll(layers.Where(layer => !layer.IsMade(snapshots)).Select(layer => layer.EnsureAsync(cancellationToken)));
        var ofImage = layers.TakeWhile(layer => layer is BaseLayer).Select(layer => layer.Id).ToImmutableArray();
        return
        [
            .. await ImageFoldersAsync(ofImage, snapshots, cancellationToken),
            .. layers.Skip(ofImage.Length).Select(layer => snapshots.PathOf(layer.Id)),
        ];
    }

    /// <summary>
    /// What overlayfs shows of an image's layers otherwise than they mean it is mended by one more snapshot on top of them.
    /// </summary>
    private static async Task<ImmutableArray<string>> ImageFoldersAsync(
        ImmutableArray<SnapshotId> ids, SnapshotStore snapshots, CancellationToken cancellationToken)
    {
        var layers = ImageLayers.Visible([.. ids.Select(id => UnpackedLayer.Read(snapshots.PathOf(id)))]);
        ImmutableArray<string> folders = [.. layers.Select(layer => layer.Folder)];
        var changed = ImageLayers.FindChanged(layers);
        if (changed.Count == 0)
        {
            return folders;
        }

        var mended = CacheKey.ImpliedFolders(ids);
        await snapshots.CreateAsync(
            mended,
            (folder, _) =>
            {
                var made = Directory.CreateDirectory(Path.Combine(folder, "layer")).FullName;
                ImageLayers.WriteChanged(changed, layers, made);
                return Task.FromResult(made);
            },
            cancellationToken);
        return folders.Add(snapshots.PathOf(mended));
    }

    public async Task<UnionView> OpenAsync(SnapshotStore snapshots, CancellationToken cancellationToken) =>
        new(await EnsureAsync(snapshots, cancellationToken));
}

/// <summary>One layer of a stack by id, and how to make its folder and its blob.</summary>
internal abstract class StackLayer(SnapshotId id)
{
    public SnapshotId Id { get; } = id;

    /// <summary>True where the folder is there with all that belongs to it.</summary>
    public virtual bool IsMade(SnapshotStore snapshots) => snapshots.Exists(Id);

    /// <summary>Makes the folder. Idempotent.</summary>
    public abstract Task EnsureAsync(CancellationToken cancellationToken);

    /// <summary>The layer as part of an image.</summary>
    public abstract Task<ImageLayer> ExportAsync(CancellationToken cancellationToken);
}

/// <summary>A layer that a step made.</summary>
internal sealed class StepLayer(
    SnapshotId id, Func<CancellationToken, Task> make, Func<CancellationToken, Task<Layer>> export) : StackLayer(id)
{
    public override Task EnsureAsync(CancellationToken cancellationToken) => make(cancellationToken);

    public override async Task<ImageLayer> ExportAsync(CancellationToken cancellationToken) => new(await export(cancellationToken), null);
}

/// <summary>A layer of a pulled image.</summary>
internal sealed class BaseLayer(PulledBase image, Descriptor descriptor, Digest diffId) : StackLayer(SnapshotId.Of(diffId))
{
    public override bool IsMade(SnapshotStore snapshots) => base.IsMade(snapshots) && UnpackedLayer.IsRemembered(snapshots.PathOf(Id));

    public override Task EnsureAsync(CancellationToken cancellationToken) => image.UnpackAsync(descriptor, diffId, cancellationToken);

    public override Task<ImageLayer> ExportAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new ImageLayer(new Layer(descriptor, diffId, image.SizeOf(diffId)), image.Reference));
}
