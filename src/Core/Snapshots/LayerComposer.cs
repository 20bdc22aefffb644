using System.Collections.Immutable;
using ContainerStages.Diagnostics;
using ContainerStages.Posix;

namespace ContainerStages.Snapshots;

/// <summary>
/// Writes a new layer folder on top of a stack, without mounting: what exists below is seen through the union view, folders on the way
/// are repeated with the metadata they have below (as overlayfs copies them up), everything else is new. Paths given are free of links.
/// Times are set to <paramref name="epoch"/> (seconds since 1970), so that a layer depends on content alone.
/// </summary>
internal sealed class LayerComposer(UnionView below, string layer, long epoch)
{
    private readonly HashSet<string> known = new(StringComparer.Ordinal) { "/" };
    private readonly HashSet<string> replaced = new(StringComparer.Ordinal);

    /// <summary>Copies owner and mode of the root, which overlayfs takes from the topmost layer.</summary>
    public void Begin()
    {
        if (below.Find("/") is { HostPath: not null } root)
        {
            SetMetadata(layer, root.Status.UserId, root.Status.GroupId, root.Status.Permissions);
        }
    }

    /// <summary>The stack with what has been written so far on top.</summary>
    public UnionView ViewWith(ImmutableArray<string> lower) => new(lower.Add(layer));

    /// <summary>Sets the times of the folders, which writing into them changed.</summary>
    public void Finish()
    {
        foreach (var path in known)
        {
            SetTimes(path == "/" ? layer : HostPathOf(path));
        }
    }

    /// <summary>Sees to it that a folder stands at <paramref name="path"/>; ones that exist keep their metadata, new ones get what is given.</summary>
    /// <exception cref="BuildFailedException">A file stands in the way.</exception>
    public void MakeDirectory(string path, Ownership owner, uint mode = 0x1ED)
    {
        if (!known.Add(path))
        {
            return;
        }

        MakeDirectory(Parent(path), owner, mode);
        var target = HostPathOf(path);
        if (FileCalls.TryStat(target, out var made))
        {
            if (!made.IsDirectory)
            {
                throw new BuildFailedException(StepDiagnostics.FileInTheWay(path));
            }

            return;
        }

        switch (FindBelow(path))
        {
            case { IsDirectory: true } existing:
                CreateDirectory(target, existing.Status.UserId, existing.Status.GroupId, existing.Status.Permissions);
                break;
            case null:
                CreateDirectory(target, owner.UserId, owner.GroupId, mode);
                break;
            default:
                throw new BuildFailedException(StepDiagnostics.FileInTheWay(path));
        }
    }

    /// <summary>Takes away what stands at <paramref name="path"/> in the way of an archive's entry: anything but a folder where a folder is to be made, and the other way round.</summary>
    public void ClearFor(string path, bool directory)
    {
        var target = HostPathOf(path);
        if (FileCalls.TryStat(target, out var made))
        {
            if (made.IsDirectory != directory)
            {
                Forget(path, target);
            }

            return;
        }

        if (below.Find(path, followLast: false) is { } existing && existing.IsDirectory != directory)
        {
            replaced.Add(path);
        }
    }

    /// <summary>The same, but a folder that exists gets the owner and mode too.</summary>
    public void ReplaceDirectory(string path, Ownership owner, uint mode)
    {
        MakeDirectory(path, owner, mode);
        SetMetadata(HostPathOf(path), owner.UserId, owner.GroupId, mode);
    }

    /// <summary>Makes another name of a file that this layer has.</summary>
    /// <exception cref="BuildFailedException">A folder stands in the way.</exception>
    public void LinkFile(string path, string first)
    {
        if (IsDirectory(path))
        {
            throw new BuildFailedException(StepDiagnostics.FolderInTheWay(path));
        }

        var target = HostPathOf(path);
        if (FileCalls.TryStat(target, out _))
        {
            FileCalls.Check(FileCalls.Unlink(target), "unlink", target);
        }

        using var here = FileCalls.OpenDirectory(layer);
        if (FileCalls.LinkAt(here, first[1..], here, path[1..], 0) != 0)
        {
            throw Errno.Exception("linkat", target);
        }
    }

