using System.Text.Json;
using ContainerStages.Content;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Oci;

namespace ContainerStages.Media.Registry;

/// <summary>Resolves image names to manifests and configurations, through the content store: what it has is not fetched again.</summary>
internal sealed class ImagePuller(RegistryClient client, IContentStore store)
{
    /// <summary>Real configurations have some kilobytes; a larger one than this is an attack.</summary>
    public const long LargestConfig = 8 * 1024 * 1024;

    private readonly BlobFetcher fetcher = new(client, store);

    /// <summary>
    /// The image for a platform. A name that stands for one image and no index gives that, whatever its platform is, as in BuildKit: who
    /// asked sees it in the configuration. A reference with a digest that the store has needs no registry.
    /// </summary>
    /// <exception cref="BuildFailedException">
    /// The image cannot be had, the index has none for the platform, or it is no container image.
    /// </exception>
    public async Task<PulledImage> ResolveAsync(ImageReference reference, Platform platform, CancellationToken cancellationToken)
    {
        var named = await DocumentAsync(reference, cancellationToken);
        var document = named.IsIndex ? await ChooseAsync(named, reference, platform, cancellationToken) : named;
        var exact = reference.WithDigest(document.Digest);
        var manifest = document.Manifest!;
        if (manifest.Layers.FirstOrDefault(layer => !MediaTypes.IsLayer(layer.MediaType)) is { } strange)
        {
            throw new BuildFailedException(
                RegistryDiagnostics.UnsupportedMediaType($"layer {strange.Digest} of '{reference.FamiliarName}'", strange.MediaType));
        }

        var configBytes = await ConfigAsync(exact, manifest.Config, cancellationToken);
        return new PulledImage
        {
            Reference = exact,
            Descriptor = document.Descriptor,
            NamedDigest = named.Digest,
            ManifestBytes = document.Bytes,
            Manifest = manifest,
            ConfigBytes = configBytes,
            Config = ReadConfig(configBytes, manifest, reference, named.IsIndex ? platform : null),
        };
    }

    private async Task<ManifestDocument> ChooseAsync(
        ManifestDocument index,
        ImageReference reference,
        Platform platform,
        CancellationToken cancellationToken)
    {
        var search = new IndexSearch(
            reference,
            platform,
            async entry => await DocumentAsync(reference.WithDigest(entry.Digest), cancellationToken));
        return (await search.FindAsync(index))!;
    }

    private async Task<ManifestDocument> DocumentAsync(ImageReference reference, CancellationToken cancellationToken)
    {
        // Asking for the digest first costs little, spares Docker Hub's limit on manifests, and makes the stored one usable.
        var digest = reference.Digest ?? await client.FindDigestAsync(reference, cancellationToken);
        if (digest is { } known && await StoredAsync(known, RegistryClient.LargestManifest, cancellationToken) is { } bytes)
        {
            return ManifestDocument.Create(bytes, null, reference, "the store");
        }

        var document = await client.GetManifestAsync(reference, cancellationToken);
        await using var writer = store.CreateWriter();
        await writer.WriteAsync(document.Bytes, cancellationToken);
        await writer.CommitAsync(document.Digest, cancellationToken);
        return document;
    }

    private async Task<ReadOnlyMemory<byte>> ConfigAsync(ImageReference reference, Descriptor config, CancellationToken cancellationToken)
    {
        var what = $"configuration of '{reference.FamiliarName}'";
        if (config.MediaType is not (MediaTypes.OciConfig or MediaTypes.DockerConfig))
        {
            throw new BuildFailedException(RegistryDiagnostics.UnsupportedMediaType(what, config.MediaType));
        }

        if (config.Size > LargestConfig)
        {
            throw new BuildFailedException(RegistryDiagnostics.DocumentTooLarge(what, config.Size, LargestConfig));
        }

        if (await StoredAsync(config.Digest, LargestConfig, cancellationToken) is { } stored)
        {
            return stored;
        }

        // It is missing, or damaged: then what is there is replaced.
        await fetcher.ReplaceAsync(reference, config, cancellationToken);
        return await StoredAsync(config.Digest, LargestConfig, cancellationToken)
            ?? throw Malformed("configuration", reference, "it was damaged in the store.");
    }

    private Task<ReadOnlyMemory<byte>?> StoredAsync(Digest digest, long limit, CancellationToken cancellationToken) =>
        StoredDocument.ReadAsync(store, digest, limit, cancellationToken);

    private static ImageConfig ReadConfig(ReadOnlyMemory<byte> bytes, Manifest manifest, ImageReference reference, Platform? promised)
    {
        ImageConfig config;
        try
        {
            config = JsonSerializer.Deserialize(bytes.Span, OciJson.Plain.ImageConfig) ?? throw new JsonException("it is null.");
        }
        catch (JsonException e)
        {
            throw Malformed("configuration", reference, e.Message);
        }

        if (DocumentRules.ProblemOf(config, manifest) is { } problem)
        {
            throw Malformed("configuration", reference, problem);
        }

        return promised is null || promised.HasProcessorOf(config.Platform)
            ? config
            : throw new BuildFailedException(
                RegistryDiagnostics.WrongPlatform(reference.FamiliarName, promised.ToString(), config.Platform.ToString()));
    }

    private static BuildFailedException Malformed(string what, ImageReference reference, string problem) =>
        new(RegistryDiagnostics.MalformedDocument($"{what} of '{reference.FamiliarName}'", reference.Registry, problem));
}
