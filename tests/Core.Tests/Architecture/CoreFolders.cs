using ContainerStages.Building;

namespace ContainerStages.Core.Tests.Architecture;

/// <summary>
/// Which folder of src/Core may touch which: the table of docs/architecture.md. What a folder may touch, it may use with everything that
/// stands below that (types travel in signatures). Everything may touch Posix, Diagnostics and the contracts, except where noted.
/// </summary>
internal static class CoreFolders
{
    /// <summary>The whole build, which may touch everything.</summary>
    private const string WholeBuild = "Building";

    /// <summary>The assembly of the build definition and the events, shared with the MSBuild tasks.</summary>
    public const string Contracts = "Contracts";

    /// <summary>A folder of rooms, each of which stands in the table by itself.</summary>
    private const string Rooms = "Media";

    private static readonly string[] Everywhere = ["Posix", "Concurrency", "Diagnostics", Contracts];

    private static readonly Dictionary<string, string[]> MayTouch = new(StringComparer.Ordinal)
    {
        ["Posix"] = [],
        ["Concurrency"] = [],
        ["Diagnostics"] = [],
        ["Oci"] = [],
        ["Content"] = ["Oci"],
        ["Layers"] = ["Oci", "Content"],
        ["Images"] = ["Oci", "Content", "Layers"],
        ["Stages"] = ["Oci"],
        ["Dockerfile"] = ["Stages"],
        ["Conventions"] = ["Stages"],
        ["Planning"] = ["Stages", "Oci"],
        ["Snapshots"] = ["Layers", "Content"],
        ["Sandboxing"] = ["Snapshots"],
        ["Caching"] = ["Planning", "Snapshots", "Layers", "Content"],
        ["Engines"] = ["Planning", "Caching", "Snapshots", "Sandboxing", "Dockerfile", "Images"],
        ["Publishing"] = ["Images", "Content"],
        ["Media.Registry"] = ["Publishing", "Images", "Content"],
        ["Media.Files"] = ["Publishing", "Images", "Snapshots", "Content"],
        ["Media.Layout"] = ["Media.Files", "Publishing", "Images", "Content"],
        ["Media.Archives"] = ["Media.Layout", "Media.Files", "Publishing", "Images", "Content"],
        ["Media.Daemons"] = ["Media.Archives", "Publishing", "Images", "Content"],
        ["Media.Caches"] = ["Caching", "Media.Registry", "Media.Layout", "Media.Files", "Publishing", "Images", "Content"],
        ["Sources"] = ["Media.Registry", "Media.Layout", "Media.Archives", "Media.Daemons", "Images", "Content"],
        ["Pruning"] = ["Engines", "Caching", "Images", "Sources"],
        ["Reporting"] = ["Images"],
        ["Running"] = ["Engines", "Images", "Media.Registry", "Sources"],
        [WholeBuild] = [],
    };

    /// <summary>
    /// Folders that know little but the base class library: Oci the table of media, Diagnostics the values that its messages name.
    /// </summary>
    private static readonly Dictionary<string, string[]> Alone = new(StringComparer.Ordinal)
    {
        ["Oci"] = [Contracts],
        ["Posix"] = [],
        ["Concurrency"] = [],
        ["Diagnostics"] = [Contracts, "Oci", "Posix"],
        [Contracts] = [],
    };

    /// <summary>Packages, and the only folders that may know them.</summary>
    public static IReadOnlyDictionary<string, string[]> Packages { get; } = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["System.IO.Hashing"] = ["Layers"],
        ["Tomlyn"] = ["Media.Registry"],
        ["SharpCompress"] = ["Layers"],
        ["ZstdSharp"] = ["Layers"],
    };

    /// <summary>Folders that compute and never read or write files, start processes or use the network.</summary>
    public static IReadOnlyList<string> Pure { get; } = ["Oci", "Stages", "Planning"];

    public static IReadOnlyCollection<string> Names => MayTouch.Keys;

    /// <summary>The folder of a namespace or path below that of the product, as the table calls it.</summary>
    public static string NameOf(IReadOnlyList<string> parts) => parts is [Rooms, var room, ..] ? $"{Rooms}.{room}" : parts[0];

    public static bool Allows(string from, string to) =>
        from == to || (Alone.TryGetValue(from, out var few)
            ? few.Contains(to)
            : from == WholeBuild || Everywhere.Contains(to) || Below(from).Contains(to));

    private static HashSet<string> Below(string folder)
    {
        var below = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>([folder]);
        while (open.TryPop(out var next))
        {
            foreach (var touched in MayTouch[next].Where(below.Add))
            {
                open.Push(touched);
            }
        }

        return below;
    }
}
