namespace ContainerStages.Sdk.Tests;

/// <summary><c>dotnet run</c>: the image runs instead of a program on the host.</summary>
[TestClass]
[TestCategory("EndToEnd")]
public sealed class RunTests(TestContext context)
{
    private const string Project = """
        <Project Sdk="ContainerStages.Sdk/0.1.0">
          <PropertyGroup><ContainerRepository>running</ContainerRepository></PropertyGroup>
          <ItemGroup>
            <ContainerStage Include="all" From="alpine:latest">
              <Steps>
                COPY greeting /
                ENTRYPOINT ["/bin/sh", "-c", "cat /greeting; echo \"$GREETED\"; echo \"$#\" \"$@\"; exit $CODE", "sh"]
              </Steps>
            </ContainerStage>
          </ItemGroup>
        </Project>
        """;

    [TestMethod]
    public async Task Arguments_variables_and_exit_code_pass_through()
    {
        using var project = await UserProject.CreateAsync(context);
        project.Write("running.imageproj", Project);
        project.Write("greeting", "Hello\n");

        var ran = await project.DotnetAsync("run", "-e", "GREETED=the whole world", "-e", "CODE=7", "--", "one", "two words");

        Assert.AreEqual(7, ran.ExitCode);
        Assert.Contains("Hello\nthe whole world\n2 one two words\n", ran.Output);
    }

    [TestMethod]
    public async Task A_launch_profiles_variables_reach_the_image()
    {
        using var project = await UserProject.CreateAsync(context);
        project.Write("running.imageproj", Project);
        project.Write("greeting", "Hello\n");
        project.Write("Properties/launchSettings.json", """
            { "profiles": { "running": { "commandName": "Project", "environmentVariables": { "GREETED": "by profile" } } } }
            """);

        Assert.Contains("Hello\nby profile\n0", (await project.DotnetAsync("run")).ShouldSucceed().Output);
    }

    [TestMethod]
    public async Task An_error_of_the_build_is_shown_and_nothing_runs()
    {
        using var project = await UserProject.CreateAsync(context);
        project.Write("running.imageproj", Project);

        var ran = (await project.DotnetAsync("run")).ShouldFail();

        Assert.Contains("greeting", ran.Output);
        Assert.MatchesRegex(@"running\.imageproj\(6,[0-9,]+\): error CST[0-9]{4}", ran.Output);
    }
}
