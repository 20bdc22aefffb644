using System.Collections.Immutable;
using ContainerStages.Posix;

namespace ContainerStages.Sandboxing;

/// <summary>Where a path of a layer stack leads: without links, and what is there (null: nothing) in which layer folder.</summary>
internal readonly record struct StackPlace(string Path, FileStatus? Status, string? Source);

/// <summary>
/// Looks up single paths in a stack of layer folders by overlayfs' rules (whiteouts, opaque folders), links staying inside the root. Only for
/// the few mount points; a mount to look at them would cost more.
/// </summary>
internal sealed class LayerStack(ImmutableArray<string> lowerDirectories)
{
    private const int LinkLimit = 40;

    /// <param name="path">Without a leading slash.</param>
    public StackPlace Resolve(string path) => Resolve(path, LinkLimit);

    private StackPlace Resolve(string path, int linksLeft)
    {
        var pending = new Stack<string>(path.Split('/').Reverse());
        var done = new List<string>();
        StackPlace place = new("", null, null);
        var missing = false;
        while (pending.TryPop(out var name))
        {
            if (name is "" or ".")
            {
                continue;
            }

            if (name == "..")
            {
                done.RemoveRange(Math.Max(0, done.Count - 1), Math.Min(1, done.Count));
                missing = false;
                continue;
            }

            done.Add(name);
            var here = string.Join('/', done);
            place = missing ? new StackPlace(here, null, null) : Find(here);
            missing = place.Status is null;
            if (place is { Status.IsSymbolicLink: true, Source: { } source } && linksLeft-- > 0)
            {
                Follow(source, done, pending);
            }
        }

        var end = string.Join('/', done);
        return place.Path == end ? place : Find(end);
    }

    private static void Follow(string link, List<string> done, Stack<string> pending)
    {
        var target = new FileInfo(link).LinkTarget ?? "";
        done.RemoveAt(done.Count - 1);
        if (target.StartsWith('/'))
        {
            done.Clear();
        }

        foreach (var name in target.Split('/').Reverse())
        {
            pending.Push(name);
        }
    }

    // Every parent in the path is a real folder here, links are resolved before.
    private StackPlace Find(string path)
    {
        IEnumerable<string> folders = lowerDirectories.Reverse();
        var names = path.Split('/');
        foreach (var name in names[..^1])
        {
            folders = Merge(folders, name);
        }

        foreach (var folder in folders)
        {
            var candidate = $"{folder}/{names[^1]}";
            if (FileCalls.TryStat(candidate, out var status))
            {
                return status.IsWhiteout ? new StackPlace(path, null, null) : new StackPlace(path, status, candidate);
            }
        }

        return new StackPlace(path, null, null);
    }

    private static List<string> Merge(IEnumerable<string> folders, string name)
    {
        var merged = new List<string>();
        foreach (var folder in folders)
        {
            var candidate = $"{folder}/{name}";
            if (!FileCalls.TryStat(candidate, out var status))
            {
                continue;
            }

            if (!status.IsDirectory)
            {
                break;
            }

            merged.Add(candidate);
            if (IsOpaque(candidate))
            {
                break;
            }
        }

        return merged;
    }

    private static bool IsOpaque(string folder)
    {
        Span<byte> value = stackalloc byte[1];
        return FileCalls.GetXattr(folder, "user.overlay.opaque", value, 1) == 1 && value[0] == (byte)'y';
    }
}
