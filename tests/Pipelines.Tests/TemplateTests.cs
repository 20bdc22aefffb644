using System.Text.Json;
using System.Text.RegularExpressions;
using ContainerStages.TestKit;

namespace ContainerStages.Pipelines.Tests;

/// <summary>The YAML templates for Azure Pipelines: what they name exists.</summary>
[TestClass]
[TestCategory(Categories.EndToEnd)]
public sealed partial class TemplateTests
{
    private static readonly string Folder = Repository.PathOf("pipelines", "azure-devops", "templates");

    [TestMethod]
    [DataRow("publish-steps.yml")]
    [DataRow("publish-job.yml")]
    public async Task A_template_names_inputs_and_parameters_that_exist(string name)
    {
        var template = await ActionRunner.ReadAsync(Path.Combine(Folder, name));
        var declared = Parameters(template);
        var used = Parameter().Matches(await File.ReadAllTextAsync(Path.Combine(Folder, name)))
            .Select(match => match.Groups["name"].Value)
            .ToHashSet(StringComparer.Ordinal);
        CollectionAssert.AreEquivalent(declared.ToArray(), used.ToArray());

        foreach (var step in Objects(template).Where(
            one => one.TryGetProperty("inputs", out _) && one.GetProperty("task").GetString() == "ContainerStages@1"))
        {
            Assert.IsEmpty(step.GetProperty("inputs")
                .EnumerateObject()
                .Select(input => input.Name)
                .Except(TaskDefinition.Read("ContainerStages").Inputs, StringComparer.Ordinal));
        }

        foreach (var other in Objects(template).Where(one => one.TryGetProperty("template", out _)))
        {
            var known = Parameters(await ActionRunner.ReadAsync(Path.Combine(Folder, other.GetProperty("template").GetString()!)));
            Assert.IsEmpty(other.GetProperty("parameters").EnumerateObject().Select(one => one.Name).Except(known, StringComparer.Ordinal));
        }
    }

    [TestMethod]
    public async Task The_samples_name_inputs_and_outputs_that_exist()
    {
        var azure = Repository.PathOf("samples", "pipelines", "azure-pipelines.yml");
        var task = TaskDefinition.Read("ContainerStages");
        var step = Objects(await ActionRunner.ReadAsync(azure))
            .Single(one => one.TryGetProperty("task", out var name) && name.GetString() == "ContainerStages@1");
        var inputs = step.GetProperty("inputs");
        // An input that depends on a condition stands below it.
        var conditions = inputs.EnumerateObject().Where(input => input.Value.ValueKind == JsonValueKind.Object).ToList();
        var names = Names(inputs).Except(conditions.Select(input => input.Name)).Concat(conditions.SelectMany(input => Names(input.Value)));
        Assert.IsEmpty(names.Except(task.Inputs, StringComparer.Ordinal));

        var workflow = Repository.PathOf("samples", "pipelines", "github.yml");
        var action = await ActionRunner.ReadAsync(Repository.PathOf("pipelines", "github", "action.yml"));
        var used = Objects(await ActionRunner.ReadAsync(workflow)).Single(UsesAction);
        Assert.IsEmpty(Names(used.GetProperty("with")).Except(Names(action.GetProperty("inputs")), StringComparer.Ordinal));
        var outputs = Output().Matches(await File.ReadAllTextAsync(workflow)).Select(match => match.Groups["name"].Value).ToList();
        Assert.IsNotEmpty(outputs);
        Assert.IsEmpty(outputs.Except(Names(action.GetProperty("outputs")), StringComparer.Ordinal));
    }

    [TestMethod]
    public async Task The_action_and_the_sample_are_what_GitHub_reads()
    {
        var action = Repository.PathOf("pipelines", "github", "action.yml");
        var workflow = Repository.PathOf("samples", "pipelines", "github.yml");
        using var folder = new TempFolder();
        var wrongAction =
            folder.Write("action.yml", File.ReadAllText(action).Replace("\noutputs:", "\nresults:", StringComparison.Ordinal));
        var wrongWorkflow = folder.Write("flow.yml", File.ReadAllText(workflow).Replace("runs-on:", "runs:", StringComparison.Ordinal));

        var problems = await PublishedSchemas.CheckAsync("github.mjs", action, workflow);
        var others = await PublishedSchemas.CheckAsync("github.mjs", wrongAction, wrongWorkflow);

        Assert.AreEqual("", string.Join('\n', problems));
        Assert.Contains(problem => problem.Contains("Unexpected value 'results'", StringComparison.Ordinal), others);
        Assert.Contains(problem => problem.Contains("Required property is missing: runs-on", StringComparison.Ordinal), others);
    }

    private static bool UsesAction(JsonElement step) =>
        step.TryGetProperty("uses", out var name) && name.GetString()!.Contains("/pipelines/github@", StringComparison.Ordinal);

    private static IEnumerable<string> Names(JsonElement json) => json.EnumerateObject().Select(member => member.Name);

    private static IReadOnlyList<string> Parameters(JsonElement template) =>
        [.. template.GetProperty("parameters").EnumerateArray().Select(one => one.GetProperty("name").GetString()!)];

    /// <summary>Every object of a document, however deep.</summary>
    private static IEnumerable<JsonElement> Objects(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().SelectMany(member => Objects(member.Value)).Prepend(json),
        JsonValueKind.Array => json.EnumerateArray().SelectMany(Objects),
        _ => [],
    };

    [GeneratedRegex(@"steps\.image\.outputs\.(?<name>[\w-]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Output();

    [GeneratedRegex(@"parameters\.(?<name>\w+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Parameter();
}
