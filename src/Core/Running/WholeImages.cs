using System.Collections.Immutable;
using System.Text.Json;
using ContainerStages.Content;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Layers;
using ContainerStages.Oci;
using ContainerStages.Sources;

namespace ContainerStages.Running;

/// <summary>Images with their layers, from the store or from where the name says.</summary>
internal sealed class WholeImages(IContentStore content, IBlobFetcher fetcher, LayerSizes sizes)
{
    /// <summary>Every image of a name in the store.</summary>
    /// <param name="only">One of them; null for all.</param>
    /// <exception cref="BuildFailedException">A document is damaged, or a layer is nowhere to be had.</exception>
    public async Task<WholeImage> OfStoreAsync(string name, NamedImage named, Digest? only, CancellationToken cancellationToken)
    {
        var images = ImmutableArray.CreateBuilder<Image>();
        foreach (var manifest in only is { } one ? [one] : await ManifestsAsync(named.Manifest, cancellationToken))
        {
            images.Add(await ReadAsync(manifest, named.Name, cancellationToken));
        }

        return images.Count > 0
            ? new WholeImage(name, only ?? named.Manifest.Digest, images.ToImmutable())
            : throw new BuildFailedException(StoreDiagnostics.ImageIncomplete(name, "none of its images is here."));
    }

    /// <summary>The image for a platform from a registry, a layout, an archive or an engine.</summary>
    /// <exception cref="BuildFailedException">It cannot be had.</exception>
    public async Task<WholeImage> OfSourceAsync(
        string name, ImageSources sources, ImageReference reference, Platform platform, CancellationToken cancellationToken)
    {
        var found = await sources.ResolveAsync(reference, platform, cancellationToken);
        return new WholeImage(name, found.NamedDigest, [await ReadAsync(found.Descriptor.Digest, found.Reference, cancellationToken)]);
    }

    private async Task<Image> ReadAsync(Digest manifest, ImageReference origin, CancellationToken cancellationToken)
    {
        var image = await ImageReader.ReadAsync(content, sizes: null, manifest, origin, cancellationToken);
        await Task.WhenAll(image.Layers.Select(layer => fetcher.FetchAsync(origin, layer.Layer.Descriptor, cancellationToken)));
        return image with { Layers = [.. image.Layers.Select(layer => Measured(layer, cancellationToken))] };
    }

    private ImageLayer Measured(ImageLayer layer, CancellationToken cancellationToken) => new(layer.Layer with
    {
        Size = sizes.GetOrMeasure(content, layer.Layer.Descriptor, layer.Layer.DiffId, cancellationToken),
    });

    /// <summary>Those of an index that are here; what it lists beside images, such as attestations, is for no platform.</summary>
    private async Task<IEnumerable<Digest>> ManifestsAsync(Descriptor named, CancellationToken cancellationToken)
    {
        if (!MediaTypes.IsIndex(named.MediaType))
        {
            return [named.Digest];
        }

        var bytes = await content.ReadAllBytesAsync(named.Digest, ContentStoreExtensions.DocumentLimit, cancellationToken);
        var index = JsonSerializer.Deserialize(bytes.Span, OciJson.Plain.ImageIndex);
        return index is null || DocumentRules.ProblemOf(index) is not null
            ? throw new BuildFailedException(StoreDiagnostics.BlobDamaged(named.Digest.ToString(), "it is no index."))
            : index.Manifests
                .Where(entry => entry.Platform is not { Os: "unknown" } && content.Contains(entry.Digest))
                .Select(entry => entry.Digest);
    }
}
