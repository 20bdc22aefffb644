using System.Text.RegularExpressions;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Architecture;

/// <summary>What holds for every file of the clone. <c>TestContext</c> tells which files come near a limit.</summary>
[TestClass]
public sealed partial class SourceTreeTests(TestContext context)
{
    private const int RarelyOver = 300;
    private const int NeverOver = 500;
    private const int Columns = 140;
    private static readonly string[] Code = [".cs", ".sh"];
    private static readonly string[] Text =
        [".cs", ".sh", ".md", ".props", ".targets", ".csproj", ".goproj", ".json", ".yml", ".yaml", ".mod", ".go", ".sln", ".rsp", ".conf"];

    [TestMethod]
    [DataRow("src")]
    [DataRow("tests")]
    [DataRow("build")]
    public void Files_are_short(string folder)
    {
        var lengths = Repository.Sources(folder, Code)
            .Select(path => (Path: path, Lines: File.ReadLines(Repository.PathOf(path)).Count()))
            .OrderBy(file => file.Lines)
            .ToList();
        var longOnes = lengths.Where(file => file.Lines > RarelyOver).ToList();
        foreach (var (path, lines) in longOnes)
        {
            context.WriteLine($"{path} has {lines} lines");
        }

        Assert.IsEmpty(longOnes.Where(file => file.Lines > NeverOver), $"no file may have more than {NeverOver} lines");
        Assert.IsLessThanOrEqualTo(lengths.Count / 10, longOnes.Count, $"more than a tenth of {folder} has over {RarelyOver} lines");
    }

    /// <summary>What is left in tests are documents in raw strings, whose lines are as long as they are. The number only falls.</summary>
    [TestMethod]
    [DataRow("src", 0)]
    [DataRow("tests", 100)]
    [DataRow("build", 0)]
    public void No_further_line_is_longer_than_140_columns(string folder, int left)
    {
        var longOnes =
            (from path in Repository.Sources(folder, Code)
             from line in File.ReadLines(Repository.PathOf(path)).Index()
             where line.Item.Length > Columns
             select $"{path}({line.Index + 1})").ToList();
        foreach (var place in longOnes)
        {
            context.WriteLine(place);
        }

        Assert.IsLessThanOrEqualTo(
            left,
            longOnes.Count,
            $"{folder} has {longOnes.Count} lines over {Columns} columns, and may have {left}: wrap those that were added.");
    }

    [TestMethod]
    public void Fields_have_no_underscore()
    {
        var found =
            from path in Repository.Sources("src", [".cs"])
            from line in File.ReadLines(Repository.PathOf(path)).Index()
            where Underscored().IsMatch(line.Item)
            select $"{path}({line.Index + 1}): {line.Item.Trim()}";
        Assert.IsEmpty(found.ToList(), string.Join(Environment.NewLine, found));
    }

    [TestMethod]
    public void No_file_names_a_place_that_only_one_machine_has()
    {
        var here = new[] { Repository.Root + "/", $"{Path.GetDirectoryName(Repository.Root)}/" }
            .Where(path => path.Count(c => c == '/') > 2)
            .ToList();
        var found =
            from path in Repository.Sources(".", Text)
            from line in File.ReadLines(Repository.PathOf(path)).Index()
            where here.Any(line.Item.Contains) || HomeFolder().IsMatch(line.Item) || NamesThisMachine(line.Item)
            select $"{path}({line.Index + 1}): {line.Item.Trim()}";
        Assert.IsEmpty(found.ToList(), string.Join(Environment.NewLine, found));
    }

    private static bool NamesThisMachine(string line) =>
        Environment.MachineName is { Length: > 3 } name
            && name.Any(c => char.IsDigit(c) || c == '-')
            && line.Contains(name, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"^ +(?:private|protected|internal) [^(]*\b_[a-z]\w*(?: =|;)", RegexOptions.None, 1000)]
    private static partial Regex Underscored();

    [GeneratedRegex(@"(?<![\w.$}])/(?:home|Users)/[a-z]\w*/|[A-Z]:\\Users\\", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HomeFolder();
}
