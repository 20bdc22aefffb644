using System.Collections.Immutable;
using System.Runtime.InteropServices;
using ContainerStages.Posix;
using ContainerStages.Snapshots;
using Microsoft.Win32.SafeHandles;

namespace ContainerStages.Sandboxing;

/// <summary>
/// Makes a layer folder with the mount points that a stack of layers lacks. It lies above the stack and below the upper folder: mounting
/// then needs nothing made in the upper folder, where it would become a part of the image.
/// </summary>
internal static class MountPointStub
{
    private static readonly ImmutableArray<(string Path, bool IsFolder)> MountPoints =
        [("dev", true), ("proc", true), ("sys", true), ("etc/hosts", false), ("etc/resolv.conf", false)];

    /// <returns>False where the stack has everything and no folder was made.</returns>
    /// <exception cref="PosixException">The folder cannot be written.</exception>
    public static bool Create(string stub, ImmutableArray<string> lowerDirectories, ImmutableArray<SandboxMount> mounts)
    {
        var stack = new UnionView(lowerDirectories);
        var made = false;
        foreach (var (path, isFolder) in MountPoints.Concat(
            mounts.Select(mount => (Path: mount.Target.Trim('/'), mount.IsFolder)).Where(place => !IsInsideAnother(place.Path, mounts))))
        {
            var place = stack.Resolve("/" + path, out var existing);
            if (existing is null)
            {
                Add(stub, stack, place[1..], isFolder);
                made = true;
            }
        }

        return made;
    }

    // It is made inside that mount, and must not be seen below it.
    private static bool IsInsideAnother(string path, ImmutableArray<SandboxMount> mounts) =>
        mounts
            .Select(mount => mount.Target.Trim('/'))
            .Concat(["dev", "proc", "sys"])
            .Any(other => path.StartsWith(other + "/", StringComparison.Ordinal));

    private static void Add(string stub, UnionView stack, string path, bool isFolder)
    {
        Directory.CreateDirectory(stub);
        using var root = FileCalls.OpenDirectory(stub);
        var names = path.Split('/');
        for (var i = 1; i < names.Length; i++)
        {
            AddParent(stub, root, stack, string.Join('/', names[..i]));
        }

        if (isFolder)
        {
            MakeFolder(root, path, 0x1ED);
        }
        else
        {
            using var made = FileCalls.OpenBeneath(root, path, FileCalls.O_CREAT | FileCalls.O_WRONLY, 0x1A4, FileCalls.RESOLVE_NO_SYMLINKS)
                ?? throw Errno.Exception("open", path);
        }
    }

    // A folder of the stub hides the metadata of the same folder below it, and would be what is copied up: so it must be the same.
    private static void AddParent(string stub, SafeFileHandle root, UnionView stack, string path)
    {
        if (stack.Find("/" + path) is not { HostPath: { } source, Status: var status })
        {
            MakeFolder(root, path, 0x1ED);
            return;
        }

        if (!MakeFolder(root, path, status.Permissions))
        {
            return;
        }

        FileCopy.AllAttributes(source, $"{stub}/{path}");
        if (FileCalls.FchownAt(root, path, status.UserId, status.GroupId, 0) < 0
            || FileCalls.FchmodAt(root, path, status.Permissions, 0) < 0)
        {
            throw Errno.Exception("chown", $"{stub}/{path}");
        }

        var times = FileTimes.Both(status.ModificationSeconds, status.ModificationNanoseconds);
        _ = FileCalls.UtimensAt(root, path, ref times, 0);
    }

    private static bool MakeFolder(SafeFileHandle root, string path, uint mode)
    {
        if (FileCalls.MkdirAt(root, path, mode) == 0)
        {
            return true;
        }

        var error = Marshal.GetLastPInvokeError();
        return error == Errno.EEXIST ? false : throw new PosixException("mkdir", path, error);
    }
}