    /// <summary>True where a folder stands at the path, in this layer or below.</summary>
    public bool IsDirectory(string path) => Exists(path, out var isDirectory) && isDirectory;

    /// <summary>Copies a regular file, or makes the link or special file again, at <paramref name="path"/>.</summary>
    /// <exception cref="BuildFailedException">A folder stands in the way.</exception>
    public void CopyFile(string path, string source, in FileStatus status, Ownership owner, uint mode, bool withAttributes)
    {
        if (IsDirectory(path))
        {
            throw new BuildFailedException(StepDiagnostics.FolderInTheWay(path));
        }

        var target = HostPathOf(path);
        if (FileCalls.TryStat(target, out _))
        {
            FileCalls.Check(FileCalls.Unlink(target), "unlink", target);
        }

        if (status.IsRegularFile)
        {
            FileCopy.Content(source, target);
        }
        else if (status.IsSymbolicLink)
        {
            FileCalls.Check(FileCalls.Symlink(FileCalls.ReadLink(source), target), "symlink", target);
        }
        else
        {
            FileCopy.Node(target, status);
        }

        if (status.IsSymbolicLink)
        {
            SetOwnerAndTimes(target, owner.UserId, owner.GroupId);
        }
        else
        {
            SetMetadata(target, owner.UserId, owner.GroupId, mode);
        }

        if (withAttributes)
        {
            FileCopy.Attributes(source, target);
        }
    }

    private void Forget(string path, string target)
    {
        TreeRemover.Remove(target);
        known.RemoveWhere(folder => folder == path || folder.StartsWith(path + "/", StringComparison.Ordinal));
        replaced.Add(path);
    }

    /// <summary>What the layers below have at a path; nothing where this layer replaced it.</summary>
    private UnionEntry? FindBelow(string path)
    {
        for (var part = path; part.Length > 1; part = Parent(part))
        {
            if (replaced.Contains(part))
            {
                return null;
            }
        }

        return below.Find(path, followLast: false);
    }

    private bool Exists(string path, out bool isDirectory)
    {
        if (FileCalls.TryStat(HostPathOf(path), out var made))
        {
            isDirectory = made.IsDirectory;
            return true;
        }

        var entry = FindBelow(path);
        isDirectory = entry?.IsDirectory ?? false;
        return entry is not null;
    }

    private void CreateDirectory(string target, uint userId, uint groupId, uint mode)
    {
        FileCalls.Check(FileCalls.Mkdir(target, 0x1C0), "mkdir", target);
        SetMetadata(target, userId, groupId, mode);
    }

    private void SetMetadata(string target, uint userId, uint groupId, uint mode)
    {
        SetOwner(target, userId, groupId);

        // After the owner: changing it clears the set-user-id bit.
        FileCalls.Check(FileCalls.Chmod(target, mode), "chmod", target);
        SetTimes(target);
    }

    private void SetOwnerAndTimes(string target, uint userId, uint groupId)
    {
        SetOwner(target, userId, groupId);
        SetTimes(target);
    }

    private static void SetOwner(string target, uint userId, uint groupId) =>
        FileCalls.Check(FileCalls.ChownNoFollow(target, userId, groupId), "lchown", target);

    private void SetTimes(string target)
    {
        var times = FileTimes.Both(epoch);
        FileCalls.Check(FileCalls.UtimensPath(FileCalls.AT_FDCWD, target, ref times, FileCalls.AT_SYMLINK_NOFOLLOW), "utimensat", target);
    }

    private string HostPathOf(string path) => layer + path;

    private static string Parent(string path) => path.LastIndexOf('/') is > 0 and var slash ? path[..slash] : "/";
}

/// <summary>Owner of a file, as numbers inside the image.</summary>
internal readonly record struct Ownership(uint UserId, uint GroupId);
