using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Layers;
using ContainerStages.Oci;
using ContainerStages.Planning;
using ContainerStages.Snapshots;

namespace ContainerStages.Engines;

/// <summary>
/// The layers of one base image: downloaded, verified and unpacked when a step first needs them. Blobs are kept only where they become
/// part of an image; a builder's are streamed from the registry into folders.
/// </summary>
internal sealed class PulledBase(ImageBase image, bool keepBlobs, EngineServices services)
{
    private readonly Lock gate = new();
    private readonly long total = image.Manifest.Layers.DistinctBy(layer => layer.Digest).Sum(layer => layer.Size);
    private readonly bool isStored = image.Manifest.Layers.All(services.IsStored);
    private ProgressStep? step;
    private bool hasFailed;
    private long moved;
    private int pending;

    public ImageReference Reference => image.Reference;

    public LayerStack Stack()
    {
        var stack = LayerStack.Empty;
        services.Store.Use.Note(
            [.. image.Config.RootFs.DiffIds.Select(diffId => $"snapshots/{SnapshotStore.NameOf(SnapshotId.Of(diffId))}")]);
        foreach (var (descriptor, diffId) in image.Manifest.Layers.Zip(image.Config.RootFs.DiffIds))
        {
            stack = stack.Push(new BaseLayer(this, descriptor, diffId));
        }

        return stack;
    }

    /// <summary>The name as a person wrote it; the digest says nothing in a progress line.</summary>
    public static string NameOf(ImageReference reference) =>
        reference.Tag is { } tag ? reference.WithTag(tag).FamiliarName : reference.FamiliarName;

    /// <summary>Bytes of the uncompressed layer, or <see cref="LayerSizes.Unknown"/> while it was never unpacked here.</summary>
    public long SizeOf(Digest diffId) => services.Sizes.TryGet(diffId) ?? LayerSizes.Unknown;

    public async Task UnpackAsync(Descriptor descriptor, Digest diffId, CancellationToken cancellationToken)
    {
        Begin();
        try
        {
            await services.Downloads.WaitAsync(cancellationToken);
            try
            {
                await services.Snapshots.CreateAsync(
                    SnapshotId.Of(diffId), (folder, token) => FillAsync(folder, descriptor, diffId, token), cancellationToken);
                await RememberAgainAsync(descriptor, diffId, cancellationToken);
            }
            finally
            {
                services.Downloads.Release();
            }
        }
        catch
        {
            hasFailed = true;
            throw;
        }
        finally
        {
            End();
        }
    }

    /// <summary>
    /// What stood beside the snapshot and is damaged is found out by unpacking the layer once more; the snapshot itself may be in use.
    /// </summary>
    private async Task RememberAgainAsync(Descriptor descriptor, Digest diffId, CancellationToken cancellationToken)
    {
        if (!UnpackedLayer.IsRemembered(services.Snapshots.PathOf(SnapshotId.Of(diffId))))
        {
            using var temporary = services.Snapshots.CreateTemporary("again");
            await FillAsync(temporary.Path, descriptor, diffId, cancellationToken);
        }
    }

    private async Task<string> FillAsync(string folder, Descriptor descriptor, Digest diffId, CancellationToken cancellationToken)
    {
        var stored = services.IsStored(descriptor);
        try
        {
            return await FillAsync(Path.Combine(folder, "layer"), descriptor, diffId, stored, cancellationToken);
        }
        catch (BuildFailedException) when (stored)
        {
            if (!await services.Content.DiscardDamagedAsync(descriptor.Digest, cancellationToken))
            {
                throw;
            }

            services.Events.Report(
                new DiagnosticReported(PruneDiagnostics.BlobFetchedAgain(descriptor.Digest.ToString(), NameOf(image.Reference))));
            return await FillAsync(Path.Combine(folder, "again"), descriptor, diffId, stored: false, cancellationToken, keep: true);
        }
    }

    private async Task<string> FillAsync(
        string root, Descriptor descriptor, Digest diffId, bool stored, CancellationToken cancellationToken, bool keep = false)
    {
        Directory.CreateDirectory(root);
        await using var blob = await OpenAsync(descriptor, stored, cancellationToken);
        await using var tee = stored || !(keepBlobs || keep || services.Content.Contains(descriptor.Digest))
            ? null
            : services.Content.CreateWriter();
        var before = 0L;
        var layer = await LayerUnpacker.UnpackAsync(
            blob, descriptor, diffId, root, tee, bytes => Progress(bytes - Interlocked.Exchange(ref before, bytes)), cancellationToken);
        services.Sizes.Record(diffId, layer.Size);
        UnpackedLayer.Remember(services.Snapshots.PathOf(SnapshotId.Of(diffId)), layer.ImpliedFolders);
        return root;
    }

    private Task<Stream> OpenAsync(Descriptor descriptor, bool stored, CancellationToken cancellationToken) =>
        stored
            ? Task.FromResult(services.Content.OpenRead(descriptor.Digest))
            : services.Blobs.OpenBlobAsync(image.Reference, descriptor, cancellationToken);

    private void Progress(long bytes) =>
        step!.Progress(Interlocked.Add(ref moved, bytes), total);

    /// <summary>Layers that are wanted at the same time are one step.</summary>
    private void Begin()
    {
        lock (gate)
        {
            if (pending++ == 0)
            {
                hasFailed = false;
                step = ProgressStep.Begin(
                    services.Events, services.NextStepId(), "", $"{(isStored ? "unpack" : "pull")} {NameOf(image.Reference)}");
            }
        }
    }

    private void End()
    {
        lock (gate)
        {
            if (--pending == 0)
            {
                step!.Finish(hasFailed ? StepOutcome.Failed : StepOutcome.Done);
            }
        }
    }
}
