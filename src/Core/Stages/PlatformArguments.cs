using System.Collections.Immutable;
using ContainerStages.Oci;

namespace ContainerStages.Stages;

/// <summary>The arguments that every build has. Source: Dockerfile reference, Automatic platform ARGs in the global scope.</summary>
public static class PlatformArguments
{
    /// <summary>TARGETPLATFORM, TARGETOS, TARGETARCH, TARGETVARIANT and the same with BUILD; build arguments of these names win.</summary>
    public static ImmutableDictionary<string, string?> Create(Platform target, Platform build, IReadOnlyDictionary<string, string> buildArgs) =>
        Of("TARGET", target).Concat(Of("BUILD", build)).ToImmutableDictionary(
            pair => pair.Name,
            pair => (string?)(buildArgs.TryGetValue(pair.Name, out var given) ? given : pair.Value),
            StringComparer.Ordinal);

    /// <summary>True for a name that every build has a value for.</summary>
    public static bool IsPredefined(string name) => Of("TARGET", Platform.Host).Concat(Of("BUILD", Platform.Host)).Any(argument => argument.Name == name);

    private static IEnumerable<(string Name, string Value)> Of(string prefix, Platform platform) =>
    [
        (prefix + "PLATFORM", platform.ToString()),
        (prefix + "OS", platform.Os),
        (prefix + "ARCH", platform.Architecture),
        (prefix + "VARIANT", platform.Variant ?? ""),
    ];
}
