namespace ContainerStages.Sdk.Tests;

/// <summary>The target <c>ExportDockerfile</c>: the Dockerfile that it writes gives the image of the project.</summary>
[TestClass]
[TestCategory("EndToEnd")]
public sealed class ExportTests(TestContext context)
{
    private const string Artifacts = """
        <Project Sdk="ContainerStages.Sdk/0.1.0">
          <PropertyGroup>
            <ContainerBaseImage>alpine</ContainerBaseImage>
            <ContainerStagesImageInstructions>
              SHELL ["/bin/ash", "-c"]
              HEALTHCHECK --interval=30s --retries=2 CMD test -e "$HOME"
              VOLUME ["/data", "/a b"]
              STOPSIGNAL SIGINT
            </ContainerStagesImageInstructions>
          </PropertyGroup>
          <ItemGroup>
            <ContainerStage Include="late" From="alpine" Steps="COPY --from=early /out/a /late" />
            <ContainerStage Include="early" From="alpine"><Steps>
              COPY . /all/
              RUN mkdir /out &amp;&amp; echo a > /out/a &amp;&amp; echo b > /out/b &amp;&amp; cp -r /all /out/all
            </Steps></ContainerStage>
            <ContainerStageArtifact Include="/out/a" From="early" Destination="/root/x/" />
            <ContainerStageArtifact Include="/out/b" From="early" Destination="/root/b" Chmod="0700" Chown="5:5" />
            <ContainerStageArtifact Include="/out/all" From="early" Destination="/root/all/" />
            <ContainerStageArtifact Include="/late" From="late" Destination="/root/" />
            <ContainerEnvironmentVariable Include="A" Value="b c $d" />
            <ContainerAppCommand Include="/root/b" />
          </ItemGroup>
        </Project>
        """;

    private const string Dockerfile = """
        <Project Sdk="ContainerStages.Sdk/0.1.0">
          <PropertyGroup><ContainerStagesDockerfile>Source.Dockerfile</ContainerStagesDockerfile></PropertyGroup>
          <ItemGroup><ContainerStageBuildArg Include="W" Value="w" /></ItemGroup>
        </Project>
        """;

    private const string Go = """
        <Project Sdk="ContainerStages.Sdk/0.1.0">
          <PropertyGroup>
            <GoVersion>1.14.4</GoVersion>
            <ContainerStagesImageInstructions>
              HEALTHCHECK --interval=30s --retries=2 CMD ["/usr/local/bin/hi", "--health"]
              VOLUME /data
              STOPSIGNAL SIGINT
            </ContainerStagesImageInstructions>
          </PropertyGroup>
        </Project>
        """;

    [TestMethod]
    [DataRow(Artifacts, DisplayName = "stages and artifacts")]
    [DataRow(Dockerfile, DisplayName = "a Dockerfile")]
    [DataRow(Go, DisplayName = "a Go module")]
    public async Task The_exported_Dockerfile_gives_the_image_of_the_project(string text)
    {
        RequireRegistry();
        using var project = await UserProject.CreateAsync(context);
        project.Write("hello.goproj", text);
        project.Write(
            "Source.Dockerfile",
            "# escape=`\nARG TAG=latest\nFROM alpine:$TAG AS one\nARG W\nRUN echo $W > /x && `\n  true\nFROM alpine\nCOPY " +
            "--from=0 /x /\nCOPY . /all/\n");
        project.Write("main.go", "package main\n\nfunc main() { println(\"hi\") }\n");
        if (text == Go)
        {
            project.Write("go.mod", "module example.com/hi\n\ngo 1.14\n");
        }

        var image = DigestOf((await project.DotnetAsync("publish")).ShouldSucceed());
        (await project.DotnetAsync("msbuild", "-t:ExportDockerfile")).ShouldSucceed();

        var built = (await project.StagesAsync("build", "--progress", "plain", "--build-arg", "W=w", ".")).ShouldSucceed();
        Assert.AreEqual(image, DigestOf(built), project.Read("Dockerfile"));
        Assert.AreEqual(
            text == Dockerfile ? 0 : 3,
            project.Read("Dockerfile").Split('\n').Count(line => line.Split(' ')[0] is "HEALTHCHECK" or "VOLUME" or "STOPSIGNAL"));
        Assert.Contains("(up to date", (await project.DotnetAsync("publish")).ShouldSucceed().ResultLines.Single());
    }

    [TestMethod]
    public async Task What_somebody_else_wrote_stays_unless_it_may_go()
    {
        using var project = await UserProject.CreateAsync(context);
        project.Write(
            "hello.goproj",
            """<Project Sdk="ContainerStages.Sdk/0.1.0"><ItemGroup><ContainerStage Include="a" From="scratch" Steps="COPY hello.goproj /" /></ItemGroup></Project>""");
        project.Write("Dockerfile", "FROM mine\n");
        Assert.Contains("error CST2601", (await ExportAsync(project)).ShouldFail().All);
        Assert.AreEqual("FROM mine\n", project.Read("Dockerfile"));

        (await ExportAsync(project, "-p:ContainerStagesExportOverwrite=true")).ShouldSucceed();
        (await ExportAsync(project)).ShouldSucceed();
        project.Write("Dockerfile", project.Read("Dockerfile") + "USER me\n");
        Assert.Contains("error CST2602", (await ExportAsync(project)).ShouldFail().All);

        (await ExportAsync(project, "-p:ContainerStagesExportFile=out/Exported")).ShouldSucceed();
        Assert.Contains("COPY hello.goproj /\n", project.Read("out/Exported"));
        Assert.Contains("obj\n", project.Read("out/Exported.dockerignore"));
    }

    [TestMethod]
    [DataRow("""<PropertyGroup><ContainerStagesDockerfile>Dockerfile</ContainerStagesDockerfile></PropertyGroup>""", "CST2605")]
    [DataRow(
        """<ItemGroup><ContainerStage Include="a" From="scratch" /><ContainerStageArtifact Include="/a" Destination="/b" Chown="me" /><ContainerStageArtifact Include="/a" Destination="/c" /></ItemGroup>""", "CST2603")]
    public async Task What_cannot_be_written_is_said(string content, string code)
    {
        using var project = await UserProject.CreateAsync(context);
        project.Write("hello.goproj", $"""<Project Sdk="ContainerStages.Sdk/0.1.0">{content}</Project>""");
        project.Write("Source.Dockerfile", "FROM scratch\n");
        if (code == "CST2605")
        {
            project.Write("Dockerfile", "FROM scratch\n");
        }

        Assert.Contains($"error {code}", (await ExportAsync(project, "-p:ContainerStagesExportOverwrite=true")).ShouldFail().All);
        Assert.AreEqual(code == "CST2605", File.Exists(project.Full("Dockerfile")));
    }

    private static Task<CommandResult> ExportAsync(UserProject project, params string[] arguments) =>
        project.DotnetAsync(["msbuild", "-t:ExportDockerfile", .. arguments]);

    private static string DigestOf(CommandResult result) => result.Output.Split("@sha256:")[^1][..64];

    private static void RequireRegistry()
    {
        if (Environment.GetEnvironmentVariable("CONTAINERSTAGES_TEST_REGISTRY") is not { Length: > 0 })
        {
            Assert.Inconclusive("CONTAINERSTAGES_TEST_REGISTRY is not set: run build/base-images.sh and take over what it exports.");
        }
    }
}
