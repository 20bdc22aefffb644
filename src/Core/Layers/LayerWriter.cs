using System.Security.Cryptography;
using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Oci;

namespace ContainerStages.Layers;

/// <summary>
/// Makes a layer of a folder in overlay form. The same content gives the same bytes: names in order, times bounded, no names of users,
/// nothing of the machine.
/// </summary>
internal static class LayerWriter
{
    /// <summary>Rises when the same files begin to give another blob, so that no store goes on giving the old one.</summary>
    internal const int Form = 3;

    // Within half a percent of level 6, in two thirds of its time.
    private const int GzipLevel = 5;
    private const int ZstdLevel = 3;

    /// <summary>
    /// Writes the layer's blob into the store. Whiteouts (0/0 devices) become <c>.wh.</c> files, opaque folders
    /// <c>.wh..wh..opq</c>; capabilities and user attributes are kept; sockets are left out. The folder's own mode is not part of a layer.
    /// </summary>
    /// <returns>Null where the folder is empty: nothing changed, no layer.</returns>
    /// <exception cref="Diagnostics.BuildFailedException">A name cannot be in a layer, or the store cannot be written.</exception>
    public static async Task<Layer?> WriteAsync(
        string layerDirectory,
        IContentStore store,
        LayerWriterOptions options,
        CancellationToken cancellationToken)
    {
        var (layer, count) = await WriteAsync(
            writer =>
            {
                var reader = new LayerFolderReader(writer, options, cancellationToken);
                reader.Write(layerDirectory);
                return (reader.Size, reader.Count);
            },
            store,
            options,
            cancellationToken);
        return count == 0 ? null : layer;
    }

    /// <summary>
    /// Writes entries from anywhere as a layer; <paramref name="write"/> returns the bytes of all files and the number of entries.
    /// </summary>
    /// <exception cref="NotSupportedException">Docker's format has no name for zstd.</exception>
    internal static async Task<(Layer? Layer, int Count)> WriteAsync(
        Func<TarStreamWriter, (long Size, int Count)> write,
        IContentStore store,
        LayerWriterOptions options,
        CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var blob = store.CreateWriter();
        await using var compressor = OpenCompressor(blob, options.Form, stop.Token);
        using var diff = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var tar = new HashingStream(compressor, diff);
        try
        {
            var (size, count) = await WriteTarAsync(tar, write, cancellationToken);
            if (count == 0)
            {
                await stop.CancelAsync();
                return (null, 0);
            }

            await tar.CompleteAsync();
            var descriptor = new Descriptor
            {
                MediaType = LayerDecompression.MediaType(options.Form.Compression, options.Form.Format == ImageFormat.Docker),
                Digest = await blob.CommitAsync(null, cancellationToken),
                Size = blob.Length,
            };
            return (new Layer(descriptor, Digest.FromHash(diff.GetHashAndReset()), size), count);
        }
        catch
        {
            await stop.CancelAsync();
            throw;
        }
    }

    /// <summary>On a thread of its own: reading files blocks, and so does waiting for the compressor.</summary>
    private static Task<(long Size, int Count)> WriteTarAsync(
        Stream tar, Func<TarStreamWriter, (long Size, int Count)> write, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(
            () =>
            {
                var writer = new TarStreamWriter(tar);
                var written = write(writer);
                writer.Finish();
                return written;
            },
            cancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

    private static CompressorStream OpenCompressor(IBlobWriter blob, ImageForm form, CancellationToken cancellationToken) =>
        form.Compression switch
        {
            LayerCompression.Gzip => new ParallelGzipStream(form.CompressionLevel ?? GzipLevel, blob.WriteAsync, cancellationToken),
            LayerCompression.Zstd => new ZstdStream(form.CompressionLevel ?? ZstdLevel, blob.WriteAsync, cancellationToken),
            _ => new PlainStream(blob.WriteAsync, cancellationToken),
        };
}
