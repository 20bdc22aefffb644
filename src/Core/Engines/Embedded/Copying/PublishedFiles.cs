using System.Collections.Immutable;
using System.Text.Json;
using ContainerStages.Snapshots;
using ContainerStages.Stages;

namespace ContainerStages.Engines;

/// <summary>
/// Sorts the files of a .NET publish by what brought them, so that each kind is a layer that stays while it does not change. Source: the
/// runtime's documentation, Runtime Configuration Files (<c>*.deps.json</c>).
/// </summary>
internal static class PublishedFiles
{
    private const string AssetsFolder = "wwwroot/";

    /// <summary>The entries of one layer, with the folders above them.</summary>
    public static IReadOnlyList<SelectedSource> Select(IReadOnlyList<SelectedSource> sources, PublishedPart part) =>
        [.. sources.Select(source => Select(source, part)).OfType<SelectedSource>()];

    private static SelectedSource? Select(SelectedSource source, PublishedPart part)
    {
        var owners = Owners(source, part.AssemblyName + ".deps.json");
        var folders = new HashSet<string>(StringComparer.Ordinal);
        var kept = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (path, entry) in source.Entries)
        {
            if (!entry.IsDirectory && LayerOf(path, owners) == part.Layer)
            {
                kept.Add(path);
                for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
                {
                    folders.Add(path[..slash]);
                }
            }
        }

        // Nothing of this kind: no layer. The folder itself is an entry with an empty path.
        return kept.Count == 0
            ? null
            : source with
            {
                Entries = [.. source.Entries.Where(
                    item => item.RelativePath.Length == 0 || (item.Entry.IsDirectory ? folders : kept).Contains(item.RelativePath))],
            };
    }

    // Symbols and documentation go where their assembly goes.
    private static PublishedLayer LayerOf(string path, IReadOnlyDictionary<string, PublishedLayer> owners) =>
        owners.TryGetValue(path, out var layer)
            || (Path.GetExtension(path) is ".pdb" or ".xml" && owners.TryGetValue(Path.ChangeExtension(path, ".dll"), out layer)) ? layer
        : path.StartsWith(AssetsFolder, StringComparison.Ordinal) ? PublishedLayer.Assets
        : PublishedLayer.Application;

    /// <summary>
    /// By path below the publish folder. A file that nobody can read, or that says something else, makes everything the application's.
    /// </summary>
    private static IReadOnlyDictionary<string, PublishedLayer> Owners(SelectedSource source, string name)
    {
        if (source.Entries.FirstOrDefault(item => item.RelativePath == name).Entry is not { IsRegularFile: true } file)
        {
            return ImmutableDictionary<string, PublishedLayer>.Empty;
        }

        try
        {
            using var json = JsonDocument.Parse(file.ReadAllBytes());
            return Owners(json.RootElement);
        }
        catch (Exception problem)
            when (problem is JsonException or InvalidOperationException or KeyNotFoundException or ArgumentNullException)
        {
            return ImmutableDictionary<string, PublishedLayer>.Empty;
        }
    }

    private static Dictionary<string, PublishedLayer> Owners(JsonElement root)
    {
        var owners = new Dictionary<string, PublishedLayer>(StringComparer.Ordinal);
        var target = root.GetProperty("targets").GetProperty(root.GetProperty("runtimeTarget").GetProperty("name").GetString()!);
        var first = true;
        foreach (var library in target.EnumerateObject())
        {
            // The application itself stands first, as a project like those it refers to.
            if (!first && KindOf(root, library.Name) is { } layer)
            {
                foreach (var path in FilesOf(library.Value))
                {
                    owners.TryAdd(path, layer);
                }
            }

            first = false;
        }

        return owners;
    }

    private static PublishedLayer? KindOf(
        JsonElement root, string library) => root.GetProperty("libraries").GetProperty(library).GetProperty("type").GetString() switch
    {
        "runtimepack" => PublishedLayer.Runtime,
        "package" => PublishedLayer.Packages,
        "project" or "reference" => PublishedLayer.Projects,
        _ => null,
    };

    private static IEnumerable<string> FilesOf(JsonElement library)
    {
        foreach (var group in library.EnumerateObject()
            .Where(group => group.Name is "runtime" or "native" or "resources" or "runtimeTargets"))
        {
            foreach (var asset in group.Value.EnumerateObject())
            {
                // Assets of a package lie flat in the output, those for one culture or one runtime in a folder of it.
                var file = asset.Name[(asset.Name.LastIndexOf('/') + 1)..];
                yield return group.Name switch
                {
                    "resources" => $"{(asset.Value.TryGetProperty("locale", out var locale) ? locale.GetString() : "")}/{file}",
                    "runtimeTargets" => asset.Name,
                    _ => file,
                };
            }
        }
    }
}
