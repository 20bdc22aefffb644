using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Media.Archives;
using ContainerStages.Media.Daemons;
using ContainerStages.Media.Files;
using ContainerStages.Media.Layout;
using ContainerStages.Media.Registry;
using ContainerStages.Oci;
using ContainerStages.Publishing;

namespace ContainerStages.Building;

/// <summary>The last phase: names in the embedded store, every destination, and the result.</summary>
/// <param name="planned">What was built.</param>
/// <param name="early">Layers that are on their way to a registry; null for none.</param>
/// <param name="events">Told of each destination.</param>
internal sealed class ImagePublication(PlannedBuild planned, EarlyUploads? early, IBuildEvents events)
{
    private readonly BuildDefinition definition = planned.Definition;
    private readonly BuildSession session = planned.Session;
    private readonly ImmutableArray<ImageReference> names = [.. planned.Definition.Outputs.Tags.Select(ImageReference.Parse)];

    /// <param name="allCached">True where no step ran, so that an earlier result may still be the truth.</param>
    public async Task<BuildResult> PublishAsync(ImageSet images, bool allCached, CancellationToken cancellationToken)
    {
        var results = new BuildResults(definition.Outputs, session.Names);
        if (allCached
            && !definition.Policy.NoCache
            && results.FindStanding(images) is { } previous
            && await IsPushedAsync(images, cancellationToken))
        {
            return previous with { UpToDate = true };
        }

        if (definition.Policy.Offline && definition.Outputs.Destinations.Any(destination => destination.Medium == Medium.Registry))
        {
            throw new BuildFailedException(
                OfflineDiagnostics.CannotPush(definition.Outputs.Destinations.Where(destination => destination.Medium == Medium.Registry)
                    .Select(destination => destination.Value)));
        }

        if (session.KeepsWhole)
        {
            await ImageBlobs.FetchMissingAsync(images, session.Content, session.Blobs, cancellationToken);
            await NameAsync(images, cancellationToken);
        }

        var published = await PublishAllAsync(images, cancellationToken);
        if (!session.KeepsWhole && !names.IsEmpty)
        {
            await NameAsync(images, cancellationToken);
        }

        return results.Save(images, published, upToDate: allCached && published.TrueForAll(one => !one.Written));
    }

