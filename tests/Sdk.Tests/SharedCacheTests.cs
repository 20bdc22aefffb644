using System.Text.Json;
using ContainerStages.TestKit;

namespace ContainerStages.Sdk.Tests;

/// <summary>A project that several machines build, each with a store of its own.</summary>
[TestClass]
[TestCategory(Categories.EndToEnd)]
public sealed class SharedCacheTests(TestContext context)
{
    [TestMethod]
    public async Task A_Go_module_is_published_from_the_cache_of_another_machine_and_compiles_with_its_packages()
    {
        using var project = await UserProject.CreateAsync(context);
        using var machines = new TempFolder();
        project.Write("hello.goproj", """
            <Project Sdk="ContainerStages.Sdk/0.1.0">
              <PropertyGroup>
                <ContainerStagesCacheFrom>shared; nothing-here</ContainerStagesCacheFrom>
                <ContainerStagesCacheTo>type=local,dest=shared,mode=max</ContainerStagesCacheTo>
              </PropertyGroup>
            </Project>
            """);
        project.Write("go.mod", "module example.com/hello\n\ngo 1.19\n");
        project.Write("main.go", "package main\n\nfunc main() { println(\"hello\") }\n");
        Directory.CreateDirectory(project.Full("shared"));
        Directory.CreateDirectory(project.Full("nothing-here"));

        var first = await PublishAsync(project, machines, "first");
        Assert.Contains("go build", first.All);
        var digest = Digest(project);

        var second = await PublishAsync(project, machines, "second");
        Assert.AreEqual(digest, Digest(project));
        Assert.DoesNotContain("pull ", second.All);

        project.Write("main.go", "package main\n\nfunc main() { println(\"changed\") }\n");
        var changed = await PublishAsync(project, machines, "third");
        Assert.AreNotEqual(digest, Digest(project));
        Assert.Contains("import cache mount", changed.All);

        var wrong = await project.DotnetAsync(Machine(machines, "third"), "publish", "-p:ContainerStagesCacheMounts=few",
            "-p:ContainerStagesCacheTo=type=gha");
        Assert.AreSequenceEqual(["hello.goproj: error CST6606"], wrong.ShouldFail().Diagnostics);
        wrong = await project.DotnetAsync(Machine(machines, "third"), "publish", "-p:ContainerStagesCacheTo=type=gha");
        Assert.Contains("error CST6607", wrong.ShouldFail().All);
    }

    private static async Task<CommandResult> PublishAsync(UserProject project, TempFolder machines, string machine) =>
        (await project.DotnetAsync(Machine(machines, machine), "publish", "-v:normal")).ShouldSucceed();

    private static Dictionary<string, string> Machine(TempFolder machines, string name) =>
        new(StringComparer.Ordinal) { ["CONTAINERSTAGES_STORE"] = machines.Combine(name) };

    private static string Digest(UserProject project)
    {
        using var result = JsonDocument.Parse(project.Read("obj/containerstages/result.json"));
        return result.RootElement.GetProperty("manifestDigest").GetString()!;
    }
}
