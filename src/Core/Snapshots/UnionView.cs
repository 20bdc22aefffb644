using System.Collections.Immutable;
using ContainerStages.Diagnostics;
using ContainerStages.Posix;

namespace ContainerStages.Snapshots;

/// <summary>
/// Reads a stack of layer folders as the one root filesystem that overlayfs would show, without mounting. Links are resolved inside the
/// root and never lead out of it. Source: Linux, filesystems/overlayfs.
/// </summary>
internal sealed class UnionView
{
    private const int LinkLimit = 40;
    private readonly UnionEntry root;

    /// <param name="layers">Layer folders, from the base up; none for an empty root.</param>
    public UnionView(ImmutableArray<string> layers) =>
        root = UnionEntry.RootOf([.. layers.Reverse()], LayerOwners.Read(layers));

    private UnionView(UnionEntry root) => this.root = root;

    /// <summary>One folder that others may write to while it is read, such as a build context. Nothing outside it is ever seen.</summary>
    /// <exception cref="BuildFailedException">It cannot be read.</exception>
    public static UnionView OfContext(string folder)
    {
        try
        {
            return new UnionView(UnionEntry.RootOf(HeldFolder.Open(folder)));
        }
        catch (PosixException denied)
        {
            throw new BuildFailedException(StepDiagnostics.SourceUnreadable(folder, denied.Reason), denied);
        }
    }

    /// <summary>The entry at an absolute path, or null. Links on the way are followed, a link at the end only when asked for.</summary>
    public UnionEntry? Find(string path, bool followLast = true) => Walk(path, followLast, out _);

    /// <summary>
    /// The absolute path without links that <paramref name="path"/> leads to, the missing rest kept as written; and the entry there, or
    /// null.
    /// </summary>
    public string Resolve(string path, out UnionEntry? entry)
    {
        entry = Walk(path, followLast: true, out var resolved);
        return resolved;
    }

    /// <summary>Entries of a folder, sorted by name in ordinal order.</summary>
    public static IReadOnlyList<UnionEntry> List(UnionEntry folder, CancellationToken cancellationToken = default)
    {
        if (folder.Held is { } held)
        {
            return ListHeld(folder, held, cancellationToken);
        }

        var found = new SortedDictionary<string, UnionEntry>(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var index = 0; index < folder.Parts.Length; index++)
        {
            foreach (var name in FileCalls.ListNames(folder.Parts[index]))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (seen.Add(name) && ChildOfParts(folder, name, index) is { } child)
                {
                    found.Add(name, child);
                }
            }
        }

        return [.. found.Values];
    }

    private static List<UnionEntry> ListHeld(UnionEntry folder, HeldFolder held, CancellationToken cancellationToken)
    {
        using var handle = folder.OpenFolder();
        var names = FileCalls.ListNames(handle, folder.HostPath!);
        names.Sort(StringComparer.Ordinal);
        var found = new List<UnionEntry>(names.Count);
        foreach (var name in names)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (FileCalls.TryStat(handle, name, out var status))
            {
                found.Add(new UnionEntry(Combine(folder, name), held, status));
            }
        }

        return found;
    }

    /// <summary>The entry of that name in a folder, or null; not following it when it is a link.</summary>
    public static UnionEntry? Child(UnionEntry folder, string name) =>
        folder.Held is { } held ? ChildOfHeld(folder, held, name) : ChildOfParts(folder, name, first: 0);

    /// <param name="first">The topmost of the folder's parts that may have the name.</param>
    private static UnionEntry? ChildOfParts(UnionEntry folder, string name, int first)
    {
        string? top = null;
        FileStatus topStatus = default;
        var parts = ImmutableArray.CreateBuilder<string>();
        foreach (var part in folder.Parts.AsSpan()[first..])
        {
            var candidate = $"{part}/{name}";
            if (!FileCalls.TryStat(candidate, out var status))
            {
                continue;
            }

            if (folder.Owners is { } owners && !status.IsWhiteout)
            {
                status = owners.Apply(candidate, status);
            }

            if (status.IsWhiteout || (top is not null && !status.IsDirectory))
            {
                break;
            }

            if (top is null)
            {
                (top, topStatus) = (candidate, status);
            }

            if (!status.IsDirectory)
            {
                break;
            }

            parts.Add(candidate);
            if (IsOpaque(candidate))
            {
                break;
            }
        }

        return top is null ? null : new UnionEntry(Combine(folder, name), top, parts.ToImmutable(), topStatus, folder.Owners);
    }

    private static UnionEntry? ChildOfHeld(UnionEntry folder, HeldFolder held, string name)
    {
        if (!folder.IsDirectory)
        {
            return null;
        }

        using var handle = folder.OpenFolder();
        return FileCalls.TryStat(handle, name, out var status) ? new UnionEntry(Combine(folder, name), held, status) : null;
    }

    private static string Combine(UnionEntry folder, string name) => folder.Path == "/" ? "/" + name : $"{folder.Path}/{name}";

    private UnionEntry? Walk(string path, bool followLast, out string resolved)
    {
        var names = new Stack<string>(Split(path).Reverse());
        var trail = new Stack<UnionEntry>();
        trail.Push(root);
        var links = 0;
        while (names.TryPop(out var name))
        {
            if (name == "..")
            {
                if (trail.Count > 1)
                {
                    trail.Pop();
                }

                continue;
            }

            if (Child(trail.Peek(), name) is not { } child)
            {
                resolved = Missing(trail.Peek(), name, names);
                return null;
            }

            if (child.IsSymbolicLink && (names.Count > 0 || followLast))
            {
                if (++links > LinkLimit)
                {
                    throw new BuildFailedException(StepDiagnostics.LinkLoop(path));
                }

                var target = child.LinkTarget;
                if (target.StartsWith('/'))
                {
                    trail.Clear();
                    trail.Push(root);
                }

                foreach (var part in Split(target).Reverse())
                {
                    names.Push(part);
                }

                continue;
            }

            trail.Push(child);
        }

        resolved = trail.Peek().Path;
        return trail.Peek();
    }

    private static string Missing(UnionEntry parent, string name, IEnumerable<string> rest)
    {
        var path = new List<string>(Split(parent.Path));
        foreach (var part in rest.Prepend(name))
        {
            if (part != "..")
            {
                path.Add(part);
            }
            else if (path.Count > 0)
            {
                path.RemoveAt(path.Count - 1);
            }
        }

        return "/" + string.Join('/', path);
    }

    private static IEnumerable<string> Split(string path) =>
        path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".");

    /// <summary>What a file of one of the layers is in the image.</summary>
    internal FileStatus StatusOf(string hostPath)
    {
        FileCalls.TryStat(hostPath, out var status);
        return root.Owners?.Apply(hostPath, status) ?? status;
    }

    private static bool IsOpaque(string folder)
    {
        Span<byte> value = stackalloc byte[8];
        return FileCalls.GetXattr(folder, "user.overlay.opaque", value, (nuint)value.Length) == 1 && value[0] == (byte)'y';
    }
}
