using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ContainerStages.Content;
using ContainerStages.Diagnostics;
using ContainerStages.Layers;
using ContainerStages.Oci;

namespace ContainerStages.Images;

/// <summary>Reads images back from a store.</summary>
internal static class ImageReader
{
    /// <summary>
    /// Reads and verifies manifest and configuration. Layer blobs are not touched, except to measure one whose size nobody remembers.
    /// </summary>
    /// <param name="store">Holds at least the two documents.</param>
    /// <param name="sizes">Sizes of layers; null leaves them <see cref="LayerSizes.Unknown"/>.</param>
    /// <param name="manifest">Digest of a manifest, not of an index.</param>
    /// <param name="origin">The image that layers can be fetched from, or null.</param>
    /// <param name="cancellationToken">Stops between documents.</param>
    /// <exception cref="FileNotFoundException">Manifest or configuration is not in the store.</exception>
    /// <exception cref="BuildFailedException">A document is damaged or contradicts the other.</exception>
    public static async Task<Image> ReadAsync(
        IContentStore store, LayerSizes? sizes, Digest manifest, ImageReference? origin, CancellationToken cancellationToken)
    {
        var manifestBytes = await store.ReadAllBytesAsync(manifest, ContentStoreExtensions.DocumentLimit, cancellationToken);
        var parsed = Parse(manifestBytes, manifest, OciJson.Plain.Manifest);
        if (DocumentRules.ProblemOf(parsed) is { } problem)
        {
            throw Damaged(manifest, problem);
        }

        var configBytes = await store.ReadAllBytesAsync(parsed.Config.Digest, ContentStoreExtensions.DocumentLimit, cancellationToken);
        var config = Parse(configBytes, parsed.Config.Digest, OciJson.Plain.ImageConfig);
        if (DocumentRules.ProblemOf(config, parsed) is { } contradiction)
        {
            throw Damaged(parsed.Config.Digest, contradiction);
        }

        var layers = parsed.Layers.Zip(config.RootFs.DiffIds, (blob, diffId) =>
            new ImageLayer(
                new Layer(blob, diffId, sizes?.GetOrMeasure(store, blob, diffId, cancellationToken) ?? LayerSizes.Unknown),
                origin));
        return new Image
        {
            ManifestBytes = manifestBytes,
            MediaType = parsed.MediaType ?? MediaTypes.OciManifest,
            Manifest = parsed,
            Digest = manifest,
            ConfigBytes = configBytes,
            Config = config,
            Layers = [.. layers],
        };
    }

    /// <summary>
    /// Digest of the manifest that a descriptor stands for: of an index the image for <paramref name="platform"/>, else the first.
    /// </summary>
    /// <exception cref="FileNotFoundException">The index is not in the store.</exception>
    /// <exception cref="BuildFailedException">The index is damaged or empty.</exception>
    public static async Task<Digest> ChooseAsync(
        IContentStore store,
        Descriptor manifest,
        Platform platform,
        CancellationToken cancellationToken)
    {
        if (!MediaTypes.IsIndex(manifest.MediaType))
        {
            return manifest.Digest;
        }

        var index = Parse(
            await store.ReadAllBytesAsync(manifest.Digest, ContentStoreExtensions.DocumentLimit, cancellationToken),
            manifest.Digest,
            OciJson.Plain.ImageIndex);
        if (DocumentRules.ProblemOf(index) is { } problem)
        {
            throw Damaged(manifest.Digest, problem);
        }

        var chosen = index.Manifests
            .Where(image => image.Platform is { } other && platform.Matches(other)).MinBy(image => platform.DistanceTo(image.Platform!))
            ?? (index.Manifests is [var first, ..] ? first : null);
        return chosen?.Digest ?? throw Damaged(manifest.Digest, "it lists no image.");
    }

    private static T Parse<T>(ReadOnlyMemory<byte> bytes, Digest digest, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(bytes.Span, type) ?? throw Damaged(digest, "it is empty.");
        }
        catch (JsonException exception)
        {
            throw Damaged(digest, $"it is no image document: {exception.Message}");
        }
    }

    private static BuildFailedException Damaged(Digest digest, string reason) =>
        new(StoreDiagnostics.BlobDamaged(digest.ToString(), reason));
}
