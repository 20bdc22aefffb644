using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ContainerStages.Posix;

/// <summary>
/// System calls on files that .NET does not offer: everything relative to an open folder, owners, device nodes, extended attributes.
/// x86-64 and arm64 Linux with glibc 2.33 or later, or musl.
/// </summary>
internal static unsafe partial class FileCalls
{
    public const int AT_FDCWD = -100;
    public const int AT_SYMLINK_NOFOLLOW = 0x100;
    public const int AT_REMOVEDIR = 0x200;
    public const int AT_EMPTY_PATH = 0x1000;

    public const int O_RDONLY = 0;
    public const int O_WRONLY = 1;
    public const int O_RDWR = 2;
    public const int O_CREAT = 0x40;
    public const int O_EXCL = 0x80;
    public const int O_NOCTTY = 0x100;
    public const int O_TRUNC = 0x200;
    public const int O_NONBLOCK = 0x800;
    public const int O_CLOEXEC = 0x80000;
    public const int O_PATH = 0x200000;

    public const int LOCK_SH = 1;
    public const int LOCK_UN = 8;

    public const uint S_IFMT = 0xF000;
    public const uint S_IFSOCK = 0xC000;
    public const uint S_IFLNK = 0xA000;
    public const uint S_IFREG = 0x8000;
    public const uint S_IFBLK = 0x6000;
    public const uint S_IFDIR = 0x4000;
    public const uint S_IFCHR = 0x2000;
    public const uint S_IFIFO = 0x1000;

    public const ulong RESOLVE_NO_MAGICLINKS = 0x02;
    public const ulong RESOLVE_NO_SYMLINKS = 0x04;
    public const ulong RESOLVE_BENEATH = 0x08;
    public const ulong RESOLVE_IN_ROOT = 0x10;

    private static readonly bool Arm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    /// <summary>O_DIRECTORY and O_NOFOLLOW differ between processors.</summary>
    public static int O_DIRECTORY => Arm ? 0x4000 : 0x10000;

    public static int O_NOFOLLOW => Arm ? 0x8000 : 0x20000;

