using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Images;
using ContainerStages.Layers;
using ContainerStages.Publishing;
using ContainerStages.Snapshots;

namespace ContainerStages.Building;

/// <summary>Writes the files of an image, without its layers: into a folder, or as one tar. Source: docker buildx build, --output, local and tar.</summary>
internal sealed class FileExport(BuildSession session, long epoch)
{

    /// <summary>Several images get a folder each, named after their platform (<c>linux_arm64</c>), as with Docker.</summary>
    /// <exception cref="Diagnostics.BuildFailedException">The destination cannot be written, or something stands in the way.</exception>
    public async Task<PublishedImage> WriteAsync(Destination destination, ImageSet images, CancellationToken cancellationToken)
    {
        await ImageBlobs.FetchMissingAsync(images, session.Content, session.Blobs, cancellationToken);
        using var temporary = new SnapshotStore(session.Store).CreateTemporary();
        return await ImageBlobs.GuardAsync(destination.Value, async () =>
        {
            if (destination.Kind == DestinationKind.Folder)
            {
                CopyAll(images, temporary.Path, destination.Value, cancellationToken);
            }
            else
            {
                await WriteTarAsync(images, temporary.Path, destination.Value, cancellationToken);
            }

            return new PublishedImage([], OutputFile.Reported(destination.Value), Written: true);
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
        foreach (var (layer, _) in ImageLayers.WithoutRepeated(image.Layers, layer => layer.Layer.DiffId.ToString()))
        {
            var path = Path.Combine(folder, $"layer-{unpacked.Count}");
            Directory.CreateDirectory(path);
            using var blob = ImageBlobs.OpenVerified(image, session.Content, layer.Descriptor);
            using var tar = LayerDecompression.Open(blob);
            var extracted = LayerExtractor.Extract(tar, path, layer.Descriptor.Digest.ToString(), ExtractionLimits.Default, cancellationToken);

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
        new LayerFolderReader(tar, new LayerWriterOptions { Epoch = epoch, SameTimes = true }, cancellationToken).Write(folder);
        tar.Finish();
    }
}
