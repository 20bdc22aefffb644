using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ContainerStages.TestKit.Sandboxing;

/// <summary>
/// A sandbox test as data, so that the same is done by root and, in another process, by an ordinary user in its user namespace.
/// </summary>
public sealed record SandboxScenario
{
    /// <summary>Layers above the busybox root, from the base up.</summary>
    public ImmutableArray<ImmutableArray<LayerEntry>> Layers { get; init; } = [];

    /// <summary>False: the root is made of <see cref="Layers"/> alone.</summary>
    public bool Busybox { get; init; } = true;

    public ImmutableArray<string> Arguments { get; init; } = [];

    public ImmutableArray<string> Environment { get; init; } = ["PATH=/usr/bin:/bin"];

    public string WorkingDirectory { get; init; } = "/";

    public uint UserId { get; init; }

    public uint GroupId { get; init; }

    public ImmutableArray<uint> SupplementaryGroups { get; init; } = [];

    public bool Network { get; init; } = true;

    public bool NoNewPrivileges { get; init; }

    /// <summary>The OCI runtime that starts the command; null: none.</summary>
    public string? Runtime { get; init; }

    /// <summary>The command writes to the driver's own standard output.</summary>
    public bool Interactive { get; init; }

    /// <summary>How many sandboxes run this at once.</summary>
    public int Copies { get; init; } = 1;

    /// <summary>Cancel when the command has written this line.</summary>
    public string? CancelAtLine { get; init; }

    /// <summary>Throw from the receiver of output at this line.</summary>
    public string? ThrowAtLine { get; init; }

    /// <summary>Write each line of output at once to standard output too.</summary>
    public bool Live { get; init; }

    /// <summary>A shell script of the busybox root.</summary>
    public static SandboxScenario Shell(string script) => new() { Arguments = ["/bin/sh", "-c", script] };
}

/// <summary>A file, folder, link or whiteout of a layer.</summary>
/// <param name="Path">Without a leading slash.</param>
/// <param name="Content">Of a file; target of a link.</param>
/// <param name="Mode">Permission bits.</param>
/// <param name="Kind">What it is.</param>
/// <param name="UserId">Owner, as seen inside.</param>
/// <param name="GroupId">Group, as seen inside.</param>
public sealed record LayerEntry(
    string Path, string Content = "", int Mode = 0x1A4, EntryKind Kind = EntryKind.File, uint UserId = 0, uint GroupId = 0);

public enum EntryKind
{
    File,
    Folder,
    Link,
    Whiteout,
    OpaqueFolder,
}

/// <summary>What came of it. Lines of standard error begin with <c>! </c>.</summary>
public sealed record SandboxResult
{
    public ImmutableArray<int> ExitCodes { get; init; } = [];

    public ImmutableArray<string> Lines { get; init; } = [];

    /// <summary>The diagnostics or exception that ended it, or empty.</summary>
    public string Error { get; init; } = "";

    /// <summary>The upper folder of the first copy: <c>kind mode owner:group path [content or target]</c>, sorted.</summary>
    public ImmutableArray<string> Upper { get; init; } = [];

    /// <summary>
    /// Mounts of the root, of the kernel's file systems and of the driver's folder that the driver saw after, but not before, or the
    /// reverse.
    /// </summary>
    public ImmutableArray<string> ChangedMounts { get; init; } = [];

    /// <summary>Pipes and process descriptors that the driver had open after, but not before.</summary>
    public ImmutableArray<string> LeakedDescriptors { get; init; } = [];

    [JsonIgnore]
    public int ExitCode => ExitCodes.Single();

    [JsonIgnore]
    public string Text => string.Join('\n', Lines);
}

[JsonSerializable(typeof(SandboxScenario))]
[JsonSerializable(typeof(SandboxResult))]
[JsonSourceGenerationOptions(UseStringEnumConverter = true, WriteIndented = false)]
public sealed partial class SandboxJson : JsonSerializerContext;
