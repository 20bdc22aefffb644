using ContainerStages.Contracts;

namespace ContainerStages.Layers;

/// <summary>How layers are written; equal options and equal content give equal bytes.</summary>
public sealed record LayerWriterOptions
{
    public static LayerWriterOptions Default { get; } = new();

    /// <summary>Seconds since 1970: no file in the layer is younger.</summary>
    public long Epoch { get; init; }

    /// <summary>True: every entry is as old as <see cref="Epoch"/>, whatever its time in the folder.</summary>
    public bool SameTimes { get; init; }

    public ImageFormat Format { get; init; } = ImageFormat.Oci;

    public LayerCompression Compression { get; init; } = LayerCompression.Gzip;

    /// <summary>0 to 9 for gzip, 1 to 22 for zstd; null for 5 and 3.</summary>
    public int? Level { get; init; }
}
