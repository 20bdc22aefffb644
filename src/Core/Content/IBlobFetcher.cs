using ContainerStages.Oci;

namespace ContainerStages.Content;

/// <summary>Brings blobs of pulled images into the content store when somebody needs them.</summary>
internal interface IBlobFetcher
{
    /// <summary>Idempotent: returns at once where the blob is already in the store; the digest is verified.</summary>
    Task FetchAsync(ImageReference origin, Descriptor blob, CancellationToken cancellationToken);
}