    /// <summary>openat2(2): the kernel itself keeps the path below <paramref name="directory"/> when told so.</summary>
    /// <returns>A descriptor, or null with the error number in <see cref="Marshal.GetLastPInvokeError"/>.</returns>
    public static SafeFileHandle? OpenBeneath(SafeFileHandle directory, string path, int flags, uint mode, ulong resolve)
    {
        var how = new OpenHow { Flags = (ulong)(flags | O_CLOEXEC), Mode = (flags & O_CREAT) != 0 ? mode : 0, Resolve = resolve };
        long result;
        do
        {
            result = OpenAt2(437, directory, path, ref how, (nuint)sizeof(OpenHow));
        }
        while (result < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
        return result < 0 ? null : new SafeFileHandle((nint)result, ownsHandle: true);
    }

    /// <summary>open(2) of a folder by absolute path.</summary>
    /// <exception cref="PosixException">The folder cannot be opened.</exception>
    public static SafeFileHandle OpenDirectory(string path)
    {
        var handle = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
        return handle < 0 ? throw Errno.Exception("open", path) : new SafeFileHandle(handle, ownsHandle: true);
    }

    /// <summary>flock(2); waits. A file system without locks has none to wait for, as .NET has it too.</summary>
    public static void Lock(SafeFileHandle file, int operation)
    {
        while (flock(file, operation) != 0 && Marshal.GetLastPInvokeError() == Errno.EINTR)
        {
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int flock(SafeFileHandle file, int operation);

    [LibraryImport("libc", StringMarshallingCustomType = typeof(PathText), SetLastError = true)]
    private static partial int open(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "syscall", StringMarshallingCustomType = typeof(PathText), SetLastError = true)]
    private static partial long OpenAt2(long number, SafeFileHandle directory, string path, ref OpenHow how, nuint size);

    [LibraryImport("libc", EntryPoint = "mkdirat", StringMarshallingCustomType = typeof(PathText), SetLastError = true)]
    public static partial int MkdirAt(SafeFileHandle directory, string name, uint mode);

    [LibraryImport("libc", EntryPoint = "unlinkat", StringMarshallingCustomType = typeof(PathText), SetLastError = true)]
    public static partial int UnlinkAt(SafeFileHandle directory, string name, int flags);

    [LibraryImport("libc", EntryPoint = "symlinkat", StringMarshallingCustomType = typeof(PathText), SetLastError = true)]
    public static partial int SymlinkAt(string target, SafeFileHandle directory, string name);

    [LibraryImport("libc", EntryPoint = "linkat", StringMarshallingCustomType = typeof(PathText), SetLastError = true)]
    public static partial int LinkAt(SafeFileHandle oldDirectory, string oldName, SafeFileHandle newDirectory, string newName, int flags);

    [LibraryImport("libc", EntryPoint = "renameat", StringMarshallingCustomType = typeof(PathText), SetLastError = true)]
    public static partial int RenameAt(SafeFileHandle oldDirectory, string oldName, SafeFileHandle newDirectory, string newName);

    [LibraryImport("libc", EntryPoint = "mknodat", StringMarshallingCustomType = typeof(PathText), SetLastError = true)]
    public static partial int MknodAt(SafeFileHandle directory, string name, uint mode, ulong device);

    [LibraryImport("libc", EntryPoint = "fchownat", StringMarshallingCustomType = typeof(PathText), SetLastError = true)]
    public static partial int FchownAt(SafeFileHandle directory, string name, uint owner, uint group, int flags);

    [LibraryImport("libc", EntryPoint = "fchmodat", StringMarshallingCustomType = typeof(PathText), SetLastError = true)]
    public static partial int FchmodAt(SafeFileHandle directory, string name, uint mode, int flags);

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    public static partial int Fchown(SafeFileHandle file, uint owner, uint group);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    public static partial int Fchmod(SafeFileHandle file, uint mode);

    [LibraryImport("libc", EntryPoint = "utimensat", StringMarshallingCustomType = typeof(PathText), SetLastError = true)]
    public static partial int UtimensAt(SafeFileHandle directory, string? name, ref FileTimes times, int flags);

    [LibraryImport("libc", EntryPoint = "futimens", SetLastError = true)]
    public static partial int Futimens(SafeFileHandle file, ref FileTimes times);

    /// <summary>statx(2) of a name in an open folder, not following a link at the end; the empty name means the handle itself.</summary>
    /// <returns>False where there is no such entry.</returns>
    /// <exception cref="PosixException">Any other failure.</exception>
    public static bool TryStat(SafeFileHandle directory, string name, out FileStatus status)
    {
        var result = statx(directory, name, AT_SYMLINK_NOFOLLOW | (name.Length == 0 ? AT_EMPTY_PATH : 0), StatxBasic, out var data);
        return Interpret(result, name, data, out status);
    }

    /// <summary>lstat of a path.</summary>
    public static bool TryStat(string path, out FileStatus status)
    {
        var result = statxPath(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, StatxBasic, out var data);
        return Interpret(result, path, data, out status);
    }

    private static bool Interpret(int result, string path, in StatxData data, out FileStatus status)
    {
        status = result == 0 ? new FileStatus(data) : default;
        return result == 0
            || (Marshal.GetLastPInvokeError() is Errno.ENOENT or Errno.ENOTDIR ? false : throw Errno.Exception("statx", path));
    }

    private const uint StatxBasic = 0x7ff;

    [LibraryImport("libc", EntryPoint = "statx", StringMarshallingCustomType = typeof(PathText), SetLastError = true)]
    private static partial int statx(SafeFileHandle directory, string name, int flags, uint mask, out StatxData data);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshallingCustomType = typeof(PathText), SetLastError = true)]
    private static partial int statxPath(int directory, string name, int flags, uint mask, out StatxData data);

    [LibraryImport("libc", EntryPoint = "lsetxattr", StringMarshallingCustomType = typeof(PathText), SetLastError = true)]
    public static partial int SetXattr(string path, string name, ReadOnlySpan<byte> value, nuint size, int flags);

    [LibraryImport("libc", EntryPoint = "lgetxattr", StringMarshallingCustomType = typeof(PathText), SetLastError = true)]
    public static partial nint GetXattr(string path, string name, Span<byte> value, nuint size);

    [LibraryImport("libc", EntryPoint = "llistxattr", StringMarshallingCustomType = typeof(PathText), SetLastError = true)]
    public static partial nint ListXattr(string path, Span<byte> list, nuint size);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUserId();

    [LibraryImport("libc", EntryPoint = "getegid")]
    public static partial uint EffectiveGroupId();

    /// <summary>Device number of the form that mknod takes. Source: makedev(3).</summary>
    public static ulong MakeDevice(uint major, uint minor) =>
        ((ulong)(major & 0xfffff000) << 32) | ((ulong)(major & 0xfff) << 8) | ((ulong)(minor & 0xffffff00) << 12) | (minor & 0xff);

    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }
}

