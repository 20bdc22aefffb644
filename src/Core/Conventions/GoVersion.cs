using System.Text.RegularExpressions;

namespace ContainerStages.Conventions;

/// <summary>A version of Go: <c>1.22</c>, <c>1.22.3</c>, <c>1.23rc1</c>. Source: go.dev/doc/toolchain, Go versions.</summary>
internal sealed partial record GoVersion(int Major, int Minor, int? Patch, string Text)
{
    /// <summary>What a go.mod without a go line means. Source: go.dev/ref/mod, go directive.</summary>
    public static GoVersion Unnamed { get; } = new(1, 16, null, "1.16");

    public static GoVersion? TryParse(string text) =>
        Grammar().Match(text) is { Success: true } match
            ? new GoVersion(
                Number(match, "major"),
                Number(match, "minor"),
                match.Groups["patch"].Success ? Number(match, "patch") : null,
                text)
            : null;

    /// <summary>
    /// Reads the name of a toolchain, <c>go1.22.3</c> or <c>go1.22.3-custom</c>; null for <c>default</c> and <c>local</c>.
    /// </summary>
    public static GoVersion? TryParseToolchain(string name) =>
        name.StartsWith("go", StringComparison.Ordinal) ? TryParse(name[2..].Split('-')[0]) : null;

    public bool IsAtLeast(int minor) => Major > 1 || Minor >= minor;

    public bool IsNewerThan(GoVersion other) => (Major, Minor, Patch ?? 0).CompareTo((other.Major, other.Minor, other.Patch ?? 0)) > 0;

    /// <summary>A version without its last number is the newest of its kind.</summary>
    public bool IsSurelyOlderThan(GoVersion other) =>
        (Major, Minor, Patch ?? int.MaxValue).CompareTo((other.Major, other.Minor, other.Patch ?? 0)) < 0;

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].ValueSpan);

    [GeneratedRegex(
        @"^(?<major>[0-9]{1,4})\.(?<minor>[0-9]{1,4})(\.(?<patch>[0-9]{1,4}))?((rc|beta)[0-9]{1,4})?$",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Grammar();
}
