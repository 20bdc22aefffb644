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
        project.Write("one/one.goproj", Project("project:../base/base.goproj", "COPY --from=other /base.txt /other.txt", """<ContainerStageContext Include="other" Project="../base/base.goproj" />"""));
        project.Write("two/two.goproj", Project("project:../base/base.goproj", "WORKDIR /two"));
        project.Write("all.slnx", """<Solution><Project Path="base/base.goproj" Type="Common C#" /><Project Path="one/one.goproj" Type="Common C#" /><Project Path="two/two.goproj" Type="Common C#" /></Solution>""");

        var published = (await project.DotnetAsync("publish", "all.slnx", "-m", $"-p:ContainerRegistry={registry}", "-p:ContainerStagesPlatformTags=true")).ShouldSucceed();

        foreach (var name in new[] { "base", "one", "two" })
        {
            Assert.IsTrue(published.ResultLines.Any(line => line.Contains($"{name} -> {registry}/{name}:latest@sha256:", StringComparison.Ordinal)), published.All);
        }

        (await project.StagesAsync("inspect", $"{registry}/one:latest-linux-x64")).ShouldSucceed();
        (await project.StagesAsync("inspect", $"{registry}/one:latest-linux-arm64")).ShouldSucceed();
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
        var errors = result.All.Split('\n').Where(line => line.Contains(": error ", StringComparison.Ordinal)).Select(line => line.Trim()).Distinct().ToList();
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