/// <summary>Access and modification time for utimensat(2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FileTimes
{
    public long AccessSeconds;
    public long AccessNanoseconds;
    public long ModificationSeconds;
    public long ModificationNanoseconds;

    /// <summary>Changes the modification time alone (UTIME_OMIT, UTIME_NOW).</summary>
    public static FileTimes ModifiedNow() => new() { AccessNanoseconds = 0x3FFFFFFE, ModificationNanoseconds = 0x3FFFFFFF };

    public static FileTimes Both(long seconds, long nanoseconds = 0) => new()
    {
        AccessSeconds = seconds,
        AccessNanoseconds = nanoseconds,
        ModificationSeconds = seconds,
        ModificationNanoseconds = nanoseconds,
    };
}

/// <summary>The layout of struct statx. Source: statx(2).</summary>
[StructLayout(LayoutKind.Sequential, Size = 256)]
internal struct StatxData
{
    public uint Mask;
    public uint BlockSize;
    public ulong Attributes;
    public uint LinkCount;
    public uint UserId;
    public uint GroupId;
    public ushort Mode;
    public ushort Spare0;
    public ulong Inode;
    public ulong Size;
    public ulong Blocks;
    public ulong AttributesMask;
    public StatxTime AccessTime;
    public StatxTime BirthTime;
    public StatxTime ChangeTime;
    public StatxTime ModificationTime;
    public uint RdevMajor;
    public uint RdevMinor;
    public uint DevMajor;
    public uint DevMinor;
}

[StructLayout(LayoutKind.Sequential)]
internal struct StatxTime
{
    public long Seconds;
    public uint Nanoseconds;
    public int Reserved;
}

/// <summary>What lstat tells about an entry.</summary>
internal readonly struct FileStatus
{
    private const ulong BlockSize = 512;

    internal FileStatus(in StatxData data)
    {
        Mode = data.Mode;
        UserId = data.UserId;
        GroupId = data.GroupId;
        Size = (long)data.Size;
        MayHaveHoles = data.Blocks * BlockSize < data.Size;
        LinkCount = data.LinkCount;
        Inode = data.Inode;
        Device = FileCalls.MakeDevice(data.DevMajor, data.DevMinor);
        DeviceMajor = data.RdevMajor;
        DeviceMinor = data.RdevMinor;
        ModificationSeconds = data.ModificationTime.Seconds;
        ModificationNanoseconds = data.ModificationTime.Nanoseconds;
        ChangeSeconds = data.ChangeTime.Seconds;
        ChangeNanoseconds = data.ChangeTime.Nanoseconds;
    }

    /// <summary>Type and permission bits.</summary>
    public uint Mode { get; init; }

    public uint UserId { get; init; }

    public uint GroupId { get; init; }

    public long Size { get; }

    /// <summary>False where there is a block for every byte. True also where the file system packs, or has not written yet.</summary>
    public bool MayHaveHoles { get; }

    public uint LinkCount { get; }

    public ulong Inode { get; }

    public ulong Device { get; }

    /// <summary>Numbers of a device node; 0 and 0 for an overlay whiteout.</summary>
    public uint DeviceMajor { get; init; }

    public uint DeviceMinor { get; init; }

    public long ModificationSeconds { get; }

    public uint ModificationNanoseconds { get; }

    public long ChangeSeconds { get; }

    public uint ChangeNanoseconds { get; }

    public uint Permissions => Mode & 0xFFF;

    /// <summary>True where this is the same file, and nothing was written or changed between the two.</summary>
    public bool IsSame(in FileStatus other) =>
        Inode == other.Inode && Device == other.Device && Size == other.Size
        && ModificationSeconds == other.ModificationSeconds && ModificationNanoseconds == other.ModificationNanoseconds
        && ChangeSeconds == other.ChangeSeconds && ChangeNanoseconds == other.ChangeNanoseconds;

    public bool IsDirectory => (Mode & FileCalls.S_IFMT) == FileCalls.S_IFDIR;

    public bool IsRegularFile => (Mode & FileCalls.S_IFMT) == FileCalls.S_IFREG;

    public bool IsDevice => (Mode & FileCalls.S_IFMT) is FileCalls.S_IFCHR or FileCalls.S_IFBLK;

    public bool IsSymbolicLink => (Mode & FileCalls.S_IFMT) == FileCalls.S_IFLNK;

    /// <summary>A character device 0/0: how overlayfs marks a removed entry.</summary>
    public bool IsWhiteout => (Mode & FileCalls.S_IFMT) == FileCalls.S_IFCHR && DeviceMajor == 0 && DeviceMinor == 0;
}
