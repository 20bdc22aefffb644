using System.Collections.Immutable;
using ContainerStages.Diagnostics;
using ContainerStages.Posix;
using Microsoft.Win32.SafeHandles;

namespace ContainerStages.Snapshots;

/// <summary>One file, folder or link of a <see cref="UnionView"/>.</summary>
internal sealed class UnionEntry
{
    // Milliseconds. The kernel stamps changes with a clock that goes on every few of them: two in one tick look like one.
    private const long ClockTick = 20;

    private readonly HeldFolder? held;
    private readonly string? hostPath;
    private string? linkTarget;
    private FileStatus status;

    internal UnionEntry(string path, string? hostPath, ImmutableArray<string> parts)
        : this(path, hostPath, parts, hostPath is not null && FileCalls.TryStat(hostPath, out var status) ? status : default, owners: null)
    {
    }

    internal UnionEntry(string path, string? hostPath, ImmutableArray<string> parts, in FileStatus status, LayerOwners? owners)
    {
        Owners = owners;
        Path = path;
        this.hostPath = hostPath;
        Parts = parts;
        this.status = status;
    }

    internal UnionEntry(string path, HeldFolder held, in FileStatus status)
    {
        Path = path;
        this.held = held;
        Parts = [];
        this.status = status;
    }

    /// <summary>The root of a stack of layer folders, the topmost first.</summary>
    internal static UnionEntry RootOf(ImmutableArray<string> layers, LayerOwners? owners)
    {
        if (layers.IsEmpty || !FileCalls.TryStat(layers[0], out var status))
        {
            return new UnionEntry("/", layers.IsEmpty ? null : layers[0], layers, default, owners);
        }

        return new UnionEntry("/", layers[0], layers, owners?.Apply(layers[0], status) ?? status, owners);
    }

    /// <summary>The root of a context.</summary>
    internal static UnionEntry RootOf(HeldFolder held) => new("/", held, held.Status);

    /// <summary>Absolute path inside the root.</summary>
    public string Path { get; }

    /// <summary>
    /// The topmost layer's file; null only where <see cref="IsNoFile"/>. Of a context it is for messages: others may change what is there.
    /// </summary>
    public string? HostPath => held is null ? hostPath : Path == "/" ? held.Path : held.Path + Path;

    /// <summary>The root of an empty stack.</summary>
    public bool IsNoFile => held is null && hostPath is null;

    public bool IsDirectory => IsNoFile || Status.IsDirectory;

    public bool IsSymbolicLink => Status.IsSymbolicLink;

    public bool IsRegularFile => Status.IsRegularFile;

    /// <summary>Where a symbolic link points, as written; read once, so that what was hashed is what is made.</summary>
    /// <exception cref="SourceChangedException">It is no longer a link.</exception>
    public string LinkTarget => linkTarget ??= held is null ? FileCalls.ReadLink(hostPath!) : ReadHeldLink();

    /// <summary>
    /// Folders that make up this folder, topmost first; empty for anything else, and where <see cref="Held"/> is what it lies in.
    /// </summary>
    internal ImmutableArray<string> Parts { get; }

    internal FileStatus Status => status;

    /// <summary>What was recorded of the layers; null where their files have their owners themselves.</summary>
    internal LayerOwners? Owners { get; }

    /// <summary>Capabilities that the file has in the image and cannot have here; or null.</summary>
    internal byte[]? RecordedCapability => hostPath is null ? null : Owners?.CapabilityOf(hostPath);

    /// <summary>The folder that this was found in, where others may write to it; null for layers, which never change.</summary>
    internal HeldFolder? Held => held;

    /// <summary>Opens the content of a regular file.</summary>
    /// <exception cref="SourceChangedException">There is no such file any more.</exception>
    /// <exception cref="BuildFailedException">It cannot be read.</exception>
    internal SafeFileHandle Open()
    {
        try
        {
            return held is null ? FileCalls.OpenFile(hostPath!, FileCalls.O_RDONLY) : held.TryOpen(Path) ?? throw Changed();
        }
        catch (PosixException denied) when (held is not null)
        {
            throw Unreadable(denied);
        }
    }

    /// <summary>Opens a folder of <see cref="Held"/>.</summary>
    /// <inheritdoc cref="Open"/>
    internal SafeFileHandle OpenFolder()
    {
        try
        {
            return held!.TryOpenFolder(Path) ?? throw Changed();
        }
        catch (PosixException denied)
        {
            throw Unreadable(denied);
        }
    }

    /// <summary>To be called when content was read: true where it is that of <see cref="Status"/>.</summary>
    internal bool IsUnchanged(SafeFileHandle file) => held is null || (FileCalls.TryStat(file, "", out var now) && now.IsSame(status));

    /// <inheritdoc cref="IsUnchanged"/>
    /// <exception cref="SourceChangedException">It changed.</exception>
    internal void RequireUnchanged(SafeFileHandle file)
    {
        if (!IsUnchanged(file))
        {
            throw Changed();
        }
    }

    /// <summary>Takes the status of the opened file for that of this entry.</summary>
    /// <exception cref="SourceChangedException">It is no longer a regular file.</exception>
    internal void Adopt(SafeFileHandle file) =>
        status = FileCalls.TryStat(file, "", out var now) && now.IsRegularFile ? now : throw Changed();

    /// <summary>Waits until a change of this file could not pass for the one it had last.</summary>
    internal void AwaitClockTick()
    {
        if (held is null)
        {
            return;
        }

        var age = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - (status.ChangeSeconds * 1000) - (status.ChangeNanoseconds / 1_000_000);
        if (age is >= 0 and < ClockTick)
        {
            Thread.Sleep((int)(ClockTick - age));
        }
    }

    /// <summary>All bytes of a regular file, of one moment.</summary>
    /// <inheritdoc cref="Open"/>
    internal byte[] ReadAllBytes()
    {
        AwaitClockTick();
        using var file = Open();
        RequireUnchanged(file);
        var bytes = new byte[status.Size];
        var length = 0;
        for (int count; length < bytes.Length && (count = RandomAccess.Read(file, bytes.AsSpan(length), length)) > 0; length += count)
        {
        }

        RequireUnchanged(file);
        return bytes[..length];
    }

    private string ReadHeldLink()
    {
        try
        {
            return held!.TryReadLink(Path) ?? throw Changed();
        }
        catch (PosixException denied)
        {
            throw Unreadable(denied);
        }
    }

    private BuildFailedException Changed() => new SourceChangedException(HostPath!);

    private BuildFailedException Unreadable(PosixException denied) =>
        new(StepDiagnostics.SourceUnreadable(HostPath!, denied.Reason), denied);
}
