using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Documentation;

/// <summary>docs/security.md names a test for each thing that it says is held.</summary>
[TestClass]
public sealed class SecurityPageTests
{
    private static readonly string Page = File.ReadAllText(Repository.PathOf("docs", "security.md"));

    [TestMethod]
    public void Every_test_that_is_named_exists() => Assert.IsEmpty(NamedTests.Missing(Page));

    [TestMethod]
    public void Every_row_of_what_is_held_names_its_test()
    {
        var held = Page[..Page.IndexOf("## What is not held", StringComparison.Ordinal)];
        var rows = held.Split('\n')
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| what", StringComparison.Ordinal))
            .ToList();
        Assert.IsNotEmpty(rows);
        Assert.IsEmpty(rows.Where(row => NamedTests.Of(row).Count == 0).ToList());
    }
}
