using System.Runtime.InteropServices;
using ContainerStages.Posix;
using Microsoft.Win32.SafeHandles;

namespace ContainerStages.Layers;

/// <summary>
/// The folder that a layer is unpacked into. Parents are found by the kernel with this folder as root (openat2, RESOLVE_IN_ROOT), or
/// step by step through handles, so no link, also none swapped in meanwhile, leads out. Handles of recent parents are kept.
/// </summary>
internal sealed class LayerFolder(string directory) : IDisposable
{
    private const int MostLinks = 40;
    private const int MostHandles = 64;
    private const uint NewFolderMode = 0x1ED; // rwxr-xr-x
    private const int FolderFlags = FileCalls.O_RDONLY;
    private readonly Dictionary<string, SafeFileHandle> parents = new(StringComparer.Ordinal);
    private SafeFileHandle? detached;

    public SafeFileHandle Root { get; } = FileCalls.OpenDirectory(directory);

    /// <summary>Receives owners and modes where this process may not give files any; else null.</summary>
    public RecordedOwners? Owners { get; } = RecordedOwners.AreNeeded ? new RecordedOwners() : null;

    /// <summary>Told the path of every folder that was made because an entry needed it although the archive has none.</summary>
    public Action<string>? FolderImplied { get; init; }

    /// <summary>
    /// The folder at <paramref name="path"/>, links followed inside the root; missing folders are made (containerd does the same,
    /// also behind a dangling link). The handle belongs to this object and is valid until the next call; see <see cref="MakeRoom"/>.
    /// </summary>
    /// <exception cref="PosixException">Something on the way is no folder, or links go in circles.</exception>
    public SafeFileHandle OpenParent(string path)
    {
        if (path.Length == 0)
        {
            return Root;
        }

        if (parents.TryGetValue(path, out var known))
        {
            return known;
        }

        var opened = FileCalls.TryOpenAt(
            Root,
            path,
            FolderFlags | FileCalls.O_DIRECTORY,
            0,
            FileCalls.RESOLVE_IN_ROOT | FileCalls.RESOLVE_NO_MAGICLINKS);
        if (opened is null)
        {
            opened = Marshal.GetLastPInvokeError() is Errno.ENOENT or Errno.ENOTDIR
                ? MakeFolders(path)
                : throw Errno.Exception("open", path);
        }

        Remember(path, opened);
        return opened;
    }

    /// <summary>Whether <see cref="OpenParent"/> would find the folder without making it.</summary>
    public bool Exists(string path)
    {
        if (path.Length == 0 || parents.ContainsKey(path))
        {
            return true;
        }

        using var folder = FileCalls.TryOpenAt(
            Root,
            path,
            FolderFlags | FileCalls.O_DIRECTORY,
            0,
            FileCalls.RESOLVE_IN_ROOT | FileCalls.RESOLVE_NO_MAGICLINKS);
        return folder is not null;
    }

    /// <summary>Keeps the handle of a folder that was just made or opened, for the entries that will follow in it.</summary>
    public void Remember(string path, SafeFileHandle folder)
    {
        MakeRoom(1);
        if (parents.Remove(path, out var known))
        {
            known.Dispose();
        }

        parents[path] = folder;
    }

    /// <summary>After this, <paramref name="count"/> folders can be opened with every handle valid.</summary>
    public void MakeRoom(int count)
    {
        if (parents.Count + count > MostHandles)
        {
            Forget(keep: null);
        }
    }

    /// <summary>
    /// To be called when a folder or link was removed: known paths may lead elsewhere now. The handle <paramref name="keep"/> stays
    /// valid until the next call of this method.
    /// </summary>
    public void Forget(SafeFileHandle? keep)
    {
        detached?.Dispose();
        detached = keep == Root ? null : keep;
        foreach (var handle in parents.Values)
        {
            if (handle != keep)
            {
                handle.Dispose();
            }
        }

        parents.Clear();
    }

    public void Dispose()
    {
        Forget(keep: null);
        Root.Dispose();
    }

