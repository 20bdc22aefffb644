namespace ContainerStages.Contracts;

/// <summary>The form of an image: the same files in another form have another digest.</summary>
public sealed record ImageForm
{
    /// <summary>Seconds since 1970 for every time in layers and configuration; null for 0.</summary>
    public long? SourceDateEpoch { get; init; }

    public ImageFormat Format { get; init; }

    /// <summary>True: Docker's format all the same where every base image is in it, as the .NET SDK's container publishing does.</summary>
    public bool FormatOfBase { get; init; }

    /// <summary>Of layers made here; those of base images stay as they are.</summary>
    public LayerCompression Compression { get; init; }

    /// <summary>0 to 9 for gzip, 1 to 22 for zstd; null for the compression's own default.</summary>
    public int? CompressionLevel { get; init; }

    /// <summary><see cref="SourceDateEpoch"/>, or its default.</summary>
    public long Epoch => SourceDateEpoch ?? 0;
}

/// <summary>Media types of manifest and configuration.</summary>
public enum ImageFormat
{
    Oci,
    Docker,
}

/// <summary>How the tar of a layer is compressed.</summary>
public enum LayerCompression
{
    Gzip,
    Zstd,
    None,
}
