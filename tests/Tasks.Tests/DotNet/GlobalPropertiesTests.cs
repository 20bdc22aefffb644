using ContainerStages.Tasks.DotNet;

namespace ContainerStages.Tasks.Tests.DotNet;

[TestClass]
public sealed class GlobalPropertiesTests
{
    // With BuildingSolutionFile MSBuild takes the configuration from every reference that the solution of that build does not name, and the
    // builder has no solution: libraries became Debug.
    [TestMethod]
    public void What_a_solution_says_of_itself_is_not_said_in_a_builder_that_has_no_solution()
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["BuildingSolutionFile"] = "true",
            ["CurrentSolutionConfigurationContents"] = "<SolutionConfiguration />",
            ["SolutionDir"] = "/repository/",
            ["SolutionPath"] = "/repository/all.slnx",
            ["Platform"] = "x64",
            ["Edition"] = "retail",
        };

        Assert.AreSequenceEqual(["Platform", "Edition"], GlobalProperties.Flowing(given).Select(property => property.Key).ToArray());
    }

    [TestMethod]
    [DataRow("<Project><Import Project='$(SolutionDir)eng/all.props' /></Project>", "SolutionDir SolutionName")]
    [DataRow("<Project />", "")]
    public void The_folder_of_a_solution_reaches_a_builder_whose_projects_use_it(string text, string expected)
    {
        using var folder = new TestFolder();
        var given = new Dictionary<string, string>(
            StringComparer.Ordinal) { ["SolutionDir"] = folder.Path + "/", ["SolutionName"] = "all", ["Edition"] = "retail" };

        Assert.AreEqual(
            expected,
            string.Join(' ', GlobalProperties.OfSolution(given, [folder.Write("a.csproj", text)]).Select(property => property.Key)));
        Assert.IsEmpty(GlobalProperties.OfSolution(new Dictionary<string, string>(StringComparer.Ordinal), [folder["a.csproj"]]));
    }
}
