using ContainerStages.Layers;
using ContainerStages.Posix;

namespace ContainerStages.Snapshots;

/// <summary>
/// Owners, modes, attributes and times of the files of one layer folder: given to them, or recorded where this process may not give files
/// any.
/// </summary>
/// <param name="layer">The folder.</param>
/// <param name="epoch">Time of all files, in seconds since 1970.</param>
internal sealed class ComposedMetadata(string layer, long epoch)
{
    private readonly RecordedOwners? recorded = RecordedOwners.AreNeeded ? new RecordedOwners() : null;

    /// <summary>Of a file or folder at a path of this machine.</summary>
    public void Set(string target, Ownership owner, uint mode, bool isFolder)
    {
        if (recorded is not null)
        {
            mode = recorded.Record(PathOf(target), owner.UserId, owner.GroupId, mode, isFolder);
        }
        else
        {
            SetOwner(target, owner);
        }

        // After the owner: changing it clears the set-user-id bit.
        FileCalls.Check(FileCalls.Chmod(target, mode), "chmod", target);
        SetTimes(target);
    }

    /// <summary>Of a symbolic link.</summary>
    public void SetLink(string target, Ownership owner)
    {
        if (recorded is not null)
        {
            recorded.RecordLink(PathOf(target), owner.UserId, owner.GroupId);
        }
        else
        {
            SetOwner(target, owner);
        }

        SetTimes(target);
    }

    /// <summary>Makes a device, fifo or socket like <paramref name="source"/>, with owner and mode.</summary>
    public void MakeNode(string target, UnionEntry source, Ownership owner, uint mode)
    {
        if (recorded is null || !source.Status.IsDevice)
        {
            FileCopy.Node(target, source.Status);
            Set(target, owner, mode, isFolder: false);
            return;
        }

        FileCalls.OpenFile(target, FileCalls.O_WRONLY | FileCalls.O_CREAT | FileCalls.O_EXCL, 0x180).Dispose();
        recorded.RecordDevice(
            PathOf(target),
            owner.UserId,
            owner.GroupId,
            (source.Status.Mode & FileCalls.S_IFMT) | mode,
            source.Status.DeviceMajor,
            source.Status.DeviceMinor);
        SetTimes(target);
    }

    /// <summary>Copies the attributes that belong to content. To be called after owner and mode are set.</summary>
    public void CopyAttributes(UnionEntry source, string target)
    {
        FileCopy.Attributes(source.HostPath!, target);
        if (source.RecordedCapability is { } capability)
        {
            recorded?.RecordCapability(PathOf(target), capability);
        }
    }

    /// <summary>To be called when another name of a file was made.</summary>
    public void Link(string target, string first) => recorded?.Link(PathOf(target), PathOf(first));

    public void SetTimes(string target)
    {
        var times = FileTimes.Both(epoch);
        FileCalls.Check(FileCalls.UtimensPath(FileCalls.AT_FDCWD, target, ref times, FileCalls.AT_SYMLINK_NOFOLLOW), "utimensat", target);
    }

    /// <summary>Writes what was recorded beside the folder.</summary>
    public void Save() => recorded?.Save(layer);

    private static void SetOwner(string target, Ownership owner) =>
        FileCalls.Check(FileCalls.ChownNoFollow(target, owner.UserId, owner.GroupId), "lchown", target);

    private string PathOf(string target) => target.Length == layer.Length ? "" : target[(layer.Length + 1)..];
}
