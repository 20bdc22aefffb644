using System.IO.Compression;
using ContainerStages.Contracts;
using ContainerStages.Oci;

namespace ContainerStages.Layers;

/// <summary>Reading compressed layers, by what they are rather than by what they are called.</summary>
internal static class LayerDecompression
{
    /// <summary>A stream of the tar inside. Disposing it disposes <paramref name="blob"/>.</summary>
    public static Stream Open(Stream blob)
    {
        var head = new byte[4];
        var count = blob.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        var whole = new PrefixedStream(head.AsMemory(0, count), blob);
        return Detect(head.AsSpan(0, count)) switch
        {
            LayerCompression.Gzip => new GZipStream(whole, CompressionMode.Decompress),
            LayerCompression.Zstd => new ZstdSharp.DecompressionStream(whole, bufferSize: 0, checkEndOfStream: true, leaveOpen: false),
            _ => whole,
        };
    }

    /// <summary>Source: RFC 1952, 2.3.1; RFC 8878, 3.1.1 and 3.1.2 (skippable frames may come first).</summary>
    public static LayerCompression Detect(ReadOnlySpan<byte> head) => head switch
    {
        [0x1F, 0x8B, ..] => LayerCompression.Gzip,
        [0x28, 0xB5, 0x2F, 0xFD, ..] => LayerCompression.Zstd,
        [>= 0x50 and <= 0x5F, 0x2A, 0x4D, 0x18, ..] => LayerCompression.Zstd,
        _ => LayerCompression.None,
    };

    /// <summary>Media type of a layer in an image of the given format.</summary>
    /// <exception cref="NotSupportedException">Docker's format has no name for zstd.</exception>
    public static string MediaType(LayerCompression compression, bool docker) => (compression, docker) switch
    {
        (LayerCompression.Gzip, false) => MediaTypes.OciLayerGzip,
        (LayerCompression.Zstd, false) => MediaTypes.OciLayerZstd,
        (LayerCompression.None, false) => MediaTypes.OciLayer,
        (LayerCompression.Gzip, true) => MediaTypes.DockerLayerGzip,
        (LayerCompression.None, true) => MediaTypes.DockerLayer,
        _ => throw new NotSupportedException("Images in Docker's format cannot have layers compressed with zstd."),
    };
}
