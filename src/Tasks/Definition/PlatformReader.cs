using ContainerStages.Tasks.Logging;
using ContainerStages.Tasks.Project;

namespace ContainerStages.Tasks.Definition;

internal interface IPlatformItems : IProjectItems
{
    string RuntimeIdentifiers { get; }
}

/// <summary>Reads which platforms the image is for.</summary>
internal sealed class PlatformReader(IPlatformItems task, ProblemList problems)
{
    // https://github.com/opencontainers/image-spec/blob/main/image-index.md: GOOS/GOARCH values; runtime identifiers of the .NET SDK.
    private static readonly (string Rid, string Platform)[] Known =
    [
        ("linux-x64", "linux/amd64"), ("linux-arm64", "linux/arm64"), ("linux-arm", "linux/arm/v7"), ("linux-x86", "linux/386"),
        ("linux-s390x", "linux/s390x"), ("linux-ppc64le", "linux/ppc64le"), ("linux-riscv64", "linux/riscv64"),
        ("linux-loongarch64", "linux/loong64"),
    ];

    /// <summary>
    /// In the order they were given; of two runtime identifiers with one platform (glibc and musl) the first stays, for an index has one
    /// image for each.
    /// </summary>
    public IReadOnlyList<RequestedPlatform> Read() =>
    [
        .. task.RuntimeIdentifiers.Split([';', ',', ' ', '\n', '\r', '\t', '"'], StringSplitOptions.RemoveEmptyEntries)
            .Select(rid => new RequestedPlatform(rid, PlatformOf(rid))).DistinctBy(platform => platform.Name),
    ];

    private string PlatformOf(string runtimeIdentifier)
    {
        var rid = runtimeIdentifier.ToLowerInvariant().Replace("linux-musl-", "linux-", StringComparison.Ordinal);
        if (Known.FirstOrDefault(pair => pair.Rid == rid).Platform is { } platform)
        {
            return platform;
        }

        var valid = string.Join(", ", Known.Select(pair => pair.Rid));
        problems.Add(ProjectDiagnostics.InvalidRuntimeIdentifier(runtimeIdentifier, valid, task.ProjectFile));
        return runtimeIdentifier;
    }
}
