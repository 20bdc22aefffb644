using System.Text.Json;
using ContainerStages.Caching;
using ContainerStages.Oci;

namespace ContainerStages.Media.Caches;

/// <summary>
/// The manifest of a shared cache: its configuration is the document, its layers are the blobs that the document names, so that no
/// registry's clean-up takes them. Source: image-spec, manifest.md, Guidelines for Artifact Usage.
/// </summary>
internal static class CacheManifest
{
    /// <param name="document">Of the cache, as bytes.</param>
    /// <returns>The manifest's bytes and descriptor.</returns>
    public static (byte[] Bytes, Descriptor Descriptor) Create(SharedCacheDocument cache, Descriptor document)
    {
        var manifest = new Manifest { MediaType = MediaTypes.OciManifest, Config = document, Layers = [.. cache.Blobs] };
        var bytes = JsonSerializer.SerializeToUtf8Bytes(manifest, OciJson.Plain.Manifest);
        return (bytes, new Descriptor { MediaType = MediaTypes.OciManifest, Digest = Digest.Of(bytes), Size = bytes.Length });
    }

    public static Descriptor Describe(byte[] document) =>
        new() { MediaType = SharedCacheDocument.MediaType, Digest = Digest.Of(document), Size = document.Length };

    /// <summary>The document that a manifest stands for.</summary>
    /// <exception cref="InvalidDataException">The manifest is that of something else, or of another version.</exception>
    public static Descriptor DocumentOf(Manifest? manifest) => manifest?.Config switch
    {
        { MediaType: SharedCacheDocument.MediaType, Size: <= Content.ContentStoreExtensions.DocumentLimit } document => document,
        { MediaType: SharedCacheDocument.MediaType } => throw new InvalidDataException("its document is too large."),
        { MediaType: var type } when type.StartsWith(SharedCacheDocument.AnyVersion, StringComparison.Ordinal) =>
            throw new InvalidDataException("it was written by another version of ContainerStages. Use another name for this version."),
        { MediaType: var type } =>
            throw new InvalidDataException($"what is there is no cache of ContainerStages ({type}). Use a name of its own for the cache."),
        null => throw new InvalidDataException("what is there is no cache but an index of images. Use a name of its own for the cache."),
    };

    /// <summary>A whole document, checked.</summary>
    /// <exception cref="InvalidDataException">It is not what the manifest says.</exception>
    public static async Task<byte[]> ReadAsync(Stream content, Descriptor document, CancellationToken cancellationToken)
    {
        var bytes = new byte[document.Size];
        var count = await content.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        return Digest.Of(bytes.AsSpan(0, count)) == document.Digest
            ? bytes
            : throw new InvalidDataException("its document has another digest than its manifest says.");
    }
}
