using ContainerStages.TestKit;

namespace ContainerStages.Pipelines.Tests;

/// <summary>The command line by its name: the tool package, and the task ContainerStagesInstall@1.</summary>
[TestClass]
[TestCategory(Categories.EndToEnd)]
public sealed class InstallTests(TestContext context)
{
    private const string Task = "ContainerStagesInstall";
    private const string Password = "password-of-the-feed";

    [TestMethod]
    public async Task The_tool_is_installed_by_its_name_into_an_empty_home_and_builds()
    {
        using var agent = WithDockerfile();

        var run = await FakeAgent.EndAsync(agent.Start("bash", "-ec", """
            dotnet tool install --global dotnet-stages
            PATH=$HOME/.dotnet/tools:$PATH
            command -v dotnet-stages
            dotnet stages build -t example .
            dotnet stages images --format json
            """), context.CancellationToken);

        Assert.AreEqual(0, run.ExitCode, run.Log);
        Assert.Contains("/home/.dotnet/tools/dotnet-stages", run.Log);
        Assert.Contains("example", run.Lines.Single(line => line.StartsWith('{')));
    }

    [TestMethod]
    public async Task The_tool_builds_without_being_installed()
    {
        using var agent = WithDockerfile();

        var run = await FakeAgent.EndAsync(agent.Start("bash", "-ec", """
            PATH=$(dirname "$(readlink -f "$(command -v dotnet)")"):$PATH
            dnx --yes dotnet-stages build -t example .
            dnx --yes dotnet-stages images --format json
            test ! -e "$HOME/.dotnet/tools"
            """), context.CancellationToken);

        Assert.AreEqual(0, run.ExitCode, run.Log);
        Assert.Contains("example", run.Lines.Single(line => line.StartsWith('{')));
    }

    [TestMethod]
    public async Task A_pinned_version_is_put_on_the_path_from_a_feed_that_wants_a_login()
    {
        await Extension.GetAsync();
        await using var feed = new PackageFeed(Password);
        using var agent = new FakeAgent();
        agent.Set("AGENT_TOOLSDIRECTORY", Path.Combine(agent.Temporary, "tools"));
        agent.Input("version", "0.1.0");
        agent.Input("feed", feed.Index);
        agent.Input("nuGetServiceConnections", "f1");
        agent.Connect("f1", feed.Index, "UsernamePassword", ("username", PackageFeed.User), ("password", Password));

        var run = (await agent.RunAsync(Extension.Node20, Extension.TaskFile(Task, "main.js"), context.CancellationToken)).ShouldSucceed();
        var again =
            (await agent.RunAsync(Extension.Node24, Extension.TaskFile(Task, "main.js"), context.CancellationToken)).ShouldSucceed();

        var folder = run.Commands.Single(command => command.Name == "task.prependpath").Data;
        Assert.AreEqual(folder, run.Outputs["toolFolder"]);
        Assert.AreEqual("dotnet-stages 0.1.0", (await RealTool.RunAsync(Path.Combine(folder, "dotnet-stages"), "--version")).Trim());
        run.ShouldMask(Password);
        Assert.IsTrue(again.Lines.Any(line => line.EndsWith("already.", StringComparison.Ordinal)), again.Log);
        Assert.AreEqual(folder, again.Outputs["toolFolder"]);
    }

    [TestMethod]
    [DataRow("latest", "The input 'version' is 'latest'. Valid: one version in full, such as 0.1.0.")]
    [DataRow("9.9.9", "dotnet-stages 9.9.9 cannot be installed from")]
    public async Task A_version_that_cannot_be_had_is_told(string version, string expected)
    {
        await Extension.GetAsync();
        using var agent = new FakeAgent();
        agent.Set("AGENT_TOOLSDIRECTORY", Path.Combine(agent.Temporary, "tools"));
        agent.Input("version", version);
        agent.Input("feed", Repository.PathOf("artifacts", "packages"));

        var run = (await agent.RunAsync(Extension.Node20, Extension.TaskFile(Task, "main.js"), context.CancellationToken)).ShouldFail();

        Assert.Contains(expected, run.Errors[^1]);
        Assert.IsEmpty(run.Commands.Where(command => command.Name == "task.prependpath"));
    }

    private static FakeAgent WithDockerfile()
    {
        var agent = new FakeAgent();
        agent.Write(
            "nuget.config",
            $"""<configuration><packageSources><clear /><add key="packed" value="{Repository.PathOf("artifacts", "packages")}" /></packageSources></configuration>""");
        agent.Write("Dockerfile", "FROM scratch\nCOPY a /\n");
        agent.Write("a", "hello");
        return agent;
    }
}
