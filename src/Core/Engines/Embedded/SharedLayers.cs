using ContainerStages.Caching;
using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Layers;
using ContainerStages.Posix;
using ContainerStages.Snapshots;

namespace ContainerStages.Engines;

/// <summary>
/// Layers and cache mounts that other machines made. Each is checked as what comes from a registry is; one that is not right is made
/// here.
/// </summary>
internal sealed class SharedLayers(EngineServices services)
{
    /// <summary>Smaller ones are there before anybody reads of them.</summary>
    private const long UntoldSize = 1_000_000;

    private readonly IStepMemory memory = services.Memory;

    /// <summary>Brings the blob of a layer here, unless it is.</summary>
    /// <returns>False where it is not to be had.</returns>
    public async Task<bool> FetchAsync(Layer layer, CancellationToken cancellationToken)
    {
        if (services.IsStored(layer.Descriptor))
        {
            return true;
        }

        return await TryAsync(layer, async () =>
        {
            if (!await memory.FetchAsync(layer.Descriptor, services.Content, cancellationToken))
            {
                return false;
            }

            RequireContent(layer, cancellationToken);
            services.Sizes.Record(layer.DiffId, layer.Size);
            return true;
        });
    }

    /// <summary>Makes the folder of a layer from its blob, unless it is there.</summary>
    /// <param name="title">Of the step that made the layer, for people.</param>
    /// <returns>False where no blob is to be had: the step has to run.</returns>
    public async Task<bool> UnpackAsync(SnapshotId id, string title, CancellationToken cancellationToken)
    {
        if (services.Snapshots.Exists(id))
        {
            return true;
        }

        if (memory.FindLayer(RequestSettings.ToWorkOn.KeyOf(id)) is not { } layer || !IsHad(layer))
        {
            return false;
        }

        return await TryAsync(layer, async () =>
        {
            await services.Snapshots.CreateAsync(
                id,
                (folder, token) => UnpackIntoAsync(Path.Combine(folder, "layer"), layer, title, token),
                cancellationToken);
            return true;
        });
    }

    /// <summary>Fills the folder of a new cache mount with what another machine's held.</summary>
    /// <param name="folder">Must not exist.</param>
    /// <returns>False where no machine shares it; the folder is not there then.</returns>
    public async Task<bool> UnpackMountAsync(string name, string target, string folder, CancellationToken cancellationToken)
    {
        if (memory.FindMount(name) is not { } layer || !IsHad(layer))
        {
            return false;
        }

        var isThere = await TryAsync(layer, async () =>
        {
            await UnpackIntoAsync(folder, layer, $"cache mount {target}", cancellationToken);
            return true;
        });
        if (!isThere)
        {
            TreeRemover.Remove(folder);
        }

        return isThere;
    }

    /// <summary>The digest of the tar becomes part of an image's configuration.</summary>
    private void RequireContent(Layer layer, CancellationToken cancellationToken)
    {
        using var blob = services.Content.OpenRead(layer.Descriptor.Digest);
        var content = LayerInspector.Inspect(blob, layer.Descriptor.Digest.ToString(), cancellationToken);
        if (content.DiffId != layer.DiffId || content.ContentSize != layer.Size)
        {
            throw new DigestMismatchException(layer.DiffId, content.DiffId);
        }
    }

    private bool IsHad(Layer layer) => services.IsStored(layer.Descriptor) || memory.IsShared(layer.Descriptor);

    private async Task<string> UnpackIntoAsync(string folder, Layer layer, string title, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        await using var blob = services.IsStored(layer.Descriptor)
            ? services.Content.OpenRead(layer.Descriptor.Digest)
            : await memory.OpenSharedAsync(layer.Descriptor, cancellationToken) ?? throw new IOException("it cannot be had any more.");
        var step = layer.Descriptor.Size < UntoldSize
            ? null
            : ProgressStep.Begin(services.Events, services.NextStepId(), "", $"import {title}");
        try
        {
            await LayerUnpacker.UnpackAsync(
                blob,
                layer.Descriptor,
                layer.DiffId,
                folder,
                tee: null,
                bytes => step?.Progress(bytes, layer.Descriptor.Size),
                cancellationToken);
            step?.Finish(StepOutcome.Done);
            return folder;
        }
        catch
        {
            step?.Finish(StepOutcome.Failed);
            throw;
        }
    }

    private async Task<bool> TryAsync(Layer layer, Func<Task<bool>> work)
    {
        // Afterwards another use of the same blob may have dropped it already.
        var isShared = memory.IsShared(layer.Descriptor);
        try
        {
            return await work();
        }
        catch (Exception exception) when (isShared && exception is (BuildFailedException or IOException))
        {
            memory.DropShared(layer.Descriptor, SharedCache.ReasonOf(exception));
            return false;
        }
    }
}
