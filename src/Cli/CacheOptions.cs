using ContainerStages.Cli.Completion;
using ContainerStages.Contracts;

namespace ContainerStages.Cli;

/// <summary>The options that name caches which machines share. Their forms are those of <c>docker buildx build</c>.</summary>
internal static class CacheOptions
{
    private static readonly Candidates Types = Candidates.Of("type=registry,ref=", "type=local,dest=");

    public static IReadOnlyList<Option> All { get; } =
    [
        new(["--cache-from"], "SPEC",
            "cache of other machines: type=registry,ref=NAME or type=local,src=FOLDER, or the name or folder alone; repeatable", Types),
        new(["--cache-to"], "SPEC",
            "write one: type=registry,ref=NAME or type=local,dest=FOLDER, and mode=max for the layers of all steps; repeatable", Types),
        new(["--cache-mounts"], "true|false|SIZE", "share cache mounts of RUN too, of at most this size (default: 2GB)",
            Candidates.Of("true", "false")),
    ];

    public static BuildPolicy Apply(BuildPolicy policy, OptionReader options) => policy with
    {
        CacheFrom = [.. options.All("--cache-from")],
        CacheTo = [.. options.All("--cache-to")],
        MostCacheMountBytes = options.Last("--cache-mounts") is { } text ? Limit(text) : CacheMountLimit.Usual,
    };

    private static long Limit(string text) =>
        CacheMountLimit.TryParse(text)
            ?? throw new UsageException($"--cache-mounts {text}: true, false or a size such as 500MB is expected.");
}
