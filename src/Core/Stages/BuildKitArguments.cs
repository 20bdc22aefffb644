using System.Collections.Frozen;
using System.Globalization;
using ContainerStages.Diagnostics;

namespace ContainerStages.Stages;

/// <summary>
/// Build arguments that mean something to the builder itself, whether an ARG takes them or not. Source: Dockerfile reference, BuildKit
/// built-in build args; BuildKit, frontend/dockerui/config.go.
/// </summary>
public sealed class BuildKitArguments(IReadOnlyDictionary<string, string> arguments)
{
    public const string SourceDateEpoch = "SOURCE_DATE_EPOCH";

    /// <summary>Source: sethostname(2).</summary>
    private const int MostHostName = 64;

    /// <summary>
    /// Those that ask for nothing here are among them: what they ask of BuildKit, this engine does anyway, or has no use for.
    /// </summary>
    private static readonly FrozenSet<string> Names = new[]
    {
        SourceDateEpoch, "BUILDKIT_BUILDINFO", "BUILDKIT_CACHE_MOUNT_NS", "BUILDKIT_CONTEXT_KEEP_GIT_DIR", "BUILDKIT_DISABLE_FILEOP",
        "BUILDKIT_DOCKERFILE_CHECK",
        "BUILDKIT_INLINE_BUILDINFO_ATTRS", "BUILDKIT_INLINE_CACHE", "BUILDKIT_MULTI_PLATFORM", "BUILDKIT_SANDBOX_HOSTNAME",
        "BUILDKIT_SBOM_SCAN_CONTEXT",
        "BUILDKIT_SBOM_SCAN_STAGE", "BUILDKIT_SYNTAX",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>True for a name that needs no ARG.</summary>
    public static bool Contains(string name) => Names.Contains(name);

    /// <summary>The image of the language, in place of the file's own directive.</summary>
    public string? Syntax => Value("BUILDKIT_SYNTAX");

    /// <summary>Settings of the build checks, in place of the file's own directive; may be empty.</summary>
    public string? Checks => arguments.GetValueOrDefault("BUILDKIT_DOCKERFILE_CHECK");

    /// <summary>What stands before the ids of caches, so that builds do not share them.</summary>
    public string? CacheNamespace => Value("BUILDKIT_CACHE_MOUNT_NS");

    /// <summary>The name of the machine in commands, or null.</summary>
    /// <exception cref="BuildFailedException">The value is no host name.</exception>
    public string? ReadHostName() => Value("BUILDKIT_SANDBOX_HOSTNAME") is not { } name ? null
        : name.Length <= MostHostName && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.') ? name
        : throw new BuildFailedException(PlanDiagnostics.BadHostName(name));

    /// <summary>
    /// Whether a git repository that is the context keeps its .git folder; as Go reads booleans, and false where it reads none.
    /// </summary>
    public bool KeepGitDirectory => Value("BUILDKIT_CONTEXT_KEEP_GIT_DIR") is { } text && GoBoolean.Read(text) is true;

    /// <summary>Seconds since 1970, or null.</summary>
    /// <exception cref="BuildFailedException">The value is no such number.</exception>
    public long? ReadEpoch() => Value(SourceDateEpoch) is not { } text ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds
        : throw new BuildFailedException(PlanDiagnostics.BadEpoch(text));

    private string? Value(string name) => arguments.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;
}
