using ContainerStages.TestKit;

namespace ContainerStages.Pipelines.Tests;

/// <summary>The bundled task ContainerStages@1 with projects, which <c>dotnet publish</c> and the packed SDK build.</summary>
[TestClass]
[TestCategory(Categories.EndToEnd)]
public sealed class ProjectTaskTests(TestContext context)
{
    private const string FeedPassword = "password-of-the-feed";

    [TestMethod]
    public async Task A_solution_is_published_with_packages_of_a_feed_that_wants_a_login()
    {
        await Extension.GetAsync();
        await using var registry = await RegistryServer.StartWithPasswordAsync(context.CancellationToken);
        await using var feed = new PackageFeed(FeedPassword);
        await using var other = new PackageFeed(password: null);
        using var agent = new FakeAgent();
        agent.Write("nuget.config", $"""
            <configuration>
              <packageSources>
                <clear />
                <add key="own feed" value="{feed.Index}" allowInsecureConnections="true" />
                <add key="other" value="{other.Index}" allowInsecureConnections="true" />
              </packageSources>
            </configuration>
            """);
        foreach (var name in new[] { "one", "two" })
        {
            agent.Write($"{name}/{name}.goproj", $"""
                <Project Sdk="ContainerStages.Sdk/0.1.0">
                  <ItemGroup>
                    <ContainerStage Include="app" From="scratch"><Steps>COPY {name}.txt /</Steps></ContainerStage>
                  </ItemGroup>
                </Project>
                """);
            agent.Write($"{name}/{name}.txt", name);
        }

        agent.Write(
            "shop.slnx",
            """<Solution><Project Path="one/one.goproj" Type="Common C#" /><Project Path="two/two.goproj" Type="Common C#" /></Solution>""");
        agent.Input("project", "shop.slnx");
        agent.Input("tags", "7");
        agent.Input("containerRegistry", "r1");
        agent.Connect(
            "r1",
            "",
            "UsernamePassword",
            ("username", RegistryServer.User),
            ("password", RegistryServer.Password),
            ("registry", $"http://{registry.Host}"));
        agent.Input("nuGetServiceConnections", "f1");
        agent.Connect("f1", feed.Index, "UsernamePassword", ("username", PackageFeed.User), ("password", FeedPassword));

        var first = (await agent.RunAsync(Extension.Node20, Extension.TaskFile("ContainerStages", "main.js"), context.CancellationToken))
            .ShouldSucceed();
        var second = (await agent.RunAsync(Extension.Node24, Extension.TaskFile("ContainerStages", "main.js"), context.CancellationToken))
            .ShouldSucceed();

        string[] digests = first.Outputs["imageDigest"].Split(',');
        string[] references = first.Outputs["imageReference"].Split(',');
        Assert.HasCount(2, digests, first.Log);
        CollectionAssert.AreEquivalent(
            new[]
            {
                $"{registry.Host}/one:7@{await DigestAsync(registry, "one")}",
                $"{registry.Host}/two:7@{await DigestAsync(registry, "two")}",
            },
            references);
        Assert.AreEqual("7", first.Outputs["imageTags"]);
        Assert.Contains("| COPY one.txt / |", first.Summary!);
        Assert.Contains("| COPY two.txt / |", first.Summary!);
        Assert.AreEqual("false true", $"{first.Outputs["upToDate"]} {second.Outputs["upToDate"]}");
        CollectionAssert.AreEquivalent(digests, second.Outputs["imageDigest"].Split(','));

        first.ShouldMask(FeedPassword, RegistryServer.Password);
        Assert.IsNotEmpty(feed.Logins);
        Assert.IsEmpty(other.Logins);
        Assert.IsEmpty(agent.LoginFiles);
    }

    [TestMethod]
    public async Task An_error_of_the_project_stands_at_its_line_once()
    {
        await Extension.GetAsync();
        using var agent = new FakeAgent();
        agent.Write(
            "nuget.config",
            $"""<configuration><packageSources><clear /><add key="packed" value="{Repository.PathOf("artifacts", "packages")}" /></packageSources></configuration>""");
        agent.Write("app.proj", """
            <Project Sdk="ContainerStages.Sdk/0.1.0">
              <ItemGroup>
                <ContainerStage Include="app" From="scratch">
                  <Steps>
                    COPY nothing /
                  </Steps>
                </ContainerStage>
              </ItemGroup>
            </Project>
            """);
        agent.Input("project", "app.proj");
        agent.Input("arguments", "-v:normal");

        var run = (await agent.RunAsync(Extension.Node20, Extension.TaskFile("ContainerStages", "main.js"), context.CancellationToken))
            .ShouldFail();

        Assert.HasCount(1, run.Errors, run.Log);
        Assert.StartsWith("app.proj(5): CST", run.Errors[0]);
        Assert.DoesNotContain("[", run.Errors[0]);
    }

    private static async Task<string> DigestAsync(RegistryServer registry, string repository) =>
        (await RealTool.RunAsync(
            "skopeo",
            "inspect",
            "--format",
            "{{.Digest}}",
            "--tls-verify=false",
            "--creds",
            $"{RegistryServer.User}:{RegistryServer.Password}",
            $"docker://{registry.Host}/{repository}:7"))
            .Trim();
}
