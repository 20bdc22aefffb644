using ContainerStages.TestKit;

namespace ContainerStages.Pipelines.Tests;

/// <summary>The GitHub action against the real programs and a real registry that wants a login.</summary>
[TestClass]
[TestCategory(Categories.EndToEnd)]
public sealed class ActionTests(TestContext context)
{
    [TestMethod]
    public async Task A_Dockerfile_is_built_and_pushed_with_the_login_of_the_inputs()
    {
        await using var registry = await RegistryServer.StartWithPasswordAsync(context.CancellationToken);
        using var runner = new ActionRunner();
        Login(runner, registry);
        runner.Write("app/Dockerfile", "FROM alpine\nRUN echo '::error::evil $(id) <b>' | tee /said\nCOPY a /\n");
        runner.Write("app/a", "hello");
        runner.Input("dockerfile", "app/Dockerfile");
        runner.Input("repository", "acme/app");
        runner.Input("tags", "1.0\nlatest");
        runner.Input("archive-output-path", "out.tar");
        runner.Input("arguments", "--label 'note=two words'");
        runner.Input("report", "report.md");
        runner.Input("sbom", "app.spdx.json\napp.cdx.json");
        runner.Input("cache-from", $"{registry.Host}/acme/cache");
        runner.Input("cache-to", $"type=registry,ref={registry.Host}/acme/cache,mode=max");

        var run = (await runner.RunAsync(context.CancellationToken)).ShouldSucceed();

        var digest = run.Outputs["image-digest"];
        Assert.AreEqual($"{registry.Host}/acme/app:1.0@{digest}", run.Outputs["image-reference"]);
        Assert.AreEqual("1.0,latest", run.Outputs["image-tags"]);
        Assert.EndsWith("out.tar", run.Outputs["archive-path"]);
        Assert.AreEqual("false", run.Outputs["up-to-date"]);
        var configuration = await RealTool.RunAsync(
            "skopeo",
            "inspect",
            "--config",
            "--tls-verify=false",
            "--creds",
            $"{RegistryServer.User}:{RegistryServer.Password}",
            $"docker://{registry.Host}/acme/app@{digest}");
        Assert.Contains("\"note\": \"two words\"", configuration);
        Assert.Contains("| COPY a / |", run.Summary);
        Assert.Contains("7 steps, 0 cached", run.Summary);
        Assert.DoesNotContain("<b>", run.Summary);
        Assert.IsTrue(File.Exists(Path.Combine(runner.Workspace, "report.md")), run.Log);
        string[] bills = [Path.Combine(runner.Workspace, "app.spdx.json"), Path.Combine(runner.Workspace, "app.cdx.json")];
        Assert.AreEqual(string.Join(',', bills), run.Outputs["sbom-path"]);
        Assert.AreEqual("", string.Join('\n', await PublishedSchemas.CheckAsync("sbom.mjs", bills)));
        Assert.IsTrue(run.Commands.All(command => command.StartsWith("::add-mask::", StringComparison.Ordinal)), run.Log);
        Assert.AreEqual(
            $"::add-mask::{RegistryServer.Password}",
            run.Log.Split('\n').First(line => line.Contains(RegistryServer.Password, StringComparison.Ordinal)));
        Assert.IsEmpty(Directory.EnumerateFiles(runner.Temporary, "config.json", SearchOption.AllDirectories));
    }

    [TestMethod]
    public async Task A_project_is_published_and_a_second_time_up_to_date()
    {
        await using var registry = await RegistryServer.StartWithPasswordAsync(context.CancellationToken);
        using var runner = new ActionRunner();
        Login(runner, registry);
        WriteProject(runner, "COPY a.txt /");
        runner.Write("a.txt", "a");
        runner.Input("project", "app.goproj");
        runner.Input("tags", "7, latest");
        runner.Input("platforms", "linux/amd64\nlinux/arm64");
        runner.Input("cache-to", "type=local,dest=cached;type=local,dest=beside");

        var first = (await runner.RunAsync(context.CancellationToken)).ShouldSucceed();
        var second = (await runner.RunAsync(context.CancellationToken)).ShouldSucceed();

        foreach (var cache in new[] { "cached", "beside" })
        {
            Assert.IsTrue(File.Exists(Path.Combine(runner.Workspace, cache, "index.json")), first.Log);
        }

        Assert.AreEqual($"{registry.Host}/app:7@{first.Outputs["image-digest"]}", first.Outputs["image-reference"]);
        Assert.AreEqual("7,latest", first.Outputs["image-tags"]);
        Assert.AreEqual("false true", $"{first.Outputs["up-to-date"]} {second.Outputs["up-to-date"]}");
        Assert.Contains("linux/arm64", first.Summary);
        Assert.Contains("| COPY a.txt / |", first.Summary);
    }

