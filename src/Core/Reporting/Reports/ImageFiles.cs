using System.Collections.Immutable;
using ContainerStages.Content;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Layers;
using ContainerStages.Oci;

namespace ContainerStages.Reporting;

/// <summary>Reads the layers of images, each once however many images have it.</summary>
/// <param name="content">Has every layer.</param>
/// <param name="withPackages">True where the files are asked for packages too.</param>
public sealed class ImageFiles(IContentStore content, bool withPackages)
{
    private readonly Dictionary<Digest, (ImmutableArray<LayerLine> Lines, PackageSearch Search)> read = [];

    /// <summary>True where <see cref="PackagesOf"/> says something.</summary>
    public bool HasPackages => withPackages;

    /// <exception cref="BuildFailedException">A layer is damaged.</exception>
    internal LayerUnion UnionOf(Image image, CancellationToken cancellationToken)
    {
        var union = new LayerUnion();
        foreach (var layer in image.Layers)
        {
            union.Add(Read(layer, cancellationToken).Lines);
        }

        return union;
    }

    internal ImmutableArray<LayerLine> LinesOf(ImageLayer layer, CancellationToken cancellationToken) =>
        Read(layer, cancellationToken).Lines;

    /// <summary>What the files that a container sees say of packages.</summary>
    /// <exception cref="BuildFailedException">A layer is damaged.</exception>
    public ImagePackages PackagesOf(Image image, CancellationToken cancellationToken)
    {
        var (files, systems) = (new List<PackageFile>(), new Dictionary<string, OsRelease>(StringComparer.Ordinal));
        foreach (var seen in UnionOf(image, cancellationToken).Visible)
        {
            var search = Read(image.Layers[seen.Layer - 1], cancellationToken).Search;
            if (search.Files.TryGetValue(seen.Path, out var file))
            {
                files.Add(file);
            }

            if (search.Systems.TryGetValue(seen.Path, out var system))
            {
                systems.Add(seen.Path, system);
            }
        }

        return new ImagePackages(
            systems.OrderBy(system => system.Key, StringComparer.Ordinal).Select(system => system.Value).FirstOrDefault(),
            [
                .. files.SelectMany(file => file.Packages)
                    .OrderBy(package => package.Kind)
                    .ThenBy(package => package.Name, StringComparer.Ordinal)
                    .ThenBy(package => package.Version, StringComparer.Ordinal)
                    .ThenBy(package => package.Path, StringComparer.Ordinal),
            ],
            [.. files.Where(file => file.Problem is not null).OrderBy(file => file.Path, StringComparer.Ordinal)]);
    }

    private (ImmutableArray<LayerLine> Lines, PackageSearch Search) Read(ImageLayer layer, CancellationToken cancellationToken)
    {
        var blob = layer.Layer.Descriptor;
        if (!read.TryGetValue(blob.Digest, out var found))
        {
            var search = new PackageSearch();
            found = (LayerListing.Read(content, blob, withPackages ? search.Open : (_, _) => null, cancellationToken), search);
            read.Add(blob.Digest, found);
        }

        return found;
    }
}
