using System.Diagnostics;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Documentation;

[TestClass]
public sealed partial class PagesTests
{
    [TestMethod]
    public void Links_lead_to_files_that_exist()
    {
        var dead =
            from page in Page.All()
            from target in page.Links()
            where !Path.Exists(Repository.PathOf(Path.GetDirectoryName(page.Path)!, target))
            select $"{page.Path}: {target}";
        AssertNone(dead);
    }

    [TestMethod]
    public void The_navigation_names_every_page_once()
    {
        var navigation = File.ReadAllText(Repository.PathOf("mkdocs.yml"));
        var named = NamedPage().Matches(navigation).Select(match => match.Groups["page"].Value).Order(StringComparer.Ordinal);
        var pages = Repository.Sources("docs", ".md").Select(path => Path.GetRelativePath("docs", path)).Order(StringComparer.Ordinal);
        Assert.AreSequenceEqual(pages, named);
    }

    [TestMethod]
    public void Every_sample_has_a_row()
    {
        var page = File.ReadAllText(Repository.PathOf("samples", "README.md"));
        var samples = Directory.GetDirectories(Repository.PathOf("samples")).Select(folder => Path.GetFileName(folder));
        AssertNone(samples.Where(sample => sample is not ("bin" or "obj") && !page.Contains($"`{sample}`", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void Project_files_in_pages_are_well_formed()
    {
        var broken =
            from page in Page.All()
            from snippet in page.Snippets()
            where snippet.Language == "xml"
            let problem = ProblemOfXml(snippet.Text)
            where problem is not null
            select $"{snippet.Place}: {problem}";
        AssertNone(broken);
    }

    [TestMethod]
    public void Projects_in_pages_name_the_version_that_is_packed()
    {
        var version = XDocument.Load(Repository.PathOf("Directory.Build.props")).Descendants("Version").Single().Value;
        var others =
            from page in Page.All()
            from Match match in NamedVersion().Matches(page.Text)
            where match.Groups["version"].Value != version
            select $"{page.Path} names version {match.Groups["version"].Value}, packed is {version}";
        AssertNone(others);
    }

    [TestMethod]
    public void Commands_in_pages_are_valid_shell()
    {
        var broken =
            from page in Page.All()
            from snippet in page.Snippets()
            where snippet.Language == "sh"
            let problem = ProblemOfShell(snippet.Text)
            where problem.Length > 0
            select $"{snippet.Place}: {problem}";
        AssertNone(broken);
    }

    [TestMethod]
    public void Scripts_in_pages_exist_and_can_be_executed()
    {
        var missing =
            from page in Page.All()
            from Match match in Script().Matches(page.Text)
            let path = Repository.PathOf(match.Value)
            where !File.Exists(path) || !File.GetUnixFileMode(path).HasFlag(UnixFileMode.UserExecute)
            select $"{page.Path}: {match.Value}";
        AssertNone(missing);
    }

    /// <summary>A snippet is a document or a part of one; a project's first line may stand for the whole.</summary>
    private static string? ProblemOfXml(string text)
    {
        if (text.StartsWith("<Project", StringComparison.Ordinal)
            && text.TrimEnd().IndexOf('\n', StringComparison.Ordinal) < 0
            && !text.Contains("/>", StringComparison.Ordinal))
        {
            text += "</Project>";
        }

        try
        {
            XElement.Parse($"<snippet>{text}</snippet>");
            return null;
        }
        catch (XmlException problem)
        {
            return problem.Message;
        }
    }

    private static string ProblemOfShell(string text)
    {
        using var bash = Process.Start(
            new ProcessStartInfo("bash", ["-n"]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardError = true })!;
        bash.StandardInput.Write(text);
        bash.StandardInput.Close();
        return bash.StandardError.ReadToEnd();
    }

    private static void AssertNone(IEnumerable<string> found)
    {
        var list = found.Distinct().ToList();
        Assert.IsEmpty(list, string.Join(Environment.NewLine, list));
    }

    [GeneratedRegex(@"^ +- .+: (?<page>\S+\.md)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NamedPage();

    [GeneratedRegex(@"ContainerStages\.Sdk/(?<version>\d[\w.-]*)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NamedVersion();

    [GeneratedRegex(@"(?<![\w/])build/\w+\.sh", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Script();
}
