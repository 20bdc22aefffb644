using System.Collections.Immutable;

namespace ContainerStages.Sandboxing;

/// <summary>Names of the limits of setrlimit(2), as <c>--ulimit</c> has them.</summary>
public static class ResourceLimits
{
    /// <summary>Each at the place of its number.</summary>
    public static ImmutableArray<string> Names { get; } =
    [
        "cpu", "fsize", "data", "stack", "core", "rss", "nproc", "nofile", "memlock", "as", "locks", "sigpending", "msgqueue", "nice",
        "rtprio", "rttime",
    ];

    /// <exception cref="ArgumentException">No such limit.</exception>
    public static int NumberOf(string name) =>
        Names.IndexOf(name) is >= 0 and var number ? number : throw new ArgumentException($"There is no limit '{name}'.", nameof(name));
}
