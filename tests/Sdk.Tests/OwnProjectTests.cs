using System.Text.Json;

namespace ContainerStages.Sdk.Tests;

/// <summary>A project that names nothing but ContainerStages.Sdk.</summary>
[TestClass]
public sealed class OwnProjectTests(TestContext context)
{
    [TestMethod]
    public async Task Restore_test_and_clean_succeed_and_write_nothing()
    {
        using var project = await UserProject.CreateAsync(context);
        project.Write("hello.goproj", """<Project Sdk="ContainerStages.Sdk/0.1.0" />""");

        foreach (var verb in (string[])["restore", "clean"])
        {
            (await project.DotnetAsync(verb)).ShouldSucceed();
        }

        (await project.DotnetAsync("msbuild", "-t:Test")).ShouldSucceed();
        Assert.AreSequenceEqual(
            ["hello.goproj", "nuget.config"],
            Directory.EnumerateFileSystemEntries(project.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal).ToList());
    }

    [TestMethod]
    public async Task SOURCE_DATE_EPOCH_is_the_time_of_the_image()
    {
        using var project = await UserProject.CreateAsync(context);
        project.Write("image.proj", """
            <Project Sdk="ContainerStages.Sdk/0.1.0">
              <ItemGroup><ContainerStage Include="all" From="scratch" Steps="COPY image.proj /" /></ItemGroup>
            </Project>
            """);

        var built = await project.DotnetAsync(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["SOURCE_DATE_EPOCH"] = "1000000000" },
            "publish",
            "-getProperty:GeneratedContainerConfiguration");

