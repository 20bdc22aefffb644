using System.Collections.Immutable;
using ContainerStages.Oci;

namespace ContainerStages.Stages;

/// <summary>
/// The arguments that every build has. Source: Dockerfile reference, Automatic platform ARGs in the global scope; BuildKit, defaultArgs.
/// </summary>
internal static class PlatformArguments
{
    private const string StageName = "TARGETSTAGE";

    /// <summary>
    /// TARGETPLATFORM, TARGETOS, TARGETARCH, TARGETVARIANT and the same with BUILD, and TARGETSTAGE; build arguments of these names win.
    /// </summary>
    /// <param name="stage">The stage that is asked for; null for the last, which the argument calls <c>default</c>.</param>
    public static ImmutableDictionary<string, string?> Create(
        Platform target, Platform build, IReadOnlyDictionary<string, string> buildArgs, string? stage = null) =>
        Of("TARGET", target).Concat(Of("BUILD", build)).Append((Name: StageName, Value: stage ?? "default")).ToImmutableDictionary(
            pair => pair.Name,
            pair => (string?)(buildArgs.TryGetValue(pair.Name, out var given) ? given : pair.Value),
            StringComparer.Ordinal);

    /// <summary>True for a name that every build has a value for.</summary>
    public static bool IsPredefined(string name) =>
        name == StageName || Of("TARGET", Platform.Host).Concat(Of("BUILD", Platform.Host)).Any(argument => argument.Name == name);

    private static IEnumerable<(string Name, string Value)> Of(string prefix, Platform platform) =>
    [
        (prefix + "PLATFORM", platform.ToString()),
        (prefix + "OS", platform.Os),
        (prefix + "OSVERSION", platform.OsVersion ?? ""),
        (prefix + "ARCH", platform.Architecture),
        (prefix + "VARIANT", platform.Variant ?? ""),
    ];
}
