using System.Text;
using System.Text.Json;
using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Layers;
using ContainerStages.Oci;
using ContainerStages.Publishing;

namespace ContainerStages.Building;

/// <summary>What is told of a build, and the result file by which the next build knows that nothing is left to do.</summary>
internal sealed class BuildResults(BuildOutputs outputs, ImageNames names)
{
    /// <summary>
    /// The earlier result where it still holds: the same images, the same destinations, and what was written to disk or named in the store
    /// is there.
    /// </summary>
    public BuildResult? FindStanding(ImageSet images) =>
        // What is in an engine only the engine knows.
        !outputs.Destinations.Any(destination => destination.Medium.IsDaemon)
        && Previous() is { } previous
        && previous.ManifestDigest == images.Top.Digest.ToString()
        && previous.Files.All(Path.Exists)
        && outputs.Tags.All(name => names.Find(ImageReference.Parse(name))?.Digest == images.Top.Digest)
        && Expected().ToHashSet(StringComparer.Ordinal).SetEquals(previous.References.Concat(previous.Files))
        && Describe(images).SelectMany(image => image.References).SequenceEqual(previous.Images.SelectMany(image => image.References))
            ? previous
            : null;

    /// <summary>Finds out whether there is a place for the result before anything is built.</summary>
    /// <exception cref="BuildFailedException">There is none.</exception>
    public static void Prepare(BuildOutputs outputs)
    {
        if (outputs.ResultFile is { } file)
        {
            ResultDocument.Write(file, () => Directory.CreateDirectory(Path.GetDirectoryName(file)!));
        }
    }

    public BuildResult Save(ImageSet images, IReadOnlyList<PublishedImage> published, bool upToDate)
    {
        var result = Describe(images, published, upToDate);
        if (outputs.ResultFile is { } file)
        {
            ResultDocument.Write(file, () =>
            {
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                StoreDirectory.WriteAtomically(file, JsonSerializer.SerializeToUtf8Bytes(result, ContractsJson.Default.BuildResult));
            });
        }

        return result;
    }

    private BuildResult Describe(ImageSet images, IReadOnlyList<PublishedImage> published, bool upToDate)
    {
        var only = images.Index is null ? images.Images[0] : null;
        string[] references = [.. published.SelectMany(one => one.References)];
        return new BuildResult
        {
            ManifestDigest = images.Top.Digest.ToString(),
            ManifestMediaType = images.Top.MediaType,
            ConfigDigest = only?.Manifest.Config.Digest.ToString(),
            Manifest = Text(images.Top.Bytes),
            Configuration = only is null ? null : Text(only.ConfigBytes),
            Platform = only?.Config.Platform.ToString(),
            Images = Describe(images),
            References = references.Length > 0 ? references : ExpectedNames(),
            Files = [.. published.SelectMany(one => one.Files)],
            Size = LayerSizes.Sum(images.Images.Select(image => image.Size)),
            CompressedSize = images.Images.SelectMany(image => image.Layers)
                .Select(layer => layer.Layer.Descriptor)
                .DistinctBy(layer => layer.Digest)
                .Sum(layer => layer.Size),
            LayerCount = images.Images.Sum(image => image.Layers.Length),
            UpToDate = upToDate,
        };
    }

    private IReadOnlyList<PlatformImage> Describe(ImageSet images)
    {
        if (images.Index is null)
        {
            return [];
        }

        var tags = PlatformTags.Of(images, outputs).ToDictionary(tagged => tagged.Image.Digest, tagged => tagged.Suffix);
        return [.. images.Images.Select(image => new PlatformImage
        {
            Platform = image.Config.Platform.ToString(),
            ManifestDigest = image.Digest.ToString(),
            ManifestMediaType = image.MediaType,
            ConfigDigest = image.Manifest.Config.Digest.ToString(),
            Manifest = Text(image.ManifestBytes),
            Configuration = Text(image.ConfigBytes),
            References = tags.TryGetValue(image.Digest, out var suffix)
                ? [.. ExpectedNames().Select(name => PlatformTags.Add(ImageReference.Parse(name), suffix).FamiliarName)]
                : [],
            Size = image.Size,
        })];
    }

    private BuildResult? Previous()
    {
        if (outputs.ResultFile is not { } file || !File.Exists(file))
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

    private IEnumerable<string> Expected() =>
        ExpectedNames().Concat(
            outputs.Destinations.Where(destination => destination.Medium != Medium.Registry).Select(destination => destination.Value));

    private IReadOnlyList<string> ExpectedNames()
    {
        string[] registries = [.. outputs.Destinations.Where(destination => destination.Medium == Medium.Registry)
            .Select(destination => ImageReference.Parse(destination.Value).ToString())];
        return registries.Length > 0 ? registries : [.. outputs.Tags.Select(name => ImageReference.Parse(name).FamiliarName)];
    }

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);
}

/// <summary>A file that says what a build made.</summary>
public static class ResultDocument
{
    /// <exception cref="BuildFailedException">The system does not let it be written.</exception>
    public static void Write(string file, Action write)
    {
        try
        {
            write();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new BuildFailedException(PublishDiagnostics.ResultNotWritten(file, refused.Message), refused);
        }
    }
}

/// <summary>Tags of single images of an index, when they are asked for: <c>latest-linux-arm64</c>, as the .NET SDK names them.</summary>
internal static class PlatformTags
{
    public static IEnumerable<(Image Image, string Suffix)> Of(ImageSet images, BuildOutputs outputs) =>
        images.Index is null ? [] : images.Images.Zip(outputs.PlatformTags);

    public static ImageReference Add(ImageReference name, string suffix) => name.WithTag($"{name.Tag}-{suffix}");
}
