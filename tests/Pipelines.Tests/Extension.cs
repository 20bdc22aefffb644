using System.Diagnostics;
using ContainerStages.TestKit;

namespace ContainerStages.Pipelines.Tests;

/// <summary>
/// The extension as build/pipelines.sh makes it, once per run; nothing is done where the sources are those of the last one.
/// </summary>
internal static class Extension
{
    public const string Node20 = "node20";
    public const string Node24 = "node24";

    private static readonly Lazy<Task> Made = new(MakeAsync);

    public static string Vsix => Repository.PathOf("artifacts", "packages", "containerstages.containerstages-0.1.0.vsix");

    public static Task GetAsync() => Made.Value;

    /// <summary>A file of a task as an agent has it.</summary>
    public static string TaskFile(string task, string name) =>
        Repository.PathOf("artifacts", "pipelines", "extension", task, $"{task}V1", name);

    /// <summary>The program of one of the agent's handlers.</summary>
    public static string Node(string version) => Repository.PathOf("artifacts", "pipelines", "node_modules", version, "bin", "node");

    /// <summary>The script that runs a task with the mock runner.</summary>
    public static string Scenario => Repository.PathOf("artifacts", "pipelines", "compiled", "l0", "scenario.js");

    private static async Task MakeAsync() => await RealTool.RunAsync("bash", Repository.PathOf("build", "pipelines.sh"));
}
