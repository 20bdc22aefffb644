using ContainerStages.Content;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Media.Archives;
using ContainerStages.Oci;
using ContainerStages.Publishing;

namespace ContainerStages.Media.Daemons;

/// <summary>
/// Puts an image into the store of Docker or podman on this machine, as <c>docker load</c> does; no file is written on the way. Podman keeps
/// the manifest and so the digest; Docker's classic store keeps configuration and layers only.
/// </summary>
/// <param name="transport">Which engine.</param>
/// <param name="names">Names with tags that it gets there; at least one.</param>
/// <param name="store">Where the image was made.</param>
/// <param name="fetcher">Brings base layers that are not in the store; null where all are.</param>
public sealed class EngineStorePublisher(ImageTransport transport, IReadOnlyList<string> names, IContentStore store, IBlobFetcher? fetcher)
    : IPublisher
{
    private readonly IReadOnlyList<ImageReference> references = ImageBlobs.ParseNames(names);

    public string Destination => transport == ImageTransport.PodmanStore ? "podman:" : "docker-daemon:";

    public async Task<PublishedImage> PublishAsync(ImageSet images, CancellationToken cancellationToken)
    {
        var image = images is { Images: [var only] } ? only : throw new BuildFailedException(PlatformDiagnostics.OnePlatformOnly(Destination, images.Images.Select(one => one.Config.Platform.ToString())));
        if (references.Count == 0)
        {
            throw new BuildFailedException(PublishDiagnostics.NameNeeded(Destination));
        }

        using var engine = EngineStore.Open(transport);
        var missing = await MissingAsync(engine, image, cancellationToken);
        if (missing.Count > 0)
        {
            await ImageBlobs.FetchMissingAsync(image, store, fetcher, cancellationToken);
            await LoadAsync(engine, image, missing, cancellationToken);
        }

        return new PublishedImage([.. references.Select(name => $"{Destination}{name.FamiliarName}")], [], Written: missing.Count > 0);
    }

    /// <summary>Engines call an image by the digest of its configuration, newer ones of Docker by that of the manifest.</summary>
    private async Task<List<ImageReference>> MissingAsync(IEngineStore engine, Image image, CancellationToken cancellationToken)
    {
        string[] ids = [image.Manifest.Config.Digest.Hex, image.Digest.Hex];
        var missing = new List<ImageReference>();
        foreach (var name in references)
        {
            if (await engine.FindIdAsync(NameIn(name), cancellationToken) is not { } id || !ids.Contains(id.Split(':')[^1]))
            {
                missing.Add(name);
            }
        }

        return missing;
    }

    private async Task LoadAsync(IEngineStore engine, Image image, List<ImageReference> missing, CancellationToken cancellationToken)
    {
        // podman takes one name from a layout, and gives the others itself.
        var isPodman = transport == ImageTransport.PodmanStore;
        var documents = isPodman ? OciArchivePublisher.Documents(image, [missing[0]]) : DockerArchivePublisher.Documents(image, missing);
        await engine.LoadAsync(stream => ImageArchive.WriteTar(stream, image, store, documents, cancellationToken), cancellationToken);
        foreach (var name in isPodman ? missing.Skip(1) : [])
        {
            await PodmanStore.TagAsync(NameIn(missing[0]), NameIn(name), cancellationToken);
        }
    }

    /// <summary>Podman would look for a short name under several registries.</summary>
    private string NameIn(ImageReference name) => transport == ImageTransport.PodmanStore ? name.ToString() : name.FamiliarName;
}
