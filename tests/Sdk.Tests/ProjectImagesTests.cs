namespace ContainerStages.Sdk.Tests;

/// <summary>Projects that build on the images of others, in a solution and alone.</summary>
[TestClass]
[TestCategory("EndToEnd")]
public sealed class ProjectImagesTests(TestContext context)
{
    [TestMethod]
    public async Task A_solution_of_projects_on_one_base_is_published_side_by_side_for_two_platforms()
    {
        if (Environment.GetEnvironmentVariable("CONTAINERSTAGES_TEST_REGISTRY") is not { Length: > 0 } registry)
        {
            Assert.Inconclusive("CONTAINERSTAGES_TEST_REGISTRY is not set: run build/base-images.sh and take over what it exports.");
            return;
        }

        using var project = await UserProject.CreateAsync(context);
        project.Write("Directory.Build.props", """
            <Project><PropertyGroup><ContainerRuntimeIdentifiers>linux-x64;linux-arm64</ContainerRuntimeIdentifiers></PropertyGroup></Project>
            """);
        project.Write("base/base.goproj", Project("both", "COPY base.txt /"));
        project.Write("base/base.txt", "of the base");
        project.Write("one/one.goproj", Project(
            "project:../base/base.goproj",
            "COPY --from=other /base.txt /other.txt",
            """<ContainerStageContext Include="other" Project="../base/base.goproj" />"""));
        project.Write("two/two.goproj", Project("project:../base/base.goproj", "WORKDIR /two"));
        project.Write(
            "all.slnx",
            """<Solution><Project Path="base/base.goproj" Type="Common C#" /><Project Path="one/one.goproj" Type="Common C#" /><Project Path="two/two.goproj" Type="Common C#" /></Solution>""");

        var published =
            (await project.DotnetAsync(
                "publish", "all.slnx", "-m", $"-p:ContainerRegistry={registry}", "-p:ContainerStagesPlatformTags=true")).ShouldSucceed();

        foreach (var name in new[] { "base", "one", "two" })
        {
            Assert.IsTrue(
                published.ResultLines.Any(line => line.Contains($"{name} -> {registry}/{name}:latest@sha256:", StringComparison.Ordinal)),
                published.All);
        }

        (await project.StagesAsync("inspect", $"{registry}/one:latest-linux-x64")).ShouldSucceed();
        (await project.StagesAsync("inspect", $"{registry}/one:latest-linux-arm64")).ShouldSucceed();
    }

