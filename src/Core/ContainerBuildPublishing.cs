using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Oci;
using ContainerStages.Publishing;

namespace ContainerStages;

/// <summary>The last phase: names in the embedded store, every destination, and the result.</summary>
internal sealed class ContainerBuildPublishing(BuildDefinition definition, ContainerBuildServices services, IBuildEvents events)
{
    private readonly ImmutableArray<ImageReference> names = [.. definition.Tags.Select(ImageReference.Parse)];

    /// <param name="allCached">True where no step ran, so that an earlier result may still be the truth.</param>
    public async Task<BuildResult> PublishAsync(Image image, bool allCached, CancellationToken cancellationToken)
    {
        if (allCached && !definition.NoCache && PreviousResult() is { } previous && StillHolds(previous, image))
        {
            return previous with { UpToDate = true };
        }

        await KeepAsync(image, cancellationToken);
        var published = await PublishAllAsync(image, cancellationToken);
        var result = Describe(image, published, upToDate: allCached && published.TrueForAll(one => !one.Written));
        if (definition.ResultFile is { } file)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            StoreDirectory.WriteAtomically(file, JsonSerializer.SerializeToUtf8Bytes(result, ContractsJson.Default.BuildResult));
        }

        return result;
    }

    /// <summary>What can be known to fail before anything is built.</summary>
    /// <exception cref="BuildFailedException">Settings of the image contradict each other.</exception>
    public static void Check(BuildDefinition definition)
    {
        if (definition is { Compression: LayerCompression.Zstd, Format: ImageFormat.Docker })
        {
            throw new BuildFailedException(PublishDiagnostics.ZstdInDockerFormat());
        }

        if (definition.CompressionLevel is { } level && !(definition.Compression switch { LayerCompression.Gzip => level is >= 0 and <= 9, LayerCompression.Zstd => level is >= 1 and <= 22, _ => false }))
        {
            throw new BuildFailedException(PublishDiagnostics.LevelOutOfRange(definition.Compression, level));
        }

        if (definition.IndexAnnotations.Count > 0)
        {
            throw new BuildFailedException(PublishDiagnostics.IndexAnnotationsWithoutIndex(definition.IndexAnnotations.Keys));
        }
    }

    /// <summary>One destination after the other, so that a failure can tell which of them have the image.</summary>
    private async Task<List<PublishedImage>> PublishAllAsync(Image image, CancellationToken cancellationToken)
    {
        var published = new List<PublishedImage>();
        foreach (var destination in definition.Destinations)
        {
            try
            {
                published.Add(await PublishAsync(destination, image, cancellationToken));
            }
            catch (BuildFailedException failed) when (definition.Destinations.Count > 1)
            {
                var all = definition.Destinations.Select(Title).ToArray();
                var summary = PublishDiagnostics.DestinationsLeft(all[..published.Count], all[published.Count], all[(published.Count + 1)..]);
                throw new BuildFailedException([.. failed.Diagnostics, summary], failed);
            }
        }

        return published;
    }

    private static string Title(Destination destination) => destination.Kind switch
    {
        DestinationKind.DockerStore => $"docker-daemon:{string.Join(", docker-daemon:", destination.Names)}",
        DestinationKind.PodmanStore => $"podman:{string.Join(", podman:", destination.Names)}",
        _ => destination.Value,
    };

    /// <summary>An image with a name in the store is whole there: base layers that nobody read so far are fetched.</summary>
    private async Task KeepAsync(Image image, CancellationToken cancellationToken)
    {
        if (names.IsEmpty)
        {
            return;
        }

        await Task.WhenAll(image.Layers.Where(layer => layer.Origin is not null).Select(layer => services.Blobs.FetchAsync(layer.Origin!, layer.Layer.Descriptor, cancellationToken)));
        await services.Names.SetAsync(names, image.Descriptor, cancellationToken);
    }

    private async Task<PublishedImage> PublishAsync(Destination destination, Image image, CancellationToken cancellationToken)
    {
        var step = new PublishStep(destination, events);
        try
        {
            var published = destination.Kind is DestinationKind.Folder or DestinationKind.Tar
                ? await new ContainerBuildExport(services, definition.SourceDateEpoch ?? 0).WriteAsync(destination, image, cancellationToken)
                : await OpenPublisher(destination, step.Id).PublishAsync(image, cancellationToken);
            step.Finish(published.Written ? StepOutcome.Done : StepOutcome.Skipped);
            return published;
        }
        catch
        {
            step.Finish(StepOutcome.Failed);
            throw;
        }
    }

    private IPublisher OpenPublisher(Destination destination, string stepId)
    {
        var inside = destination.Names.Count > 0 ? destination.Names : definition.Tags;
        return destination.Kind switch
        {
            DestinationKind.Registry => new RegistryPublisher(services.Registry, ImageReference.Parse(destination.Value), [], services.Content, services.Blobs, events, stepId),
            DestinationKind.OciLayout => new OciLayoutPublisher(destination.Value, inside, services.Content, services.Blobs),
            DestinationKind.OciArchive => new OciArchivePublisher(destination.Value, inside, services.Content, services.Blobs),
            DestinationKind.DockerArchive => new DockerArchivePublisher(destination.Value, inside, services.Content, services.Blobs),
            DestinationKind.DockerStore => new EngineStorePublisher(ImageTransport.DockerStore, inside, services.Content, services.Blobs),
            DestinationKind.PodmanStore => new EngineStorePublisher(ImageTransport.PodmanStore, inside, services.Content, services.Blobs),
            _ => throw new NotSupportedException($"No publisher for {destination.Kind}."),
        };
    }

    private BuildResult Describe(Image image, List<PublishedImage> published, bool upToDate) => new()
    {
        ManifestDigest = image.Digest.ToString(),
        ManifestMediaType = image.MediaType,
        ConfigDigest = image.Manifest.Config.Digest.ToString(),
        Manifest = Encoding.UTF8.GetString(image.ManifestBytes.Span),
        Configuration = Encoding.UTF8.GetString(image.ConfigBytes.Span),
        Platform = image.Config.Platform.ToString(),
        References = published.Exists(one => one.References.Count > 0) ? [.. published.SelectMany(one => one.References)] : [.. names.Select(name => name.FamiliarName)],
        Files = [.. published.SelectMany(one => one.Files)],
        Size = image.Size,
        CompressedSize = image.Layers.Sum(layer => layer.Layer.Descriptor.Size),
        LayerCount = image.Layers.Length,
        UpToDate = upToDate,
    };

    private BuildResult? PreviousResult()
    {
        if (definition.ResultFile is not { } file || !File.Exists(file))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), ContractsJson.Default.BuildResult);
        }
        catch (JsonException)
        {
            // Written by another version, or damaged: publishing again costs little.
            return null;
        }
    }

    /// <summary>The same image, the same destinations, and what was written to disk or named in the store is still there. Engines are asked each time.</summary>
    private bool StillHolds(BuildResult previous, Image image) =>
        !definition.Destinations.Any(destination => destination.Kind is DestinationKind.DockerStore or DestinationKind.PodmanStore)
        && previous.ManifestDigest == image.Digest.ToString()
        && previous.Files.All(Path.Exists)
        && names.All(name => services.Names.Find(name)?.Digest == image.Digest)
        && Expected().ToHashSet(StringComparer.Ordinal).SetEquals(previous.References.Concat(previous.Files));

    private IEnumerable<string> Expected()
    {
        var registries = definition.Destinations.Where(destination => destination.Kind == DestinationKind.Registry).Select(destination => ImageReference.Parse(destination.Value).ToString()).ToArray();
        var files = definition.Destinations.Where(destination => destination.Kind != DestinationKind.Registry).Select(destination => destination.Value);
        return (registries.Length > 0 ? registries : [.. names.Select(name => name.FamiliarName)]).Concat(files);
    }

    /// <summary>Publishing as a step of the progress display.</summary>
    private sealed class PublishStep
    {
        private readonly IBuildEvents events;
        private readonly System.Diagnostics.Stopwatch watch = System.Diagnostics.Stopwatch.StartNew();

        public PublishStep(Destination destination, IBuildEvents events)
        {
            this.events = events;
            var verb = destination.Kind switch { DestinationKind.Registry => "push", DestinationKind.DockerStore or DestinationKind.PodmanStore => "load", _ => "write" };
            events.Report(new StepStarted(Id, "", $"{verb} {Title(destination)}"));
        }

        public string Id { get; } = $"publish-{Guid.NewGuid():N}";

        public void Finish(StepOutcome outcome) => events.Report(new StepFinished(Id, outcome, watch.ElapsedMilliseconds));
    }
}
