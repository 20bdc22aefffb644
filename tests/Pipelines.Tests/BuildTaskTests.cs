using System.Text;
using ContainerStages.TestKit;

namespace ContainerStages.Pipelines.Tests;

/// <summary>The bundled task ContainerStages@1 against the real program and a real registry that wants a login.</summary>
[TestClass]
[TestCategory(Categories.EndToEnd)]
public sealed class BuildTaskTests(TestContext context)
{
    private const string Task = "ContainerStages";
    private const string Connection = "4b1d";

    [TestMethod]
    [DataRow(Extension.Node20)]
    [DataRow(Extension.Node24)]
    public async Task A_Dockerfile_is_built_and_pushed_with_the_login_of_a_connection(string node)
    {
        await Extension.GetAsync();
        await using var registry = await RegistryServer.StartWithPasswordAsync(context.CancellationToken);
        using var agent = new FakeAgent();
        Connect(agent, registry);
        agent.Write(
            "app/Dockerfile",
            "FROM scratch AS unused\nCOPY a /\nFROM alpine\nRUN echo '##vso[task.setvariable variable=PATH]evil' | tee /said\nCOPY a /\n");
        agent.Write("app/a", "hello");
        agent.Input("dockerfile", "app/Dockerfile");
        agent.Input("repository", "acme/App");
        agent.Input("tags", "42\nlatest");
        agent.Input("context", "**");
        agent.Input("addPipelineData", "true");
        agent.Input("archiveOutputPath", "out.tar");
        agent.Input("sbom", "app.spdx.json");
        agent.Input("arguments", "--build-arg A=1\n--label 'note=two words'");
        agent.Set("BUILD_SOURCEVERSION", "0123abcd");

        var run = (await agent.RunAsync(node, Extension.TaskFile(Task, "main.js"), context.CancellationToken)).ShouldSucceed();

        var digest = run.Outputs["imageDigest"];
        Assert.AreEqual($"{registry.Host}/acme/app:42@{digest}", run.Outputs["imageReference"]);
        Assert.AreEqual("42,latest", run.Outputs["imageTags"]);
        Assert.AreEqual(Path.Combine(agent.Sources, "out.tar"), run.Outputs["archivePath"]);
        Assert.AreEqual(Path.Combine(agent.Sources, "app.spdx.json"), run.Outputs["sbomPath"]);
        Assert.AreEqual("false", run.Outputs["upToDate"]);
        var configuration = await RealTool.RunAsync(
            "skopeo",
            "inspect",
            "--config",
            "--tls-verify=false",
            "--creds",
            $"{RegistryServer.User}:{RegistryServer.Password}",
            $"docker://{registry.Host}/acme/app@{digest}");
        Assert.Contains("\"com.azure.dev.image.build.sourceversion\": \"0123abcd\"", configuration);
        Assert.Contains("\"note\": \"two words\"", configuration);
        Assert.Contains($"- `{registry.Host}/acme/app:latest`", run.Summary!);
        Assert.Contains("| COPY a / |", run.Summary!);
        Assert.Contains("RUN echo", run.Summary!);

        // What a build prints is no command, and a password is in no line before it is masked.
        Assert.DoesNotContain(
            "PATH", run.Commands.Where(command => command.Name == "task.setvariable").Select(command => command.Properties["variable"]));
        Assert.Contains("##_vso[task.setvariable variable=PATH]evil", run.Log);
        run.ShouldMask(
            RegistryServer.Password, Convert.ToBase64String(Encoding.UTF8.GetBytes($"{RegistryServer.User}:{RegistryServer.Password}")));
        Assert.IsEmpty(agent.LoginFiles);
    }

    [TestMethod]
    public async Task An_error_stands_at_its_line_and_no_login_stays()
    {
        await Extension.GetAsync();
        await using var registry = await RegistryServer.StartWithPasswordAsync(context.CancellationToken);
        using var agent = new FakeAgent();
        Connect(agent, registry);
        agent.Write("Dockerfile", "FROM alpine\n\nCOPY nothing /\n");
        agent.Input("dockerfile", "Dockerfile");
        agent.Input("repository", "acme/app");

        var run = (await agent.RunAsync(Extension.Node24, Extension.TaskFile(Task, "main.js"), context.CancellationToken)).ShouldFail();

        Assert.HasCount(1, run.Errors, run.Log);
        Assert.StartsWith("Dockerfile(3): CST", run.Errors[0]);
        Assert.IsEmpty(agent.LoginFiles);
        Assert.IsEmpty(run.Outputs);
    }

    [TestMethod]
    [DataRow("INT")]
    [DataRow("TERM")]
    public async Task A_cancelled_job_leaves_no_login_and_no_program(string signal)
    {
        await Extension.GetAsync();
        await using var registry = await RegistryServer.StartWithPasswordAsync(context.CancellationToken);
        using var agent = new FakeAgent();
        Connect(agent, registry);
        var mark = $"3{Random.Shared.Next(1_000_000, 9_999_999)}";
        agent.Write("Dockerfile", $"FROM alpine\nRUN echo it runs && sleep {mark}\n");
        agent.Input("dockerfile", "Dockerfile");
        agent.Input("repository", "acme/app");
        using var process = agent.Start(Extension.Node(Extension.Node20), Extension.TaskFile(Task, "main.js"));
        var lines = new List<string>();
        while (!lines.Any(line => line.EndsWith("| it runs", StringComparison.Ordinal))
            && await process.StandardOutput.ReadLineAsync(context.CancellationToken) is { } line)
        {
            lines.Add(line);
        }

        Assert.HasCount(1, agent.LoginFiles, string.Join('\n', lines));
        Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(agent.LoginFiles[0]));
        await RealTool.RunAsync("kill", $"-{signal}", $"{process.Id}");
        var run = await FakeAgent.EndAsync(process, context.CancellationToken);

        Assert.AreEqual("Cancelled", run.Result, run.Log);
        Assert.IsEmpty(agent.LoginFiles);
        Assert.IsEmpty(RunningProcesses.Find($"sleep {mark}"));
    }

    [TestMethod]
    public async Task After_the_job_the_logins_of_a_killed_step_go_too()
    {
        await Extension.GetAsync();
        using var agent = new FakeAgent();
        var file = Path.Combine(agent.Temporary, "containerstages-logins", "docker-x1", "config.json");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, "{}", context.CancellationToken);

        (await agent.RunAsync(Extension.Node20, Extension.TaskFile(Task, "cleanup.js"), context.CancellationToken)).ShouldSucceed();

        Assert.IsEmpty(agent.LoginFiles);
    }

    [TestMethod]
    public async Task An_agent_that_is_too_old_is_told_which_one_it_takes()
    {
        await Extension.GetAsync();
        using var agent = new FakeAgent();
        agent.Set("AGENT_VERSION", "3.220.5");

        var run = (await agent.RunAsync(Extension.Node20, Extension.TaskFile(Task, "main.js"), context.CancellationToken)).ShouldFail();

        Assert.AreEqual(
            $"Agent version {TaskDefinition.Read(Task).MinimumAgentVersion} or higher is required. Detected Agent version: 3.220.5",
            run.Errors.Single());
    }

    private static void Connect(FakeAgent agent, RegistryServer registry)
    {
        agent.Input("containerRegistry", Connection);
        agent.Connect(
            Connection,
            $"http://{registry.Host}",
            "UsernamePassword",
            ("username", RegistryServer.User),
            ("password", RegistryServer.Password),
            ("registry", $"http://{registry.Host}"));
    }
}