    [TestMethod]
    public async Task Twenty_projects_over_one_store_run_the_stage_that_they_share_once()
    {
        if (Environment.GetEnvironmentVariable("CONTAINERSTAGES_TEST_REGISTRY") is null)
        {
            Assert.Inconclusive("CONTAINERSTAGES_TEST_REGISTRY is not set: run build/base-images.sh and take over what it exports.");
        }

        const int projects = 20;
        using var project = await UserProject.CreateAsync(context);
        var names = Enumerable.Range(1, projects).Select(number => $"service{number}").ToList();
        // Whoever runs it again makes another file, and so another image. The sleep gives the others time to come.
        project.Write("Directory.Build.targets", $"""
            <Project>
              <ItemGroup>
                <ContainerStage Include="shared" From="alpine"><Steps>RUN sleep 2; cat /proc/sys/kernel/random/uuid > /made; echo {Guid.NewGuid():N}</Steps></ContainerStage>
                <ContainerStage Include="image" From="scratch"><Steps>
                  COPY --from=shared /made /
                  COPY name /
                </Steps></ContainerStage>
              </ItemGroup>
            </Project>
            """);
        foreach (var name in names)
        {
            project.Write($"{name}/{name}.goproj", """<Project Sdk="ContainerStages.Sdk/0.1.0" />""");
            project.Write($"{name}/name", name);
        }

        project.Write(
            "all.slnx",
            $"<Solution>{string.Concat(names.Select(name => $"""<Project Path="{name}/{name}.goproj" Type="Common C#" />"""))}</Solution>");

        var published = (await project.DotnetAsync("publish", "all.slnx", "-m:2", "-v:n")).ShouldSucceed();

        Assert.HasCount(projects, published.ResultLines.Select(line => line.Trim()).Distinct(), published.All);
        Assert.HasCount(
            1,
            published.All.Split('\n')
                .Where(line => line.Contains("sleep 2", StringComparison.Ordinal) && line.Contains(" done ", StringComparison.Ordinal)),
            published.All);
        Assert.DoesNotContain("warning", published.All, "A solution without .NET projects is no mistake.");
        var layers = new List<string>();
        foreach (var name in names)
        {
            layers.Add((await project.StagesAsync("inspect", "-f", ".RootFS.Layers[0]", name)).ShouldSucceed().Output);
        }

        Assert.HasCount(1, layers.Distinct(), string.Concat(layers));
    }

    [TestMethod]
    [DataRow("build", "-graph")]
    [DataRow("msbuild", "-graph", "-t:Publish")]
    public async Task A_graph_build_takes_the_images_of_other_projects(params string[] command)
    {
        using var project = await UserProject.CreateAsync(context);
        var made = $"graph-{Guid.NewGuid():N}";
        project.Write("base/base.goproj", Project("scratch", "COPY base.txt /"));
        project.Write("base/base.txt", made);
        project.Write("one/one.goproj", Project("project:../base/base.goproj", "COPY one.txt /"));
        project.Write("one/one.txt", made);
        project.Write(
            "all.slnx",
            """<Solution><Project Path="one/one.goproj" Type="Common C#" /><Project Path="base/base.goproj" Type="Common C#" /></Solution>""");

        var built = (await project.DotnetAsync([.. command, "all.slnx"])).ShouldSucceed();
        foreach (var name in new[] { "base", "one" })
        {
            Assert.IsTrue(
                built.ResultLines.Any(line => line.Contains($"{name} -> {name}:latest@sha256:", StringComparison.Ordinal)), built.All);
        }

        var alone = (await project.DotnetAsync([.. command, "one/one.goproj"])).ShouldSucceed();
        Assert.IsTrue(
            alone.ResultLines.Any(line => line.Contains("one -> one:latest@sha256:", StringComparison.Ordinal)
                && line.Contains("up to date", StringComparison.Ordinal)),
            alone.All);
    }

    [TestMethod]
    public async Task A_circle_of_projects_and_a_project_without_an_image_are_one_error_each()
    {
        using var project = await UserProject.CreateAsync(context);
        project.Write("a/a.goproj", Project("project:../b/b.goproj", ""));
        project.Write("b/b.goproj", Project("project:../a/a.goproj", ""));
        project.Write("plain/plain.proj", "<Project><Target Name=\"Build\" /></Project>");
        project.Write("c/c.goproj", Project("project:../plain/plain.proj", ""));

        AssertOneError(await project.DotnetAsync("publish", "a/a.goproj"), "CST1601");
        AssertOneError(await project.DotnetAsync("publish", "c/c.goproj"), "CST1603");
    }

    private static void AssertOneError(CommandResult result, string code)
    {
        Assert.AreNotEqual(0, result.ExitCode);
        var errors = result.All.Split('\n')
            .Where(line => line.Contains(": error ", StringComparison.Ordinal))
            .Select(line => line.Trim())
            .Distinct()
            .ToList();
        Assert.HasCount(1, errors, result.All);
        Assert.Contains(code, errors[0]);
    }

    private static string Project(string from, string steps, string items = "") => $"""
        <Project Sdk="ContainerStages.Sdk/0.1.0">
          <ItemGroup>
            <ContainerStage Include="image" From="{from}"><Steps>{steps}</Steps></ContainerStage>
            {items}
          </ItemGroup>
        </Project>
        """;
}
