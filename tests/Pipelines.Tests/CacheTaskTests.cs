using ContainerStages.TestKit;

namespace ContainerStages.Pipelines.Tests;

/// <summary>The bundled task ContainerStagesCache@1, which names a cache to the steps that follow.</summary>
[TestClass]
[TestCategory(Categories.EndToEnd)]
public sealed class CacheTaskTests(TestContext context)
{
    private const string From = "ContainerStagesCacheFrom";
    private const string To = "ContainerStagesCacheTo";

    [TestMethod]
    [DataRow(Extension.Node20, "dockerfile=Dockerfile")]
    [DataRow(Extension.Node24, "project=app.proj")]
    public async Task A_second_agent_finds_what_the_first_made(string node, string what)
    {
        using var shared = new TempFolder();
        using var first = Agent(shared);
        using var second = Agent(shared);
        using var empty = new TempFolder();
        using var third = Agent(empty);

        var made = await BuildAsync(first, node, what);
        var found = await BuildAsync(second, node, what);
        var other = await BuildAsync(third, node, what);

        Assert.AreEqual(made.Outputs["imageDigest"], found.Outputs["imageDigest"]);
        Assert.AreNotEqual(made.Outputs["imageDigest"], other.Outputs["imageDigest"]);
    }

    [TestMethod]
    public async Task The_key_is_that_of_the_lock_file_and_the_platforms()
    {
        using var agent = new FakeAgent();
        agent.Input("repository", "registry.example.com/acme/cache");
        agent.Input("platforms", "linux/amd64\nlinux-arm64");
        var none = Variables(await RunAsync(agent, Extension.Node20));
        Assert.AreEqual("linux-x64-linux-arm64", none["cacheKey"]);
        Assert.AreEqual("", none["cacheFolder"]);
        Assert.AreEqual("registry.example.com/acme/cache:linux-x64-linux-arm64", none[From]);

        agent.Write("containerstages.lock.json", "{}");
        var one = Variables(await RunAsync(agent, Extension.Node20));
        Assert.AreEqual($"registry.example.com/acme/cache:{one["cacheKey"]}", one[From]);
        Assert.AreEqual($"type=registry,ref={one[From]},mode=max", one[To]);
        Assert.StartsWith("linux-x64-linux-arm64-", one["cacheKey"]);

        agent.Input("lockFile", "containerstages.lock.json");
        Assert.AreEqual(one["cacheKey"], Variables(await RunAsync(agent, Extension.Node24))["cacheKey"]);
        agent.Write("containerstages.lock.json", "{ }");
        agent.Input("write", "false");
        var readOnly = Variables(await RunAsync(agent, Extension.Node20));
        Assert.AreNotEqual(one["cacheKey"], readOnly["cacheKey"]);
        Assert.AreEqual("", readOnly[To]);
    }

    [TestMethod]
    [DataRow("", "One of the inputs 'repository' and 'folder' must say where the cache is")]
    [DataRow("repository=r.example/a;folder=b", "are both given. Name one.")]
    [DataRow("repository=acme", "The input 'repository' is 'acme'. Valid: a registry and a name without tag")]
    [DataRow("folder=a,b", "A folder of a cache has no comma")]
    [DataRow("folder=a;lockFile=nowhere.json", "The input 'lockFile' names a file that is not there: ")]
    [DataRow("folder=a;platforms=linux/z80", "The input 'platforms' has 'linux/z80'. Valid: linux/amd64")]
    [DataRow("folder=a;write=maybe", "The input 'write' is 'maybe'. Valid: true, false.")]
    public async Task An_input_that_cannot_be_is_told(string inputs, string expected)
    {
        await Extension.GetAsync();
        using var agent = new FakeAgent();
        foreach (var input in inputs.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(input => input.Split('=')))
        {
            agent.Input(input[0], input[1]);
        }

        var program = Extension.TaskFile("ContainerStagesCache", "main.js");
        var run = (await agent.RunAsync(Extension.Node20, program, context.CancellationToken)).ShouldFail();

        Assert.HasCount(1, run.Errors, run.Log);
        Assert.Contains(expected, run.Errors[0]);
        Assert.IsEmpty(Variables(run));
    }

    // A command that says something else each time it runs.
    private static FakeAgent Agent(TempFolder shared)
    {
        var agent = new FakeAgent();
        const string say = "RUN cat /proc/sys/kernel/random/uuid > /said";
        agent.Write("Dockerfile", $"FROM alpine\n{say}\n");
        agent.Write("app.proj", $"""
            <Project Sdk="ContainerStages.Sdk/0.1.0">
              <ItemGroup><ContainerStage Include="app" From="alpine"><Steps><![CDATA[{say}]]></Steps></ContainerStage></ItemGroup>
            </Project>
            """);
        agent.Write("nuget.config", $"""
            <configuration>
              <packageSources><clear /><add key="packed" value="{Repository.PathOf("artifacts", "packages")}" /></packageSources>
            </configuration>
            """);
        agent.Input("folder", shared.Path);
        return agent;
    }

    private async Task<TaskRun> BuildAsync(FakeAgent agent, string node, string what)
    {
        foreach (var (name, value) in Variables(await RunAsync(agent, node)))
        {
            agent.Set(name.ToUpperInvariant(), value);
        }

        agent.Input(what.Split('=')[0], what.Split('=')[1]);
        agent.Input("repository", "acme/app");
        agent.Input("push", "false");
        return (await agent.RunAsync(node, Extension.TaskFile("ContainerStages", "main.js"), context.CancellationToken)).ShouldSucceed();
    }

    private async Task<TaskRun> RunAsync(FakeAgent agent, string node)
    {
        await Extension.GetAsync();
        var program = Extension.TaskFile("ContainerStagesCache", "main.js");
        return (await agent.RunAsync(node, program, context.CancellationToken)).ShouldSucceed();
    }

    private static Dictionary<string, string> Variables(TaskRun run) => run.Commands
        .Where(command => command.Name == "task.setvariable")
        .ToDictionary(command => command.Properties["variable"], command => command.Data, StringComparer.Ordinal);
}