        using var configuration = JsonDocument.Parse(built.ShouldSucceed().Output);
        Assert.AreEqual("2001-09-09T01:46:40Z", configuration.RootElement.GetProperty("created").GetString());
    }

    [TestMethod]
    public async Task A_build_compiles_the_stages_and_publishes_nothing()
    {
        using var project = await UserProject.CreateAsync(context);
        project.Write("image.proj", """
            <Project Sdk="ContainerStages.Sdk/0.1.0">
              <PropertyGroup>
                <ContainerRegistry>localhost:1</ContainerRegistry><ContainerArchiveOutputPath>image.tar</ContainerArchiveOutputPath>
                <ContainerStagesReport>report.md;nowhere/report.html</ContainerStagesReport>
                <ContainerStagesSbom>image.spdx.json</ContainerStagesSbom>
              </PropertyGroup>
              <ItemGroup><ContainerStage Include="all" From="scratch" Steps="COPY image.proj /" /></ItemGroup>
            </Project>
            """);

        var built = (await project.DotnetAsync("build")).ShouldSucceed();

        Assert.EndsWith("(in the local store)", built.ResultLines.Single());
        Assert.IsFalse(File.Exists(project.Full("image.tar")));
        Assert.IsFalse(File.Exists(project.Full("obj/containerstages/result.json")));
        var report = await File.ReadAllTextAsync(project.Full("report.md"), context.CancellationToken);
        Assert.Contains("`all`: `COPY image.proj /` done; no result is here", report);
        var bill = await File.ReadAllTextAsync(project.Full("image.spdx.json"), context.CancellationToken);
        Assert.Contains("\"spdxVersion\": \"SPDX-2.3\"", bill);
        Assert.AreSequenceEqual(["CST6501"], built.Diagnostics.Select(diagnostic => diagnostic[^7..]).ToList());
        Assert.Contains("nowhere'. Name a file in a folder that is there and may be written to. The image was published", built.Output);

        var tooLarge = (await project.DotnetAsync("publish", "-p:ContainerRegistry=", "-p:ContainerStagesMaxSize=10B")).ShouldFail();
        Assert.Contains("/image.proj (layer 1 of 1: COPY image.proj /)", tooLarge.Output);
        Assert.AreSequenceEqual(["CST6306"], tooLarge.Diagnostics.Select(diagnostic => diagnostic[^7..]).ToList());
        Assert.IsFalse(File.Exists(project.Full("image.tar")));
    }

    [TestMethod]
    public async Task Clean_removes_the_result()
    {
        using var project = await UserProject.CreateAsync(context);
        project.Write("hello.goproj", """<Project Sdk="ContainerStages.Sdk/0.1.0" />""");
        project.Write("obj/containerstages/result.json", "{}");

        (await project.DotnetAsync("clean")).ShouldSucceed();

        Assert.IsFalse(Directory.Exists(project.Full("obj/containerstages")));
    }

    [TestMethod]
    public async Task A_solution_with_one_builds()
    {
        using var project = await UserProject.CreateAsync(context);
        project.Write("hello/hello.goproj", """
            <Project Sdk="ContainerStages.Sdk/0.1.0">
              <ItemGroup><ContainerStage Include="all" From="scratch" Steps="COPY hello.goproj /" /></ItemGroup>
            </Project>
            """);
        project.Write("lib/lib.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
              <ItemGroup><ProjectReference Include="../hello/hello.goproj" ReferenceOutputAssembly="false" /></ItemGroup>
            </Project>
            """);

        (await project.DotnetAsync("new", "sln", "--name", "all", "--format", "sln")).ShouldSucceed();
        (await project.DotnetAsync("sln", "add", "hello/hello.goproj", "lib/lib.csproj")).ShouldSucceed();
        Assert.IsEmpty((await project.DotnetAsync("build", "all.sln")).ShouldSucceed().Diagnostics);
        (await project.DotnetAsync("build", "lib/lib.csproj", "-graph")).ShouldSucceed();
    }

    [TestMethod]
    public async Task Errors_of_the_project_stand_at_its_lines_and_publish_nothing()
    {
        using var project = await UserProject.CreateAsync(context);
        project.Write("hello.goproj", """
            <Project Sdk="ContainerStages.Sdk/0.1.0">
              <ItemGroup>
                <ContainerStage Include="builder"><Steps>RUN x</Steps></ContainerStage>
                <ContainerStageContext Include="other" />
                <ContainerPort Include="http" />
              </ItemGroup>
              <PropertyGroup>
                <ContainerFamily>alpine</ContainerFamily>
                <ContainerStagesEngineAddress>tcp://joe:hush-hush@x:1</ContainerStagesEngineAddress>
              </PropertyGroup>
            </Project>
            """);

        var published = (await project.DotnetAsync("publish")).ShouldFail();

        Assert.AreSequenceEqual(
            [
                "hello.goproj(3): error CST1008", "hello.goproj(4): error CST1301", "hello.goproj(5): error CST1015",
                "hello.goproj: error CST1006", "hello.goproj: error CST6414",
            ],
            published.Diagnostics.Order(StringComparer.Ordinal).ToList());
        Assert.Contains("ContainerStageContext", published.Output);
        Assert.Contains("ContainerFamily", published.Output);
        Assert.DoesNotContain("hush-hush", published.Output);
        Assert.IsEmpty(published.ResultLines);
    }

    [TestMethod]
    [DataRow(
        "<ItemGroup><ContainerStage Include=\"one\" From=\"scratch\" Steps=\"COPY main.go /&#10;USER 1\" /></ItemGroup>",
        DisplayName = "with stages")]
    [DataRow("<PropertyGroup><GoVersion>1.14.4</GoVersion></PropertyGroup>", DisplayName = "a Go module")]
    public async Task Image_instructions_end_the_image_and_win_over_its_other_settings(string content)
    {
        RequireRegistry();
        using var project = await CreateAsync(content, """
                HEALTHCHECK --interval=30s CMD test "%24(date)" != "$(Never)"
                VOLUME /data
                STOPSIGNAL SIGINT
                USER 5
                ENV A=instruction B="c;d"
                LABEL a=instruction b=instruction
                CMD ["a;b"]
            """);

        (await project.DotnetAsync("publish")).ShouldSucceed();

        using var result = JsonDocument.Parse(project.Read("obj/containerstages/result.json"));
        using var configuration = JsonDocument.Parse(result.RootElement.GetProperty("configuration").GetString()!);
        var config = configuration.RootElement.GetProperty("config");
        Assert.AreSequenceEqual(["CMD-SHELL", "test \"$(date)\" != \"\""], Texts(config.GetProperty("Healthcheck").GetProperty("Test")));
        Assert.AreEqual(30_000_000_000, config.GetProperty("Healthcheck").GetProperty("Interval").GetInt64());
        Assert.IsTrue(config.GetProperty("Volumes").TryGetProperty("/data", out _));
        Assert.AreEqual(("SIGINT", "5"), (config.GetProperty("StopSignal").GetString(), config.GetProperty("User").GetString()));
        Assert.AreSequenceEqual(["a;b"], Texts(config.GetProperty("Cmd")));
        Assert.Contains("A=instruction", Texts(config.GetProperty("Env")));
        Assert.Contains("B=c;d", Texts(config.GetProperty("Env")));
        Assert.AreEqual(
            ("item", "instruction"),
            (config.GetProperty("Labels").GetProperty("a").GetString(), config.GetProperty("Labels").GetProperty("b").GetString()));
    }

    [TestMethod]
    [DataRow("RUN true", "CST1118", "cannot hold RUN")]
    [DataRow("VOLUMES /data", "CST2004", "Did you mean 'VOLUME'")]
    [DataRow("HEALTHCHECK --interval=1us CMD true", "CST2202", "--interval")]
    public async Task What_image_instructions_cannot_be_is_one_error_on_its_line(string instruction, string code, string message)
    {
        using var project = await CreateAsync(
            "<ItemGroup><ContainerStage Include=\"one\" From=\"scratch\" Steps=\"COPY main.go /\" /></ItemGroup>",
            $"VOLUME /data\n{instruction}");

        var published = (await project.DotnetAsync("publish")).ShouldFail();

        Assert.StartsWith("hello.goproj(5", published.Diagnostics.Single());
        Assert.EndsWith($": error {code}", published.Diagnostics.Single());
        Assert.Contains(message, published.Output);
        Assert.Contains("ContainerStagesImageInstructions", published.Output);
        Assert.IsEmpty(published.ResultLines);
    }

    [TestMethod]
    public async Task The_sdk_before_the_dotnet_sdk_is_an_error_that_says_the_order()
    {
        using var project = await UserProject.CreateAsync(context);
        project.Write("app.csproj", """
            <Project Sdk="ContainerStages.Sdk/0.1.0;Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
            </Project>
            """);

        var published = (await project.DotnetAsync("publish")).ShouldFail();

        Assert.Contains("app.csproj: error CST1023", published.Diagnostics);
    }

    [TestMethod]
    public async Task A_command_with_every_right_needs_the_word_of_the_project()
    {
        RequireRegistry();
        using var project = await UserProject.CreateAsync(context);
        project.Write("image.proj", """
            <Project Sdk="ContainerStages.Sdk/0.1.0">
              <ItemGroup>
                <ContainerStage Include="all" From="alpine">
                  <Steps>
                    RUN --security=insecure mount -t tmpfs none /mnt &amp;&amp; umount /mnt &amp;&amp; echo mounted > /made
                  </Steps>
                </ContainerStage>
              </ItemGroup>
            </Project>
            """);
        const string allow = "-p:ContainerStagesAllow=security.insecure";

        (await project.DotnetAsync("publish", allow)).ShouldSucceed();
        var refused = (await project.DotnetAsync("publish")).ShouldFail();

        Assert.AreSequenceEqual(["image.proj(5,9,5,96): error CST4305"], refused.Diagnostics);
        Assert.Contains("ContainerStagesAllow=security.insecure", refused.All);
        (await project.DotnetAsync("msbuild", "-t:ExportDockerfile", allow)).ShouldSucceed();
        Assert.Contains("# The project also gives: --allow security.insecure\n", project.Read("Dockerfile"));
    }

    [TestMethod]
    public async Task A_package_reference_that_has_no_effect_is_a_warning()
    {
        using var project = await UserProject.CreateAsync(context);
        project.Write("hello.goproj", """
            <Project Sdk="ContainerStages.Sdk/0.1.0">
              <ItemGroup>
                <PackageReference Include="MinVer" Version="6.0.0" />
                <ContainerStage Include="all" From="scratch" Steps="COPY hello.goproj /" />
              </ItemGroup>
            </Project>
            """);

        Assert.AreSequenceEqual(["hello.goproj: warning CST1024"], (await project.DotnetAsync("build")).ShouldSucceed().Diagnostics);
    }

    private async Task<UserProject> CreateAsync(string content, string instructions)
    {
        var project = await UserProject.CreateAsync(context);
        project.Write("go.mod", "module example.com/told\n\ngo 1.14\n");
        project.Write("main.go", "package main\n\nfunc main() { println(\"told\") }\n");
        project.Write("hello.goproj", $"""
            <Project Sdk="ContainerStages.Sdk/0.1.0">
              <PropertyGroup>
                <ContainerStagesImageInstructions>
            {instructions}
                </ContainerStagesImageInstructions>
                <Never></Never>
                <ContainerUser>4</ContainerUser>
              </PropertyGroup>
              {content}
              <ItemGroup>
                <ContainerEnvironmentVariable Include="A" Value="item" />
                <ContainerLabel Include="a" Value="item" />
                <ContainerDefaultArgs Include="item" />
              </ItemGroup>
            </Project>
            """);
        return project;
    }

    private static List<string> Texts(JsonElement array) => [.. array.EnumerateArray().Select(text => text.GetString()!)];

    private static void RequireRegistry()
    {
        if (Environment.GetEnvironmentVariable("CONTAINERSTAGES_TEST_REGISTRY") is not { Length: > 0 })
        {
            Assert.Inconclusive("CONTAINERSTAGES_TEST_REGISTRY is not set: run build/base-images.sh and take over what it exports.");
        }
    }
}
