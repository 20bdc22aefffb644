using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Oci;
using ContainerStages.Publishing;

namespace ContainerStages.Media.Daemons;

/// <summary>
/// Puts an image into the store of Docker or podman on this machine, as <c>docker load</c> does; no file is written on the way. Podman
/// keeps the manifest and so the digest; Docker's classic store keeps configuration and layers only.
/// </summary>
/// <param name="medium">Which engine.</param>
/// <param name="names">Names with tags that it gets there; at least one.</param>
/// <param name="store">Where the image was made.</param>
/// <param name="fetcher">Brings base layers that are not in the store; null where all are.</param>
internal sealed class DaemonPublisher(Medium medium, IReadOnlyList<string> names, IContentStore store, IBlobFetcher? fetcher) : IPublisher
{
    private readonly IReadOnlyList<ImageReference> references = ImageBlobs.ParseNames(names);

    public string Destination => $"{medium.Scheme}:";

    public async Task<PublishedImage> PublishAsync(ImageSet images, CancellationToken cancellationToken)
    {
        var image = ImageBlobs.Only(images, Destination);
        if (references.Count == 0)
        {
            throw new BuildFailedException(PublishDiagnostics.NameNeeded(Destination));
        }

        using var daemon = ImageDaemon.Open(medium);
        var missing = await MissingAsync(daemon, image, cancellationToken);
        if (missing.Count > 0)
        {
            await ImageBlobs.FetchMissingAsync(image, store, fetcher, cancellationToken);
            await daemon.LoadAsync(image, missing, store, cancellationToken);
        }

        return new PublishedImage([.. references.Select(name => $"{Destination}{name.FamiliarName}")], [], Written: missing.Count > 0);
    }

    /// <summary>Engines call an image by the digest of its configuration, newer ones of Docker by that of the manifest.</summary>
    private async Task<List<ImageReference>> MissingAsync(IImageDaemon daemon, Image image, CancellationToken cancellationToken)
    {
        string[] ids = [image.Manifest.Config.Digest.Hex, image.Digest.Hex];
        var missing = new List<ImageReference>();
        foreach (var name in references)
        {
            if (await daemon.FindIdAsync(daemon.NameOf(name), cancellationToken) is not { } id || !ids.Contains(id.Split(':')[^1]))
            {
                missing.Add(name);
            }
        }

        return missing;
    }
}
