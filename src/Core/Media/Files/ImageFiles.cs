using System.Collections.Immutable;
using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Images;
using ContainerStages.Layers;
using ContainerStages.Publishing;
using ContainerStages.Snapshots;

namespace ContainerStages.Media.Files;

/// <summary>The files of an image without its layers, unpacked from them.</summary>
/// <param name="store">Has room for what is unpacked on the way.</param>
/// <param name="content">Where the image was made.</param>
/// <param name="fetcher">Brings base layers that are not in the store; null where all are.</param>
/// <param name="epoch">The time of folders that no layer names, in seconds since 1970.</param>
internal sealed class ImageFiles(StoreDirectory store, IContentStore content, IBlobFetcher? fetcher, long epoch)
{
    /// <summary>
    /// Writes all of them into a folder; several images get one each, named after their platform (<c>linux_arm64</c>), as with Docker.
    /// </summary>
    /// <exception cref="Diagnostics.BuildFailedException">The folder cannot be written, or something stands in the way.</exception>
    public Task CopyAsync(ImageSet images, string folder, CancellationToken cancellationToken) =>
        WithTemporaryAsync(
            images,
            folder,
            temporary =>
            {
                CopyAll(images, temporary, folder, cancellationToken);
                return Task.CompletedTask;
            },
            cancellationToken);

    /// <summary>Writes the same folder as one tar.</summary>
    /// <exception cref="Diagnostics.BuildFailedException">The file cannot be written.</exception>
    public Task WriteTarAsync(ImageSet images, string path, CancellationToken cancellationToken) =>
        WithTemporaryAsync(images, path, temporary => WriteTarAsync(images, temporary, path, cancellationToken), cancellationToken);

    private async Task WithTemporaryAsync(ImageSet images, string target, Func<string, Task> write, CancellationToken cancellationToken)
    {
        await ImageBlobs.FetchMissingAsync(images, content, fetcher, cancellationToken);
        using var temporary = new SnapshotStore(store).CreateTemporary();
        await ImageBlobs.GuardAsync(target, async () =>
        {
            await write(temporary.Path);
            return true;
        });
    }

    private void CopyAll(ImageSet images, string temporary, string folder, CancellationToken cancellationToken)
    {
        foreach (var image in images.Images)
        {
            var own = images.Index is null ? "" : image.Config.Platform.ToString().Replace('/', '_');
            var files = new UnionView(Unpack(image, Path.Combine(temporary, $"unpacked-{own}"), cancellationToken));
            Copy(files, Directory.CreateDirectory(Path.Combine(folder, own)).FullName, cancellationToken);
        }
    }

    private ImmutableArray<string> Unpack(Image image, string folder, CancellationToken cancellationToken)
    {
        var unpacked = ImmutableArray.CreateBuilder<UnpackedLayer>();
        foreach (var (layer, _) in ImageLayers.WithoutRepeated(image.Layers, layer => SnapshotId.Of(layer.Layer.DiffId)))
        {
            var path = Path.Combine(folder, $"layer-{unpacked.Count}");
            Directory.CreateDirectory(path);
            using var blob = ImageBlobs.OpenVerified(image, content, layer.Descriptor);
            using var tar = LayerDecompression.Open(blob);
            var extracted =
                LayerExtractor.Extract(tar, path, layer.Descriptor.Digest.ToString(), ExtractionLimits.Default, cancellationToken);

            // What is verified is read to its end.
            blob.CopyTo(Stream.Null);
            unpacked.Add(new UnpackedLayer(path, extracted.ImpliedFolders));
        }

        var layers = ImageLayers.Visible(unpacked.ToImmutable());
        var changed = ImageLayers.FindChanged(layers);
        var mended = Path.Combine(folder, "mended");
        Directory.CreateDirectory(mended);
        ImageLayers.WriteChanged(changed, layers, mended);
        return [.. layers.Select(layer => layer.Folder), mended];
    }

    /// <summary>What stands in the folder stays unless a file of the image replaces it; a link in the way is never followed.</summary>
    private void Copy(UnionView files, string folder, CancellationToken cancellationToken) =>
        LayerComposer.WriteInto(folder, epoch, composer => CopyChildren(files.Find("/")!, composer, new HardLinks(), cancellationToken));

    private static void CopyChildren(UnionEntry parent, LayerComposer composer, HardLinks linked, CancellationToken cancellationToken)
    {
        foreach (var entry in UnionView.List(parent, cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var owner = new Ownership(entry.Status.UserId, entry.Status.GroupId);
            if (entry.IsDirectory)
            {
                composer.MakeDirectory(entry.Path, owner, entry.Status.Permissions);
                CopyChildren(entry, composer, linked, cancellationToken);
            }
            else if (linked.FirstName(entry, entry.Path) is { } first)
            {
                composer.LinkFile(entry.Path, first);
            }
            else
            {
                composer.CopyFile(entry.Path, entry, owner, entry.Status.Permissions, withAttributes: true);
            }
        }
    }

    private async Task WriteTarAsync(ImageSet images, string temporary, string path, CancellationToken cancellationToken)
    {
        var flat = Path.Combine(temporary, "flat");
        Directory.CreateDirectory(flat);
        CopyAll(images, temporary, flat, cancellationToken);
        await OutputFile.WriteAsync(path, file => WriteTar(flat, file, cancellationToken), _ => Task.FromResult(true));
    }

    private void WriteTar(string folder, Stream output, CancellationToken cancellationToken)
    {
        var tar = new TarStreamWriter(output);
        var options = new LayerWriterOptions(new ImageForm { SourceDateEpoch = epoch }, SameTimes: true);
        new LayerFolderReader(tar, options, cancellationToken).Write(folder);
        tar.Finish();
    }
}
