using System.Collections.Immutable;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ContainerStages.Posix;

namespace ContainerStages.Sandboxing;

/// <summary>
/// config.json of a bundle. The root comes with all mounts but /proc, which only a process of the container can mount; host name and
/// network are those of the sandbox that the runtime is started in.
/// </summary>
/// <remarks>Source: runtime-spec config.md and config-linux.md.</remarks>
internal sealed record RuntimeConfiguration
{
    private const uint UsualFileModeMask = 0x12;
    private const int CoreLimit = 4;

    public string OciVersion { get; init; } = "1.0.2";

    public required RuntimeProcess Process { get; init; }

    public required RuntimeRoot Root { get; init; }

    public required ImmutableArray<RuntimeMount> Mounts { get; init; }

    public required RuntimeLinux Linux { get; init; }

    /// <param name="specification">Of the sandbox that the runtime is started in.</param>
    public static RuntimeConfiguration Of(SandboxSpecification specification)
    {
        var root = new SandboxFolder(specification.Folder).Root;
        return new RuntimeConfiguration
        {
            Process = ProcessOf(specification),
            Root = new RuntimeRoot(root),
            Mounts =
            [
                new RuntimeMount("/proc", "proc", "proc", ["nosuid", "nodev", "noexec"]),

                // A runtime leaves the devices alone where /dev is one of the mounts.
                new RuntimeMount("/dev", "bind", root + "/dev", ["rbind", "nosuid", "nodev"]),

                // crun binds the root without the flags that it had, and takes no plain "/" for a place.
                new RuntimeMount("/.", "none", root, ["remount", "bind", "nodev"]),
            ],
            Linux = new RuntimeLinux
            {
                Namespaces = [new RuntimeNamespace("pid"), new RuntimeNamespace("mount")],
                MaskedPaths = specification.Privileged ? [] : InProc(SystemMounts.MaskedPaths),
                ReadonlyPaths = specification.Privileged ? [] : InProc(SystemMounts.ReadOnlyPaths),
                Seccomp = specification.Privileged ? null : RuntimeFilter.Of(specification.Network),
            },
        };
    }

    public string ToJson() => JsonSerializer.Serialize(this, RuntimeJson.Plain.RuntimeConfiguration);

    private static RuntimeProcess ProcessOf(SandboxSpecification specification)
    {
        // No more than there is: inside somebody else's container some are gone already.
        var held = ProcessCapabilities.Held() & (specification.Privileged ? ulong.MaxValue : Capabilities.Of(specification.Network));
        var bounding = Capabilities.Names(held);
        var given = specification.UserId == 0 ? bounding : [];

        // The user's own stands behind, and counts.
        var limits = specification.Limits.Prepend(new SandboxLimit(CoreLimit, 0, 0)).Reverse().DistinctBy(limit => limit.Resource);
        return new RuntimeProcess
        {
            User = new RuntimeUser(specification.UserId, specification.GroupId, UsualFileModeMask, specification.SupplementaryGroups),
            Args = specification.Arguments,
            Env = specification.Environment,
            Cwd = specification.WorkingDirectory,
            Capabilities = new RuntimeCapabilities(bounding, given, given),
            Rlimits = [.. limits.Select(RuntimeLimit.Of)],
            NoNewPrivileges = specification.NoNewPrivileges,
        };
    }

    private static ImmutableArray<string> InProc(IEnumerable<string> paths) =>
        [.. paths.Where(path => path.StartsWith("proc/", StringComparison.Ordinal)).Select(path => "/" + path)];
}

internal sealed record RuntimeProcess
{
    public required RuntimeUser User { get; init; }

    public required ImmutableArray<string> Args { get; init; }

    public required ImmutableArray<string> Env { get; init; }

    public required string Cwd { get; init; }

    public required RuntimeCapabilities Capabilities { get; init; }

    public required ImmutableArray<RuntimeLimit> Rlimits { get; init; }

    public required bool NoNewPrivileges { get; init; }
}

internal sealed record RuntimeUser(uint Uid, uint Gid, uint Umask, ImmutableArray<uint> AdditionalGids);

internal sealed record RuntimeCapabilities(
    ImmutableArray<string> Bounding, ImmutableArray<string> Effective, ImmutableArray<string> Permitted);

internal sealed record RuntimeLimit(string Type, ulong Soft, ulong Hard)
{
    public static RuntimeLimit Of(SandboxLimit limit) =>
        new("RLIMIT_" + ResourceLimits.Names[limit.Resource].ToUpper(CultureInfo.InvariantCulture), limit.Soft, limit.Hard);
}

internal sealed record RuntimeRoot(string Path);

internal sealed record RuntimeMount(string Destination, string Type, string Source, ImmutableArray<string> Options);

internal sealed record RuntimeLinux
{
    public required ImmutableArray<RuntimeNamespace> Namespaces { get; init; }

    public required ImmutableArray<string> MaskedPaths { get; init; }

    public required ImmutableArray<string> ReadonlyPaths { get; init; }

    public required RuntimeFilter? Seccomp { get; init; }
}

internal sealed record RuntimeNamespace(string Type);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RuntimeConfiguration))]
internal sealed partial class RuntimeJson : JsonSerializerContext
{
    /// <summary>Nothing of it is put into HTML.</summary>
    public static RuntimeJson Plain { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