    /// <summary>
    /// True where the registries still have what was pushed before: they may have been cleaned up. Offline the earlier result is believed.
    /// </summary>
    private async Task<bool> IsPushedAsync(ImageSet images, CancellationToken cancellationToken)
    {
        foreach (var destination in definition.Policy.Offline
            ? []
            : definition.Outputs.Destinations.Where(destination => destination.Medium == Medium.Registry))
        {
            var name = ImageReference.Parse(destination.Value);
            foreach (var (set, publisher) in PlatformNames(images, name, stepId: "").Prepend(
                (images, OpenRegistryPublisher(name, stepId: ""))))
            {
                if (!await publisher.IsThereAsync(set, cancellationToken))
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>
    /// Sends layers while they are made, to the first registry of all; null where there is none, or the user wants uploads cut or one by
    /// one.
    /// </summary>
    public static EarlyUploads? OpenUploads(PlannedBuild planned) =>
        planned.Definition.Outputs.Destinations.FirstOrDefault(destination => destination.Medium == Medium.Registry) is { } first
        && planned.Session is { IsOffline: false, Registry: { Uploads: { ChunkSize: null, AtOnce: > 1 } } registry } session
            ? new EarlyUploads(session.Content, registry, ImageReference.Parse(first.Value))
            : null;

    /// <summary>What can be known to fail before anything is built.</summary>
    /// <exception cref="BuildFailedException">Settings of the image contradict each other.</exception>
    public static void Check(BuildDefinition definition)
    {
        if (definition.Form is { Compression: LayerCompression.Zstd, Format: ImageFormat.Docker })
        {
            throw new BuildFailedException(PublishDiagnostics.ZstdInDockerFormat());
        }

        if (definition.Form.CompressionLevel is { } level
            && !(definition.Form.Compression switch
            {
                LayerCompression.Gzip => level is >= 0 and <= 9,
                LayerCompression.Zstd => level is >= 1 and <= 22,
                _ => false,
            }))
        {
            throw new BuildFailedException(PublishDiagnostics.LevelOutOfRange(definition.Form.Compression, level));
        }

        if (definition.Metadata.IndexAnnotations.Count > 0 && definition.Source.Platforms.Count < 2)
        {
            throw new BuildFailedException(PublishDiagnostics.IndexAnnotationsWithoutIndex(definition.Metadata.IndexAnnotations.Keys));
        }
    }

    /// <summary>One destination after the other, so that a failure can tell which of them have the image.</summary>
    private async Task<List<PublishedImage>> PublishAllAsync(ImageSet images, CancellationToken cancellationToken)
    {
        var published = new List<PublishedImage>();
        foreach (var destination in definition.Outputs.Destinations)
        {
            try
            {
                published.Add(await PublishAsync(destination, images, cancellationToken));
            }
            catch (BuildFailedException failed) when (definition.Outputs.Destinations.Count > 1)
            {
                var all = definition.Outputs.Destinations.Select(destination => destination.Title).ToArray();
                var summary =
                    PublishDiagnostics.DestinationsLeft(all[..published.Count], all[published.Count], all[(published.Count + 1)..]);
                throw new BuildFailedException([.. failed.Diagnostics, summary], failed);
            }
        }

        return published;
    }

    private async Task NameAsync(ImageSet images, CancellationToken cancellationToken)
    {
        await session.Names.SetAsync(names, images.Descriptor, cancellationToken);
        foreach (var (image, suffix) in PlatformTags.Of(images, definition.Outputs))
        {
            await session.Names.SetAsync([.. names.Select(name => PlatformTags.Add(name, suffix))], image.Descriptor, cancellationToken);
        }
    }

    private Task<PublishedImage> PublishAsync(Destination destination, ImageSet images, CancellationToken cancellationToken) =>
        new ReportedPublisher(events, VerbOf(destination.Medium), destination.Title, stepId => OpenPublisher(destination, stepId))
            .PublishAsync(images, cancellationToken);

    private static string VerbOf(Medium medium) => medium == Medium.Registry ? "push" : medium.IsDaemon ? "load" : "write";

    private IPublisher OpenPublisher(Destination destination, string stepId)
    {
        var inside = destination.Names.Count > 0 ? destination.Names : definition.Outputs.Tags;
        return destination.Medium.Kind switch
        {
            MediumKind.Registry => OpenRegistry(ImageReference.Parse(destination.Value), stepId),
            MediumKind.OciLayout => new OciLayoutPublisher(destination.Value, inside, session.Content, session.Blobs),
            MediumKind.OciArchive => new OciArchivePublisher(destination.Value, inside, session.Content, session.Blobs),
            MediumKind.DockerArchive => new DockerArchivePublisher(destination.Value, inside, session.Content, session.Blobs),
            MediumKind.Folder => new FolderPublisher(destination.Value, Files),
            MediumKind.Tar => new TarPublisher(destination.Value, Files),
            MediumKind.Docker or MediumKind.Podman => new DaemonPublisher(destination.Medium, inside, session.Content, session.Blobs),
            _ => throw new ArgumentException($"Nothing publishes to {destination.Medium}.", nameof(destination)),
        };
    }

    private ImageFiles Files => new(session.Store, session.Content, session.Blobs, definition.Form.Epoch);

    private PlatformNamesPublisher OpenRegistry(ImageReference name, string stepId) => new(
        OpenRegistryPublisher(name, stepId),
        images => PlatformNames(images, name, stepId).Select(one => (one.Image, (IPublisher)one.Publisher)));

    /// <summary>The images of an index that have a name of their own.</summary>
    private IEnumerable<(ImageSet Image, RegistryPublisher Publisher)> PlatformNames(ImageSet images, ImageReference name, string stepId) =>
        PlatformTags.Of(images, definition.Outputs)
            .Select(one => ((ImageSet)one.Image, OpenRegistryPublisher(PlatformTags.Add(name, one.Suffix), stepId)));

    private RegistryPublisher OpenRegistryPublisher(ImageReference name, string stepId) =>
        new(session.Registry, name, [], session.Content, session.Blobs, events, stepId) { Early = early };
}
