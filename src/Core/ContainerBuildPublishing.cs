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

        if (definition.Offline && definition.Destinations.Any(destination => destination.Kind == DestinationKind.Registry))
        {
            throw new BuildFailedException(OfflineDiagnostics.CannotPush(definition.Destinations.Where(destination => destination.Kind == DestinationKind.Registry).Select(destination => destination.Value)));
        }

        if (services.KeepsWhole)
        {
            await FetchBaseAsync(image, cancellationToken);
            await services.Names.SetAsync(names, image.Descriptor, cancellationToken);
        }

        var published = new List<PublishedImage>();
        foreach (var destination in definition.Destinations)
        {
            published.Add(await PublishAsync(destination, image, cancellationToken));
        }

        if (!services.KeepsWhole && !names.IsEmpty)
        {
            await services.Names.SetAsync(names, image.Descriptor, cancellationToken);
        }

        var result = Describe(image, published, upToDate: allCached && published.TrueForAll(one => !one.Written));
        if (definition.ResultFile is { } file)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            StoreDirectory.WriteAtomically(file, JsonSerializer.SerializeToUtf8Bytes(result, ContractsJson.Default.BuildResult));
        }

        return result;
    }

    /// <summary>Base layers that nobody read so far.</summary>
    private Task FetchBaseAsync(Image image, CancellationToken cancellationToken) =>
        Task.WhenAll(image.Layers.Where(layer => layer.Origin is not null).Select(layer => services.Blobs.FetchAsync(layer.Origin!, layer.Layer.Descriptor, cancellationToken)));

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

    /// <summary>The same image, the same destinations, and what was written to disk or named in the store is still there.</summary>
    private bool StillHolds(BuildResult previous, Image image) =>
        previous.ManifestDigest == image.Digest.ToString()
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
            var verb = destination.Kind == DestinationKind.Registry ? "push" : "write";
            events.Report(new StepStarted(Id, "", $"{verb} {destination.Value}"));
        }

        public string Id { get; } = $"publish-{Guid.NewGuid():N}";

        public void Finish(StepOutcome outcome) => events.Report(new StepFinished(Id, outcome, watch.ElapsedMilliseconds));
    }
}
