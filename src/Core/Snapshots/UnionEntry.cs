using System.Collections.Immutable;
using ContainerStages.Posix;

namespace ContainerStages.Snapshots;

/// <summary>One file, folder or link of a <see cref="UnionView"/>.</summary>
public sealed class UnionEntry
{
    internal UnionEntry(string path, string? hostPath, ImmutableArray<string> parts)
    {
        Path = path;
        HostPath = hostPath;
        Parts = parts;
        Status = hostPath is not null && FileCalls.TryStat(hostPath, out var status) ? status : default;
    }

    internal UnionEntry(string path, string hostPath, ImmutableArray<string> parts, FileStatus status)
    {
        Path = path;
        HostPath = hostPath;
        Parts = parts;
        Status = status;
    }

    /// <summary>Absolute path inside the root.</summary>
    public string Path { get; }

    /// <summary>The topmost layer's file; null only for the root of an empty stack.</summary>
    public string? HostPath { get; }

    public bool IsDirectory => HostPath is null || Status.IsDirectory;

    public bool IsSymbolicLink => Status.IsSymbolicLink;

    public bool IsRegularFile => Status.IsRegularFile;

    /// <summary>Where a symbolic link points, as written.</summary>
    public string LinkTarget => FileCalls.ReadLink(HostPath!);

    /// <summary>Folders that make up this folder, topmost first; empty for anything else.</summary>
    internal ImmutableArray<string> Parts { get; }

    internal FileStatus Status { get; }
}
