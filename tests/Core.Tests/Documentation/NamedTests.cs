using System.Text.RegularExpressions;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Documentation;

/// <summary>The tests that a page names, as <c>`SomeTests.Some_method`</c>.</summary>
internal static partial class NamedTests
{
    public static IReadOnlyList<(string Class, string Method)> Of(string text) =>
        [.. NamedTest().Matches(text).Select(match => (match.Groups["class"].Value, match.Groups["method"].Value))];

    /// <summary>Those that do not exist.</summary>
    public static IReadOnlyList<string> Missing(string text)
    {
        var tests = Repository.Sources("tests", ".cs").ToLookup(Path.GetFileNameWithoutExtension, StringComparer.Ordinal);
        var missing =
            Of(text).Where(
                test => !tests[test.Class].Any(
                    file => File.ReadAllText(Repository.PathOf(file)).Contains($" {test.Method}(", StringComparison.Ordinal)));
        return [.. missing.Select(test => $"{test.Class}.{test.Method}")];
    }

    [GeneratedRegex(@"`(?<class>\w+Tests)\.(?<method>\w+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NamedTest();
}
