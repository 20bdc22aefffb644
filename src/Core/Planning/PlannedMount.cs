using System.Collections.Immutable;
using ContainerStages.Stages;

namespace ContainerStages.Planning;

/// <summary>
/// A mount of a command with its words expanded. <see cref="Target"/> is absolute, or null where the command sees no file.
/// </summary>
internal abstract record PlannedMount(string? Target)
{
    /// <summary>
    /// Everything of the mount that names a step's result. The content of a bind, and of a new cache, is added by whoever can read it.
    /// </summary>
    internal abstract IEnumerable<string> Declaration { get; }
}

/// <summary>Files of context, stage or image, the one source of <see cref="Files"/>.</summary>
internal sealed record PlannedBind(string Target, PlannedCopy Files, bool ReadWrite) : PlannedMount(Target)
{
    internal override IEnumerable<string> Declaration => ["bind", Target!, ReadWrite ? "rw" : "ro"];
}

/// <param name="Files">What a new cache begins with, or null.</param>
/// <param name="Owner">Of a new cache; null where nothing was said.</param>
internal sealed record PlannedCache(
    string Target, string Id, CacheSharing Sharing, PlannedCopy? Files, bool ReadOnly, FileOwner Owner) : PlannedMount(Target)
{
    /// <summary>
    /// What keeps the cache apart from others of the same id: its convention, and its base image; empty for a cache that an id alone names.
    /// </summary>
    public ImmutableArray<string> Apart { get; init; } = [];

    internal override IEnumerable<string> Declaration =>
        ["cache", Target!, Id, Sharing.ToString(), ReadOnly ? "ro" : "rw", .. Owner.Declaration, .. Apart];
}

/// <param name="Size">In bytes; null for the kernel's default, half of the memory.</param>
internal sealed record PlannedTmpfs(string Target, long? Size) : PlannedMount(Target)
{
    internal override IEnumerable<string> Declaration => ["tmpfs", Target!, Size?.ToString() ?? ""];
}

/// <param name="Variable">Name of the variable that holds it, or null.</param>
internal sealed record PlannedSecret(string? Target, string Id, string? Variable, bool Required, FileOwner Owner) : PlannedMount(Target)
{
    internal override IEnumerable<string> Declaration => ["secret", Target ?? "", Id, Variable ?? "", .. Owner.Declaration];
}

/// <summary>A file or folder of this machine; it names no result.</summary>
internal sealed record PlannedMachineMount(string Target, string Source) : PlannedMount(Target)
{
    internal override IEnumerable<string> Declaration => [];
}

/// <summary>A value of the engine's own environment; it names no result.</summary>
internal sealed record PlannedMachineSecret(string? Target, string EngineVariable, string? Variable, bool Masked) : PlannedMount(Target)
{
    internal override IEnumerable<string> Declaration => [];
}

internal sealed record PlannedSsh(string Target, string Id, bool Required, FileOwner Owner) : PlannedMount(Target)
{
    internal override IEnumerable<string> Declaration => ["ssh", Target!, Id, .. Owner.Declaration];
}

/// <summary>A script of a here-document that begins with <c>#!</c>: a program file that only its command sees.</summary>
internal sealed record PlannedScript(string Target, string Content) : PlannedMount(Target)
{
    internal override IEnumerable<string> Declaration => ["script", Target!, Content];
}

/// <summary>Mode, user and group of a mounted file or folder; null where nothing was said.</summary>
internal sealed record FileOwner(uint? Mode, uint? UserId, uint? GroupId)
{
    internal IEnumerable<string> Declaration => [Mode?.ToString() ?? "", UserId?.ToString() ?? "", GroupId?.ToString() ?? ""];
}
