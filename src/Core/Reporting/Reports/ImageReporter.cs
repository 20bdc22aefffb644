using System.Collections.Immutable;
using System.Globalization;
using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Layers;
using ContainerStages.Oci;

namespace ContainerStages.Reporting;

/// <summary>Reads the layers of images and says what is in them.</summary>
/// <param name="files">Reads the layers.</param>
public sealed class ImageReporter(ImageFiles files)
{
    /// <param name="content">Has every layer.</param>
    public ImageReporter(IContentStore content)
        : this(new ImageFiles(content, withPackages: false))
    {
    }

    private const string BaseName = "org.opencontainers.image.base.name";
    private const string BaseDigest = "org.opencontainers.image.base.digest";

    /// <summary>The report on what a name stands for.</summary>
    /// <param name="named">The name, the digest of what it stands for, and the images.</param>
    /// <param name="against">What to compare with, each image with that of its platform; null for nothing.</param>
    /// <param name="baseOf">What the build knows of an image's base; null results: what annotations and labels say.</param>
    /// <param name="build">How it was built; null where that is not known.</param>
    /// <param name="cancellationToken">Asked between entries.</param>
    /// <exception cref="BuildFailedException">A layer is damaged.</exception>
    public ReportDocument Report(
        WholeImage named,
        WholeImage? against,
        Func<Image, ReportedBase?> baseOf,
        ReportedBuild? build,
        CancellationToken cancellationToken) => new()
    {
        Generator = $"dotnet-stages {ProgramVersion.Text}",
        Generated = DateTimeOffset.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        Name = named.Name,
        Digest = named.Digest.ToString(),
        Images = [.. named.Images.Select(image => Describe(image, baseOf(image), Partner(against, image), cancellationToken))],
        Build = build,
    };

    /// <param name="image">The image.</param>
    /// <param name="known">What the build knows of the base; null: what annotations and labels say.</param>
    /// <param name="against">The image to compare with, and its name; null for none.</param>
    /// <param name="cancellationToken">Asked between entries.</param>
    /// <exception cref="BuildFailedException">A layer is damaged.</exception>
    public ReportedImage Describe(
        Image image, ReportedBase? known, (string Name, Image Image)? against, CancellationToken cancellationToken)
    {
        var union = files.UnionOf(image, cancellationToken);
        var layers = Layers(image, union, cancellationToken);
        return new ReportedImage
        {
            Platform = image.Config.Platform.ToString(),
            Digest = image.Digest.ToString(),
            ConfigDigest = image.Manifest.Config.Digest.ToString(),
            Created = image.Config.Created,
            Size = layers.Sum(layer => layer.Size),
            CompressedSize = layers.Sum(layer => layer.CompressedSize),
            Wasted = layers.SelectMany(layer => layer.Files).Where(file => file.IsWasted).Sum(file => file.Size),
            Base = known ?? BaseOf(image),
            Layers = layers,
            Duplicates = Duplicates(union),
            Against = against is { } other ? Compare(layers, union, other, cancellationToken) : null,
            Packages = files.HasPackages ? Packages(image, cancellationToken) : null,
        };
    }

    /// <summary>The largest files of all layers with their layer, the largest first; one that two layers hold is there twice.</summary>
    public static IReadOnlyList<(ReportedFile File, int Layer)> Largest(ReportedImage image, int most) =>
    [
        .. image.Layers.SelectMany((layer, index) => layer.Files.Select(file => (File: file, Layer: index + 1)))
            .Where(one => one.File.Size > 0)
            .OrderByDescending(one => one.File.Size).ThenBy(one => one.File.Path, StringComparer.Ordinal).ThenBy(one => one.Layer)
            .Take(most),
    ];

    /// <summary>The image to compare with: the other's for the same platform, else its only one.</summary>
    private static (string Name, Image Image)? Partner(WholeImage? other, Image image) =>
        other?.Images.FirstOrDefault(one => one.Config.Platform == image.Config.Platform) is { } same ? (other.Name, same)
        : other?.Images is [var only] ? (other.Name, only)
        : null;

    private ReportedPackage[] Packages(Image image, CancellationToken cancellationToken) =>
    [
        .. files.PackagesOf(image, cancellationToken).Packages
            .Select(package => new ReportedPackage(package.Kind, package.Name, package.Version, package.License, package.Path)),
    ];

    private List<ReportedLayer> Layers(Image image, LayerUnion union, CancellationToken cancellationToken)
    {
        HistoryEntry[] history = [.. image.Config.History?.Where(entry => entry.EmptyLayer != true) ?? []];
        return
        [
            .. image.Layers.Select((layer, index) => new ReportedLayer
            {
                Digest = layer.Layer.Descriptor.Digest.ToString(),
                DiffId = layer.Layer.DiffId.ToString(),
                Instruction = InstructionOf(history.ElementAtOrDefault(index)),
                Created = history.ElementAtOrDefault(index)?.Created,
                Origin = layer.Origin?.FamiliarTag,
                Size = union.Layers[index].Sum(file => file.Size),
                CompressedSize = layer.Layer.Descriptor.Size,
                Files = [.. union.Layers[index].Select(file => file.ToReported())],
                Removed = Removed(files.LinesOf(layer, cancellationToken)),
            }),
        ];
    }

    private static string InstructionOf(HistoryEntry? entry) => OneLine.Of(entry?.CreatedBy ?? entry?.Comment ?? "").Trim();

    private static string[]? Removed(ImmutableArray<LayerLine> lines) =>
        lines.Where(line => line.Change is LayerChange.Removal or LayerChange.Emptying)
            .Select(line => line.Change == LayerChange.Emptying ? line.Path + "/*" : line.Path)
            .ToArray() is { Length: > 0 } removed
            ? removed
            : null;

    private static IReadOnlyList<ReportedCopies> Duplicates(LayerUnion union) =>
    [
        .. union.Visible.Where(file => file.Content is not null).GroupBy(file => file.Content!.Value).Where(group => group.Skip(1).Any())
            .Select(group => new ReportedCopies(group.First().Size, [.. group.Select(file => file.Path).Order(StringComparer.Ordinal)]))
            .OrderByDescending(copies => copies.Extra).ThenBy(copies => copies.Paths[0], StringComparer.Ordinal),
    ];

    private static ReportedBase? BaseOf(Image image)
    {
        var name = Named(image, BaseName);
        var digest = Named(image, BaseDigest);
        return name is null && digest is null ? null : new ReportedBase(name, digest, null);
    }

    private static string? Named(Image image, string key) =>
        image.Manifest.Annotations?.GetValueOrDefault(key) ?? image.Config.Config.Labels?.GetValueOrDefault(key);

    private ReportedDifference Compare(
        IReadOnlyList<ReportedLayer> layers, LayerUnion union, (string Name, Image Image) other, CancellationToken cancellationToken)
    {
        var before = files.UnionOf(other.Image, cancellationToken);
        var layersBefore = Layers(other.Image, before, cancellationToken);
        return new ReportedDifference
        {
            Name = other.Name,
            Digest = other.Image.Digest.ToString(),
            Size = layersBefore.Sum(layer => layer.Size),
            CompressedSize = layersBefore.Sum(layer => layer.CompressedSize),
            Layers = ImageDifference.OfLayers(layersBefore, layers),
            Files = ImageDifference.OfFiles(before.Visible, union.Visible),
        };
    }
}
