using System.Text.RegularExpressions;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Documentation;

[TestClass]
public sealed partial class DiagnosticsPageTests
{
    private const string Page = "docs/diagnostics.md";

    [TestMethod]
    public void Every_code_has_a_section()
    {
        var missing = CodesInSources().Where(found => !Sections().Contains(found.Code))
            .Select(found => $"{found.Code} ({found.Path}) has no '### {found.Code}' in {Page}")
            .ToList();
        Assert.IsEmpty(missing, string.Join(Environment.NewLine, missing));
    }

    [TestMethod]
    public void Every_section_has_a_code()
    {
        var stale = Sections().Except(CodesInSources().Select(found => found.Code)).ToList();
        Assert.IsEmpty(stale, $"{Page} explains what no source reports: {string.Join(", ", stale)}");
    }

    [TestMethod]
    public void A_code_means_one_thing()
    {
        var repeated = CodesInSources().GroupBy(found => found.Code).Where(group => group.Count() > 1)
            .Select(group => $"{group.Key} stands in {string.Join(", ", group.Select(found => found.Path))}").ToList();
        Assert.IsEmpty(repeated, string.Join(Environment.NewLine, repeated));
    }

    [TestMethod]
    public void Sections_are_in_order_and_say_something()
    {
        var sections = Section().Split(File.ReadAllText(Repository.PathOf(Page))).Skip(1).Chunk(2).ToList();
        Assert.AreSequenceEqual(
            sections.Select(section => section[0]).Order(StringComparer.Ordinal), sections.Select(section => section[0]));
        Assert.IsEmpty(sections.Where(section => string.IsNullOrWhiteSpace(section[1])).Select(section => section[0]));
    }

    private static List<(string Code, string Path)> CodesInSources() =>
    [
        .. from path in Repository.Sources("src", ".cs", ".targets", ".props")
           from Match match in CodeLiteral().Matches(File.ReadAllText(Repository.PathOf(path)))
           orderby match.Groups["code"].Value
           select (match.Groups["code"].Value, path),
    ];

    private static List<string> Sections() =>
        [.. Section().Matches(File.ReadAllText(Repository.PathOf(Page))).Select(match => match.Groups["code"].Value)];

    [GeneratedRegex("\"(?<code>CST[0-9]{4})\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CodeLiteral();

    [GeneratedRegex("^### (?<code>CST[0-9]{4})$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Section();
}
