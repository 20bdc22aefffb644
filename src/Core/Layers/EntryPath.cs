using System.Collections.Immutable;

namespace ContainerStages.Layers;

/// <summary>
/// The name of an archive entry as a path inside the layer: no empty, <c>.</c> or <c>..</c> parts, relative, no trailing slash.
/// The empty path is the layer's own folder.
/// </summary>
internal readonly record struct EntryPath(string Parent, string Name)
{
    /// <summary>Longest path that the kernel takes, in UTF-16 units (never more than the bytes). Source: PATH_MAX, limits.h.</summary>
    private const int MostCharacters = 4095;

    public bool IsRoot => Name.Length == 0;

    public string Full => Parent.Length == 0 ? Name : $"{Parent}/{Name}";

    /// <summary>
    /// Reads a name as Docker and containerd do: a leading slash or no name at all means the layer's folder, <c>a/../b</c> is <c>b</c>.
    /// </summary>
    /// <param name="name">The name as written in the archive.</param>
    /// <param name="problem">Why the name is refused, as the end of a sentence; empty where it is not.</param>
    public static EntryPath Parse(string name, out string problem)
    {
        problem = name.Length > MostCharacters ? $"has a name of {name.Length} characters; at most {MostCharacters} are accepted."
            : name.Contains('\0', StringComparison.Ordinal) ? "has a zero byte in its name."
            : "";
        if (problem.Length > 0)
        {
            return default;
        }

        return IsClean(name) ? Split(name) : Clean(name, out problem);
    }

    private static EntryPath Clean(string name, out string problem)
    {
        var parts = ImmutableArray.CreateBuilder<string>();
        foreach (var part in name.Split('/'))
        {
            if (part is "" or ".")
            {
                continue;
            }

            if (part != "..")
            {
                parts.Add(part);
            }
            else if (parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else
            {
                problem = "leads out of the layer.";
                return default;
            }
        }

        problem = "";
        return Split(string.Join('/', parts));
    }

    private static EntryPath Split(string path) =>
        path.LastIndexOf('/') is >= 0 and var slash ? new EntryPath(path[..slash], path[(slash + 1)..]) : new EntryPath("", path);

    private static bool IsClean(string name)
    {
        foreach (var range in name.AsSpan().Split('/'))
        {
            if (name.AsSpan()[range] is "" or "." or "..")
            {
                return false;
            }
        }

        return true;
    }
}