    /// <summary>Walks the path one name at a time, never following a link by the kernel: <c>resolved</c> holds only real folders.</summary>
    private SafeFileHandle MakeFolders(string path)
    {
        var rest = new Stack<string>(path.Split('/').Reverse());
        var resolved = new List<string>();
        var current = Reopen(resolved);
        try
        {
            for (var links = 0; rest.TryPop(out var name);)
            {
                if (name is "" or "." or "..")
                {
                    if (name == ".." && resolved.Count > 0)
                    {
                        resolved.RemoveAt(resolved.Count - 1);
                        Replace(ref current, Reopen(resolved));
                    }

                    continue;
                }

                if (!FileCalls.TryStat(current, name, out var status) || status.IsWhiteout)
                {
                    var made = MakeFolder(current, name, overWhiteout: status.IsWhiteout);
                    resolved.Add(name);
                    Owners?.Forget(string.Join('/', resolved));
                    Replace(ref current, made);
                    FolderImplied?.Invoke(string.Join('/', resolved));
                    continue;
                }

                if (status.IsSymbolicLink)
                {
                    var target = ++links <= MostLinks
                        ? FileCalls.ReadLinkAt(current, name)
                        : throw new PosixException("open", path, Errno.ELOOP);
                    if (target.StartsWith('/'))
                    {
                        resolved.Clear();
                        Replace(ref current, Reopen(resolved));
                    }

                    foreach (var part in target.Split('/').Reverse())
                    {
                        rest.Push(part);
                    }

                    continue;
                }

                resolved.Add(name);
                Replace(ref current, OpenFolder(current, name));
            }

            return current;
        }
        catch
        {
            current.Dispose();
            throw;
        }
    }

    /// <summary>The path of an open folder without links, as <see cref="Owners"/> names it; empty for the root.</summary>
    public string PathOf(SafeFileHandle opened)
    {
        var root = RealPath(Root);
        var path = RealPath(opened);
        return path.Length == root.Length ? "" : path[(root.Length + 1)..];
    }

    /// <summary>The same for an entry of an open folder.</summary>
    public string PathOf(SafeFileHandle parent, string name) => PathOf(parent) is { Length: > 0 } path ? $"{path}/{name}" : name;

    private static string RealPath(SafeFileHandle opened) => FileCalls.ReadLink($"/proc/self/fd/{opened.DangerousGetHandle()}");

    private static void Replace(ref SafeFileHandle current, SafeFileHandle next)
    {
        current.Dispose();
        current = next;
    }

    private SafeFileHandle Reopen(List<string> path) =>
        FileCalls.OpenAt(
            Root,
            path.Count == 0 ? "." : string.Join('/', path),
            FolderFlags | FileCalls.O_DIRECTORY,
            FileCalls.RESOLVE_BENEATH | FileCalls.RESOLVE_NO_SYMLINKS);

    /// <summary>Opens a real folder by name; never a link.</summary>
    public static SafeFileHandle OpenFolder(SafeFileHandle parent, string name) =>
        FileCalls.OpenAt(
            parent,
            name,
            FolderFlags | FileCalls.O_DIRECTORY | FileCalls.O_NOFOLLOW,
            FileCalls.RESOLVE_BENEATH | FileCalls.RESOLVE_NO_SYMLINKS);

    /// <summary>Makes a folder and opens it. Over a whiteout of the same layer it hides what the layers below have there.</summary>
    public static SafeFileHandle MakeFolder(SafeFileHandle parent, string name, bool overWhiteout)
    {
        if (overWhiteout && FileCalls.UnlinkAt(parent, name, 0) != 0)
        {
            throw Errno.Exception("unlink", name);
        }

        if (FileCalls.MkdirAt(parent, name, NewFolderMode) != 0)
        {
            throw Errno.Exception("mkdir", name);
        }

        var folder = OpenFolder(parent, name);
        if (overWhiteout)
        {
            MarkOpaque(folder, name);
        }

        // Neither the umask nor a set-group-id parent has a say in what a layer holds.
        if (FileCalls.Fchown(folder, FileCalls.EffectiveUserId(), FileCalls.EffectiveGroupId()) != 0
            || FileCalls.Fchmod(folder, NewFolderMode) != 0)
        {
            throw Errno.Exception("fchmod", name);
        }

        return folder;
    }

    public static void MarkOpaque(SafeFileHandle folder, string name)
    {
        if (FileCalls.SetXattr(folder, Whiteout.OpaqueXattr, Whiteout.OpaqueValue.AsSpan(), (nuint)Whiteout.OpaqueValue.Length, 0) != 0)
        {
            throw Errno.Exception("fsetxattr", name);
        }
    }
}
