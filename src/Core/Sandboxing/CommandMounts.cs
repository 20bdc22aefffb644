using ContainerStages.Posix;
using Microsoft.Win32.SafeHandles;
using static ContainerStages.Posix.MountCalls;

namespace ContainerStages.Sandboxing;

/// <summary>
/// The mounts that a command asks for, on a root that is not entered yet. Mount points of the root itself exist already
/// (<see cref="MountPointStub"/>); one that is missing lies inside an earlier mount and is made there. Read-only is set last, so that it
/// can be.
/// </summary>
internal sealed class CommandMounts(SandboxFolder folder, SafeFileHandle root)
{
    /// <exception cref="PosixException">A mount failed.</exception>
    public void MountAll(IReadOnlyCollection<MountRecord> mounts)
    {
        if (mounts.Any(mount => mount.Kind == MountRecord.File))
        {
            MountCalls.Mount("tmpfs", folder.Memory, "tmpfs", MS_NOSUID | MS_NODEV, "mode=700");
        }

        var attributes = new List<(SafeFileHandle Mounted, MountRecord Mount)>();
        foreach (var mount in mounts)
        {
            using (var place = RootPlaces.TryOpen(root, mount.Target) ?? Make(mount))
            {
                MountOn(place, mount);
            }

            attributes.Add((RootPlaces.Open(root, mount.Target), mount));
        }

        foreach (var (mounted, mount) in attributes)
        {
            using (mounted)
            {
                SetAttributes(mounted, mount);
            }
        }
    }

    // No mount brings devices: root inside may make nodes in a cache that a later command would open.
    private static void SetAttributes(SafeFileHandle mounted, MountRecord mount)
    {
        var readOnly = mount.ReadOnly ? MOUNT_ATTR_RDONLY : 0;
        if (!TryAddFlags(mounted, MOUNT_ATTR_NODEV | MOUNT_ATTR_NOSUID | readOnly, recursive: false))
        {
            throw Errno.Exception("mount_setattr", mount.Target);
        }
    }

    private void MountOn(SafeFileHandle place, MountRecord mount)
    {
        switch (mount.Kind)
        {
            case MountRecord.Memory:
                Need(TryMount("tmpfs", place, "tmpfs", MS_NOSUID | MS_NODEV, mount.Options), mount);
                break;
            case MountRecord.Host:
                Need(TryMount(mount.Source, place, null, MS_BIND), mount);
                break;
            case MountRecord.File:
                Need(TryMount(WriteFile(mount), place, null, MS_BIND), mount);
                break;
            default:
                MountStack(place, mount);
                break;
        }
    }

    private void MountStack(SafeFileHandle place, MountRecord mount)
    {
        var union = folder.StackRoot(mount.Name);
        RootMount.Overlay(folder, union, mount.LowerNames, mount.Name + "u", mount.Name + "w");
        using var files = FileCalls.OpenDirectory(union);
        using var source = RootPlaces.Open(files, mount.Source.Length == 0 ? "." : mount.Source);
        Need(TryMount($"/proc/self/fd/{source.DangerousGetHandle()}", place, null, MS_BIND), mount);
    }

    private string WriteFile(MountRecord mount)
    {
        var path = $"{folder.Memory}/{mount.Name}";
        using var memory = FileCalls.OpenDirectory(folder.Memory);
        using var file = FileCalls.OpenBeneath(memory, mount.Name, FileCalls.O_CREAT | FileCalls.O_EXCL | FileCalls.O_WRONLY, 0x180, 0)
            ?? throw Errno.Exception("open", mount.Target);
        FileCalls.WriteAll(file, Convert.FromBase64String(mount.Content), mount.Target);
        if (FileCalls.Fchown(file, mount.UserId, mount.GroupId) < 0 || FileCalls.Fchmod(file, mount.Mode) < 0)
        {
            throw Errno.Exception("chown", mount.Target);
        }

        return path;
    }

    private SafeFileHandle Make(MountRecord mount)
    {
        if (mount.IsFolder)
        {
            return RootPlaces.MakeFolder(root, mount.Target);
        }

        var slash = mount.Target.LastIndexOf('/');
        using var parent = RootPlaces.MakeFolder(root, slash < 0 ? "" : mount.Target[..slash]);
        using var made = FileCalls.OpenBeneath(parent, mount.Target[(slash + 1)..], FileCalls.O_CREAT | FileCalls.O_WRONLY, 0x1A4, 0)
            ?? throw Errno.Exception("open", mount.Target);
        return RootPlaces.Open(root, mount.Target);
    }

    private static void Need(bool success, MountRecord mount)
    {
        if (!success)
        {
            throw Errno.Exception("mount", mount.Target);
        }
    }
}
