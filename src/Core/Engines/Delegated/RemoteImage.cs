using System.Collections.Immutable;
using System.Text.Json;
using ContainerStages.Diagnostics;
using ContainerStages.Layers;
using ContainerStages.Planning;
using ContainerStages.Snapshots;

namespace ContainerStages.Engines;

/// <summary>
/// An image of another engine, unpacked from its archive: which of its layers belongs to which command. Its history has an entry for each
/// line of the text that it was made of. Source: Docker image specification 1.2, Combined Image JSON + Filesystem Changeset Format.
/// </summary>
internal sealed class RemoteImage : IDisposable
{
    private readonly Dictionary<RunStep, string?> layers = new(ReferenceEqualityComparer.Instance);
    private readonly TemporaryFolder folder;
    private readonly string engine;

    private RemoteImage(string engine, TemporaryFolder folder) => (this.engine, this.folder) = (engine, folder);

    /// <param name="engine">For messages.</param>
    /// <param name="archive">What the engine wrote.</param>
    /// <param name="folder">Holds the image, and goes with it.</param>
    /// <param name="text">What the image was made of.</param>
    /// <param name="stages">The stages that it is made of, from the lowest up.</param>
    /// <exception cref="BuildFailedException">The archive is damaged, or of something else.</exception>
    public static RemoteImage Open(
        string engine,
        string archive,
        TemporaryFolder folder,
        StageText text,
        ImmutableArray<StagePlan> stages,
        CancellationToken cancellationToken)
    {
        var files = Directory.CreateDirectory(Path.Combine(folder.Path, "files")).FullName;
        using (var tar = File.OpenRead(archive))
        {
            LayerExtractor.ExtractArchive(
                tar,
                files,
                $"the image that {engine} made",
                ExtractionLimits.Default,
                keepOwners: false,
                cancellationToken);
        }

        File.Delete(archive);
        var image = new RemoteImage(engine, folder);
        try
        {
            image.Read(new UnionView([files]), [.. Lines(text, stages)]);
        }
        catch (Exception damage) when (damage is JsonException or KeyNotFoundException or InvalidOperationException or IOException)
        {
            throw new BuildFailedException(RemoteDiagnostics.BadResult(engine, $"its archive cannot be read ({damage.Message})"), damage);
        }

        return image;
    }

    /// <summary>Unpacks what a command changed; nothing where it changed nothing.</summary>
    public void Unpack(RunStep step, string target, CancellationToken cancellationToken)
    {
        if (layers[step] is { } layer)
        {
            using var blob = File.OpenRead(layer);
            using var tar = LayerDecompression.Open(blob);
            LayerExtractor.Extract(
                tar,
                target,
                $"the layer that {engine} made of '{step.Title}'",
                ExtractionLimits.Default,
                cancellationToken);
        }
    }

    public void Dispose() => folder.Dispose();

    /// <summary>The lines of the image's own stages, in their order.</summary>
    private static IEnumerable<TextLine> Lines(StageText text, ImmutableArray<StagePlan> stages)
    {
        var last = text.Stages[^1];
        var names = new List<TextStage> { last };
        for (var below = last; text.Stages.FirstOrDefault(
            stage => below.From.StartsWith($"FROM {stage.Name} AS ", StringComparison.Ordinal)) is { } next; below = next)
        {
            names.Insert(0, next);
        }

        return names.Count <= stages.Length
            ? names.SelectMany(stage => stage.Lines)
            : throw new InvalidOperationException("The text has other stages than the image.");
    }

    private void Read(UnionView files, ImmutableArray<TextLine> lines)
    {
        using var manifests = JsonDocument.Parse(Find(files, "manifest.json").ReadAllBytes());
        var manifest = manifests.RootElement[0];
        var paths = manifest.GetProperty("Layers").EnumerateArray().Select(path => path.GetString()!).ToArray();
        using var config = JsonDocument.Parse(Find(files, manifest.GetProperty("Config").GetString()!).ReadAllBytes());
        var history = config.RootElement.GetProperty("history").EnumerateArray()
            .Select(entry => entry.TryGetProperty("empty_layer", out var empty) && empty.GetBoolean()).ToArray();
        if (history.Length < lines.Length || history.TakeLast(lines.Length).Count(isEmpty => !isEmpty) > paths.Length)
        {
            throw new BuildFailedException(
                RemoteDiagnostics.BadResult(
                    engine,
                    $"{history.Length} entries of history and {paths.Length} layers for {lines.Length} lines"));
        }

        var layer = paths.Length;
        for (var index = 1; index <= lines.Length; index++)
        {
            var path = history[^index] ? null : paths[--layer];
            if (lines[^index].Step is RunStep run)
            {
                layers[run] = path is null ? null : Find(files, path).HostPath;
            }
        }
    }

    /// <summary>Links inside of the archive are followed, none leads out.</summary>
    private static UnionEntry Find(UnionView files, string path) =>
        files.Find("/" + path) is { IsRegularFile: true } file ? file : throw new InvalidOperationException($"no '{path}' in it");
}
