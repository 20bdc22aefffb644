using System.Globalization;
using ContainerStages.Contracts;
using ContainerStages.Tasks.Project;
using Microsoft.Build.Framework;

namespace ContainerStages.Tasks.Definition;

/// <summary>A platform (<c>os/architecture[/variant]</c>) and the runtime identifier that stands for it in the project.</summary>
internal sealed record RequestedPlatform(string RuntimeIdentifier, string Name);

/// <summary>Reads single values: platform, format, times, switches, and items that are names with a Value.</summary>
internal sealed class ValueReader(PublishContainerStages task, ProblemList problems, ProjectFiles files)
{
    // https://github.com/opencontainers/image-spec/blob/main/image-index.md: GOOS/GOARCH values; runtime identifiers of the .NET SDK.
    private static readonly (string Rid, string Platform)[] Known =
    [
        ("linux-x64", "linux/amd64"), ("linux-arm64", "linux/arm64"), ("linux-arm", "linux/arm/v7"), ("linux-x86", "linux/386"),
        ("linux-s390x", "linux/s390x"), ("linux-ppc64le", "linux/ppc64le"), ("linux-riscv64", "linux/riscv64"), ("linux-loongarch64", "linux/loong64"),
    ];

    /// <summary>
    /// In the order they were given; of two runtime identifiers with one platform (glibc and musl) the first stays, for an index has one
    /// image for each.
    /// </summary>
    public IReadOnlyList<RequestedPlatform> Platforms() =>
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

    public ImageFormat Format()
    {
        switch (task.ImageFormat.ToUpperInvariant())
        {
            case "" or "OCI":
                return ImageFormat.Oci;
            case "DOCKER":
                return ImageFormat.Docker;
            default:
                problems.Add(ProjectDiagnostics.InvalidFormat(task.ImageFormat, task.ProjectFile));
                return ImageFormat.Oci;
        }
    }

    /// <summary>Null where nothing is said, or the wrong thing.</summary>
    public int? MaxParallelism()
    {
        var text = task.MaxParallelism.Trim();
        if (text.Length == 0)
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0)
        {
            return count;
        }

        problems.Add(ProjectDiagnostics.InvalidParallelism(text, task.ProjectFile));
        return null;
    }

    public long? SourceDateEpoch() =>
        task.Timestamp.Length > 0 ? Seconds("ContainerStagesTimestamp", task.Timestamp) :
        task.SourceDateEpoch.Length > 0 ? Seconds("SOURCE_DATE_EPOCH", task.SourceDateEpoch) : null;

    /// <summary>Null where nothing is said.</summary>
    public bool? OptionalBoolean(string name, string value) => value.Trim().Length == 0 ? null : Boolean(name, value);

    public bool Boolean(string name, string value)
    {
        switch (value.Trim().ToUpperInvariant())
        {
            case "" or "FALSE":
                return false;
            case "TRUE":
                return true;
            default:
                problems.Add(ProjectDiagnostics.InvalidBoolean(name, value, task.ProjectFile));
                return false;
        }
    }

    /// <summary>
    /// As <c>--build-arg NAME</c> does, an argument without a value takes the environment variable of its name, and is left out when there
    /// is none.
    /// </summary>
    public IReadOnlyDictionary<string, string> BuildArgs()
    {
        var arguments = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var item in task.BuildArgs)
        {
            if (HasMetadata(item, "Value"))
            {
                arguments[item.ItemSpec] = item.GetMetadata("Value");
            }
            else if (Environment.GetEnvironmentVariable(item.ItemSpec) is { } value)
            {
                arguments[item.ItemSpec] = value;
            }
        }

        return arguments;
    }

    /// <summary>Items that are a name with metadata Value; of two with one name the later wins.</summary>
    public IReadOnlyDictionary<string, string> Pairs(string itemType, ITaskItem[] items)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            foreach (string name in item.CloneCustomMetadata().Keys)
            {
                if (!string.Equals(name, "Value", StringComparison.OrdinalIgnoreCase))
                {
                    problems.Add(ProjectDiagnostics.UnknownMetadata(itemType, item.ItemSpec, name, "Value", files.Locate(itemType, item)));
                }
            }

            pairs[item.ItemSpec] = item.GetMetadata("Value");
        }

        return pairs;
    }

    public IReadOnlyList<RegistryMirror> Mirrors() => [.. task.Mirrors.Select(Mirror)];

    private RegistryMirror Mirror(ITaskItem item)
    {
        var location = item.GetMetadata("Location");
        if (location.Length == 0)
        {
            problems.Add(ProjectDiagnostics.MirrorWithoutLocation(item.ItemSpec, files.Locate("ContainerStageMirror", item)));
        }

        return new RegistryMirror
        {
            Registry = item.ItemSpec,
            Location = location,
            Insecure = Boolean("ContainerStageMirror Insecure", item.GetMetadata("Insecure")),
        };
    }

    private long? Seconds(string name, string value)
    {
        if (long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return seconds;
        }

        if (DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            && time.ToUnixTimeSeconds() >= 0)
        {
            return time.ToUnixTimeSeconds();
        }

        problems.Add(ProjectDiagnostics.InvalidTimestamp(name, value, task.ProjectFile));
        return null;
    }

    private static bool HasMetadata(ITaskItem item, string name) =>
        item.MetadataNames.Cast<string>().Contains(name, StringComparer.OrdinalIgnoreCase);
}
