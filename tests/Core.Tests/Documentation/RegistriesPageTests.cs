using ContainerStages.TestKit;
using ContainerStages.TestKit.Faults;

namespace ContainerStages.Core.Tests.Documentation;

/// <summary>
/// docs/registries.md names a test for each thing that it says is supported, and every fault with its outcome. UPDATE_GOLDEN=1 writes the
/// faults anew.
/// </summary>
[TestClass]
public sealed class RegistriesPageTests
{
    private const string Start = "<!-- faults -->\n";
    private const string End = "<!-- end of faults -->";
    private static readonly string Path = Repository.PathOf("docs", "registries.md");

    [TestMethod]
    public void Every_test_that_is_named_exists()
    {
        Assert.IsNotEmpty(NamedTests.Of(File.ReadAllText(Path)));
        Assert.IsEmpty(NamedTests.Missing(File.ReadAllText(Path)));
    }

    [TestMethod]
    public void Every_row_of_what_is_supported_names_its_test()
    {
        var page = File.ReadAllText(Path);
        var supported = page[..page.IndexOf(Start, StringComparison.Ordinal)];
        var rows = supported.Split('\n')
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| what", StringComparison.Ordinal))
            .ToList();
        Assert.IsNotEmpty(rows);
        Assert.IsEmpty(rows.Where(row => NamedTests.Of(row).Count == 0).ToList());
    }

    [TestMethod]
    public void The_faults_are_those_of_the_tests_with_their_outcomes()
    {
        var page = File.ReadAllText(Path);
        var (before, after) =
            (page[..(page.IndexOf(Start, StringComparison.Ordinal) + Start.Length)], page[page.IndexOf(End, StringComparison.Ordinal)..]);
        var expected = before + Faults() + after;
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(Path, expected);
        }

        Assert.AreEqual(expected, File.ReadAllText(Path));
    }

    private static string Faults() => string.Concat(Enum.GetValues<FaultedAction>().Select(action =>
        $"\n{action} ({RegistryFaults.All.Count(fault => fault.Action == action)}):\n\n| fault | outcome |\n|---|---|\n"
        + string.Concat(
            RegistryFaults.All.Where(fault => fault.Action == action)
                .Select(
                    fault =>
                        $"| {fault.Name} | {(fault.Code is { } code ? $"[{code}](diagnostics.md#{code.ToLowerInvariant()})" : "works in the end")} |\n")))) + "\n";
}
