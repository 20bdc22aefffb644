using ContainerStages.Posix;

namespace ContainerStages.TestKit.Sandboxing;

/// <summary>Makes layer folders in overlay form: a base with busybox and all its applets, and others from lists of entries.</summary>
public static class BusyboxRoot
{
    /// <summary>The static busybox of Debian's package busybox-static.</summary>
    public const string Program = "/bin/busybox";

    private static readonly string[] Applets =
    [
        "sh", "cat", "echo", "ls", "id", "env", "pwd", "true", "false", "sleep", "kill", "head", "yes", "touch", "rm", "mkdir", "mknod",
        "mount", "umount",
        "chroot", "hostname", "ip", "ps", "stat", "ln", "mv", "chmod", "chown", "dd", "test", "grep", "printf", "seq", "wc", "tty",
        "unshare", "setsid", "trap",
        "readlink", "dmesg", "find", "sort", "tr", "nslookup", "insmod", "date", "cut", "adduser", "basename", "cp", "df", "nc", "xargs",
    ];

    /// <summary>
    /// A base layer with /bin, /etc/passwd, /etc/group and /tmp, and without any place that the sandbox mounts on. Its set-user-id program
    /// is <c>su</c>, which lets everybody become root.
    /// </summary>
    public static void Create(string folder)
    {
        Directory.CreateDirectory(folder);
        Fill(folder,
        [
            new("bin", Kind: EntryKind.Folder, Mode: 0x1ED),
            new("etc", Kind: EntryKind.Folder, Mode: 0x1ED),
            new("tmp", Kind: EntryKind.Folder, Mode: 0x3FF),
            new("root", Kind: EntryKind.Folder, Mode: 0x1C0),
            new("etc/passwd", "root::0:0:root:/root:/bin/sh\napp:x:1000:1000::/home/app:/bin/sh\n"),
            new("etc/group", "root:x:0:\napp:x:1000:\nextra:x:2000:app\n"),
        ]);
        File.Copy(Program, folder + "/bin/busybox");
        File.SetUnixFileMode(folder + "/bin/busybox", (UnixFileMode)0x1ED);
        File.Copy(Program, folder + "/bin/su");
        File.SetUnixFileMode(folder + "/bin/su", (UnixFileMode)0x9ED);
        foreach (var applet in Applets)
        {
            File.CreateSymbolicLink($"{folder}/bin/{applet}", "busybox");
        }
    }

    /// <summary>Adds the entries, in order.</summary>
    public static void Fill(string folder, IEnumerable<LayerEntry> entries)
    {
        Directory.CreateDirectory(folder);
        using var root = FileCalls.OpenDirectory(folder);
        foreach (var entry in entries)
        {
            Add(folder, root, entry);
        }
    }

    private static void Add(string folder, Microsoft.Win32.SafeHandles.SafeFileHandle root, LayerEntry entry)
    {
        var path = $"{folder}/{entry.Path}";
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        switch (entry.Kind)
        {
            case EntryKind.File:
                File.WriteAllText(path, entry.Content);
                break;
            case EntryKind.Link:
                File.CreateSymbolicLink(path, entry.Content);
                Check(FileCalls.FchownAt(root, entry.Path, entry.UserId, entry.GroupId, FileCalls.AT_SYMLINK_NOFOLLOW), path);
                return;
            case EntryKind.Whiteout:
                Check(FileCalls.MknodAt(root, entry.Path, FileCalls.S_IFCHR, 0), path);
                return;
            case EntryKind.OpaqueFolder:
                Directory.CreateDirectory(path);
                Check(FileCalls.SetXattr(path, "user.overlay.opaque", "y"u8, 1, 0), path);
                break;
            default:
                Directory.CreateDirectory(path);
                break;
        }

        Check(FileCalls.FchownAt(root, entry.Path, entry.UserId, entry.GroupId, 0), path);
        Check(FileCalls.FchmodAt(root, entry.Path, (uint)entry.Mode, 0), path);
    }

    private static void Check(int result, string path)
    {
        if (result < 0)
        {
            throw Errno.Exception("making", path);
        }
    }
}
