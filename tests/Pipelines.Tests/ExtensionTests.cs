using System.IO.Compression;
using System.Text.Json;
using ContainerStages.TestKit;

namespace ContainerStages.Pipelines.Tests;

/// <summary>The vsix as the Marketplace gets it, and the pages about it.</summary>
[TestClass]
[TestCategory(Categories.EndToEnd)]
public sealed class ExtensionTests
{
    /// <summary>Of each task; what an agent downloads once per version.</summary>
    private const int LargestTask = 500_000;

    [TestMethod]
    public async Task Every_contribution_of_the_extension_has_its_files_in_it()
    {
        await Extension.GetAsync();
        using var vsix = await ZipFile.OpenReadAsync(Extension.Vsix);
        using var manifest = JsonDocument.Parse(await ReadAsync(vsix, "extension.vsomanifest"));
        var tasks = manifest.RootElement.GetProperty("contributions").EnumerateArray()
            .Select(contribution => contribution.GetProperty("properties").GetProperty("name").GetString()!).ToList();

        CollectionAssert.AreEquivalent(
            Directory.GetDirectories(Repository.PathOf("pipelines", "azure-devops", "tasks")).Select(Path.GetFileName).ToList(), tasks);
        foreach (var task in tasks)
        {
            var folder = $"{task}/{task}V1";
            var definition = TaskDefinition.Parse(await ReadAsync(vsix, $"{folder}/task.json"));
            foreach (var file in definition.Programs.Concat(["icon.png", "LICENSES.txt"]))
            {
                Assert.IsNotNull(vsix.GetEntry($"{folder}/{file}"), $"{folder}/{file}");
            }

            Assert.Contains("azure-pipelines-task-lib", await ReadAsync(vsix, $"{folder}/LICENSES.txt"));
            Assert.IsLessThan(
                LargestTask,
                vsix.Entries.Where(entry => entry.FullName.StartsWith(folder, StringComparison.Ordinal)).Sum(entry => entry.Length));
        }

        var page = await ReadAsync(vsix, "overview.md");
        Assert.StartsWith("# Azure DevOps", page);
        Assert.DoesNotContain(".md)", page);
    }

    [TestMethod]
    [DataRow("ContainerStages")]
    [DataRow("ContainerStagesCache")]
    [DataRow("ContainerStagesInstall")]
    public void A_task_runs_on_both_handlers_and_sets_its_outputs_alone(string task)
    {
        var json = TaskDefinition.Read(task).Json;
        CollectionAssert.AreEquivalent(
            new[] { "Node20_1", "Node24" }, json.GetProperty("execution").EnumerateObject().Select(handler => handler.Name).ToArray());
        var settable = json.GetProperty("restrictions")
            .GetProperty("settableVariables")
            .GetProperty("allowed")
            .EnumerateArray()
            .Select(name => name.GetString())
            .ToArray();
        var ofLaterSteps = new[] { "PATH", "ContainerStagesCacheFrom", "ContainerStagesCacheTo" };
        CollectionAssert.AreEqual(TaskDefinition.Read(task).Outputs.ToArray(), settable.Except(ofLaterSteps).ToArray());
        foreach (var input in json.GetProperty("inputs").EnumerateArray())
        {
            Assert.IsNotEmpty(input.GetProperty("helpMarkDown").GetString()!, input.GetProperty("name").GetString());
        }
    }

    [TestMethod]
    [DataRow("ContainerStages")]
    [DataRow("ContainerStagesCache")]
    [DataRow("ContainerStagesInstall")]
    public void The_page_has_every_input_and_output_in_order(string task)
    {
        var definition = TaskDefinition.Read(task);
        CollectionAssert.AreEqual(definition.Inputs.Concat(definition.Outputs).ToArray(), NamesOfTables("azure-devops.md", $"## {task}@1"));
    }

    /// <summary>The first column of the tables of a section.</summary>
    internal static string[] NamesOfTables(string page, string heading) =>
        [.. File.ReadLines(Repository.PathOf("docs", page)).SkipWhile(line => line != heading).Skip(1).TakeWhile(
            line => !line.StartsWith("## ", StringComparison.Ordinal))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('`')[1])];

    private static async Task<string> ReadAsync(ZipArchive vsix, string name)
    {
        using var reader =
            new StreamReader(await (vsix.GetEntry(name) ?? throw new AssertFailedException($"{name} is not in the vsix")).OpenAsync());
        return await reader.ReadToEndAsync();
    }
}