    [TestMethod]
    [DataRow("dockerfile", "::error file=Dockerfile,line=3,title=CST4203::COPY found no 'nothing'", DisplayName = "of a Dockerfile")]
    [DataRow("project", "::error file=app.goproj,line=4,title=CST4203::COPY found no 'nothing'", DisplayName = "of a project")]
    public async Task An_error_is_an_annotation_at_its_line_and_no_login_stays(string kind, string expected)
    {
        using var runner = new ActionRunner();
        runner.Input("registry", "localhost:1");
        runner.Input("username", "me");
        runner.Input("password", "secret-of-mine");
        runner.Input("repository", "app");
        runner.Write("Dockerfile", "FROM alpine\n\nCOPY nothing /\n");
        WriteProject(runner, "COPY nothing /");
        runner.Input(kind, kind == "project" ? "app.goproj" : "Dockerfile");

        var run = await runner.RunAsync(context.CancellationToken);

        Assert.IsFalse(run.Succeeded, run.Log);
        var errors = run.Commands.Where(command => command.StartsWith("::error", StringComparison.Ordinal))
            .Select(command => command.Replace(runner.Workspace + "/", "", StringComparison.Ordinal))
            .ToList();
        Assert.HasCount(1, errors, run.Log);
        Assert.StartsWith(expected, errors[0]);
        Assert.IsEmpty(Directory.EnumerateFiles(runner.Temporary, "config.json", SearchOption.AllDirectories));
    }

    [TestMethod]
    [DataRow("", "One of the inputs 'project' and 'dockerfile' must name what is built.")]
    [DataRow("project=a;dockerfile=b", "are both given. Name one.")]
    [DataRow("dockerfile=nowhere", "There is no 'nowhere' in")]
    [DataRow("dockerfile=Dockerfile;push=maybe", "'push' is 'maybe'")]
    [DataRow("dockerfile=Dockerfile;arguments='a", "'arguments' has a quote that nothing closes.")]
    [DataRow("dockerfile=Dockerfile;username=me;password=x", "no 'registry' that they are for.")]
    [DataRow("dockerfile=Dockerfile;registry=r;username=me", "'username' is given without 'password'.")]
    public async Task Inputs_that_cannot_be_right_are_told(string inputs, string expected)
    {
        using var runner = new ActionRunner();
        runner.Write("Dockerfile", "FROM scratch\n");
        foreach (var pair in inputs.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(input => input.Split('=', 2)))
        {
            runner.Input(pair[0], pair[1]);
        }

        var run = await runner.RunAsync(context.CancellationToken);

        Assert.IsFalse(run.Succeeded, run.Log);
        Assert.Contains(expected, run.Commands.Single(command => command.StartsWith("::error::", StringComparison.Ordinal)));
    }

    [TestMethod]
    public async Task The_page_has_every_input_and_output_in_order()
    {
        var action = await ActionRunner.ReadAsync(Path.Combine(ActionRunner.Folder, "action.yml"));
        string[] names = [.. action.GetProperty("inputs")
            .EnumerateObject()
            .Concat(action.GetProperty("outputs").EnumerateObject())
            .Select(one => one.Name)];
        CollectionAssert.AreEqual(names, ExtensionTests.NamesOfTables("github-actions.md", "## Inputs and outputs"));
    }

    private static void Login(ActionRunner runner, RegistryServer registry)
    {
        runner.Input("registry", registry.Host);
        runner.Input("username", RegistryServer.User);
        runner.Input("password", RegistryServer.Password);
    }

    private static void WriteProject(ActionRunner runner, string step)
    {
        runner.Write(
            "nuget.config",
            $"""<configuration><packageSources><clear /><add key="packed" value="{Repository.PathOf("artifacts", "packages")}" /></packageSources></configuration>""");
        runner.Write("app.goproj", $"""
            <Project Sdk="ContainerStages.Sdk/0.1.0">
              <ItemGroup>
                <ContainerStage Include="app" From="scratch"><Steps>
                  {step}
                </Steps></ContainerStage>
              </ItemGroup>
            </Project>
            """);
    }
}
