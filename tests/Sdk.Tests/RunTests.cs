namespace ContainerStages.Sdk.Tests;

/// <summary><c>dotnet run</c>: the image runs instead of a program on the host.</summary>
[TestClass]
[TestCategory("EndToEnd")]
public sealed class RunTests(TestContext context)
{
    // A name of its own for each test: they run side by side over one store.
    private const string Project = """
        <Project Sdk="ContainerStages.Sdk/0.1.0">
          <PropertyGroup><ContainerRepository>$([System.IO.Path]::GetFileName('$(MSBuildProjectDirectory)').ToLowerInvariant())</ContainerRepository></PropertyGroup>
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
    public async Task Without_a_build_the_last_image_runs()
    {
        using var project = await UserProject.CreateAsync(context);
        project.Write("running.imageproj", Project);
        project.Write("greeting", "Hello\n");
        (await project.DotnetAsync("build")).ShouldSucceed();
        project.Write("greeting", "Good bye\n");

        Assert.Contains("Hello\n", (await project.DotnetAsync("run", "--no-build")).ShouldSucceed().Output);
        Assert.Contains("Good bye\n", (await project.DotnetAsync("run")).ShouldSucceed().Output);
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

    [TestMethod]
    public async Task Ctrl_C_stops_it()
    {
        using var project = await UserProject.CreateAsync(context);
        // exec: otherwise the signal ends the sleep, and the shell goes on and may be done, with 0, before it is stopped.
        project.Write("running.imageproj", Project.Replace("cat /greeting;", "cat /greeting; exec sleep 600;", StringComparison.Ordinal));
        project.Write("greeting", "started\n");
        (await project.DotnetAsync("build")).ShouldSucceed();

        // A session of its own, so that the signal reaches whom a terminal's would: the whole group.
        using var process =
            Command.Start("setsid", ["dotnet", "run", "--no-build"], project.Folder, (await PackedSdk.GetAsync()).Environment);
        while (await process.StandardOutput.ReadLineAsync(context.CancellationToken) is { } line && line != "started")
        {
        }

        (await Command.RunAsync(
            "kill",
            ["-INT", "--", $"-{process.Id}"],
            project.Folder,
            new Dictionary<string, string>(StringComparer.Ordinal),
            context.CancellationToken))
            .ShouldSucceed();
        await process.WaitForExitAsync(context.CancellationToken);
        Assert.AreNotEqual(0, process.ExitCode);
    }
}
