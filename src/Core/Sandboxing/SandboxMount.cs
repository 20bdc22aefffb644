using System.Collections.Immutable;

namespace ContainerStages.Sandboxing;

/// <summary>
/// Something the command sees at <see cref="Target"/>, an absolute path inside the root. Nothing of it ends up in the upper folder.
/// </summary>
public abstract record SandboxMount(string Target)
{
    /// <summary>False: a file is mounted on a file.</summary>
    public virtual bool IsFolder => true;
}

/// <summary>A file, folder or socket of the machine, by absolute path.</summary>
public sealed record HostMount(string Target, string Source, bool IsFolder, bool ReadOnly) : SandboxMount(Target)
{
    public override bool IsFolder { get; } = IsFolder;
}

/// <summary>
/// What is at the absolute path <see cref="Source"/> of a stack of layer folders (from the base up); what the command writes there is
/// thrown away.
/// </summary>
internal sealed record StackMount(string Target, ImmutableArray<string> LowerDirectories, string Source, bool IsFolder, bool ReadOnly)
    : SandboxMount(Target)
{
    public override bool IsFolder { get; } = IsFolder;
}

/// <summary>Memory; <see cref="Size"/> in bytes, null for half of the machine's.</summary>
internal sealed record MemoryMount(string Target, long? Size) : SandboxMount(Target);

/// <summary>A read-only file that exists in memory only.</summary>
internal sealed record ContentMount(
    string Target, ReadOnlyMemory<byte> Content, uint Mode, uint UserId, uint GroupId) : SandboxMount(Target)
{
    public override bool IsFolder => false;
}

/// <summary>A limit of setrlimit(2), by its number.</summary>
internal readonly record struct SandboxLimit(int Resource, ulong Soft, ulong Hard);
