using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;

namespace ContainerStages.Sdk.Tests;

/// <summary>
/// Real publishes with the real engine: base images come from a registry on loopback that build/base-images.sh fills, named by
/// CONTAINERSTAGES_TEST_REGISTRY and reached through the mirrors of CONTAINERS_REGISTRIES_CONF.
/// </summary>
[TestClass]
[TestCategory("EndToEnd")]
public sealed class EndToEndTests(TestContext context)
{
    private static readonly HttpClient Http = new();

    private static string Registry
    {
        get
        {
            if (Environment.GetEnvironmentVariable("CONTAINERSTAGES_TEST_REGISTRY") is { Length: > 0 } registry)
            {
                return registry;
            }

            Assert.Inconclusive("CONTAINERSTAGES_TEST_REGISTRY is not set: run build/base-images.sh and take over what it exports.");
            return "";
        }
    }

    [TestMethod]
    [DataRow("hello-go-stages", "example", DisplayName = "stages in the project")]
    [DataRow("hello-go-minimal", "hello", DisplayName = "a Go module and one line")]
    [DataRow("hello-go-dockerfile", "hello-dockerfile", DisplayName = "a Dockerfile")]
    [DataRow("dockerfile-imported", "imported", DisplayName = "a Dockerfile, imported")]
    [DataRow("cache-mounts", "cache-mounts", DisplayName = "cache mounts")]
    [DataRow("tests-in-a-stage", "tests-in-a-stage", DisplayName = "tests in a stage")]
    [DataRow("two-platforms", "two-platforms", DisplayName = "two platforms")]
    public async Task A_sample_is_published_and_runs(string sample, string repository)
    {
        var registry = Registry;
        using var project = await UserProject.CopyOfSampleAsync(sample, context);

        var published = (await project.DotnetAsync("publish", $"-p:ContainerRegistry={registry}")).ShouldSucceed();

        var line = published.ResultLines.Single().Trim();
        var name = Path.GetFileNameWithoutExtension(Directory.GetFiles(project.Folder, "*.goproj").Single());
        Assert.StartsWith($"{name} -> {registry}/{repository}:latest@sha256:", line);
        var digest = line[(line.IndexOf('@', StringComparison.Ordinal) + 1)..].Split(' ')[0];
        Assert.AreEqual(digest, await DigestInRegistryAsync(registry, repository, "latest"));
        Assert.AreEqual("Hello, world!\n", (await project.StagesAsync("run", $"{registry}/{repository}:latest")).ShouldSucceed().Output);
    }

    [TestMethod]
    public async Task Nothing_changed_is_said_and_nothing_is_written()
    {
        using var project = await UserProject.CopyOfSampleAsync("hello-go-stages", context);
        string[] publish = ["publish", $"-p:ContainerRegistry={Registry}", "-p:ContainerRepository=uptodate"];
        (await project.DotnetAsync(publish)).ShouldSucceed();
        var result = project.Read("obj/containerstages/result.json");

        var again = (await project.DotnetAsync(publish)).ShouldSucceed();

        Assert.EndsWith("(up to date)", again.ResultLines.Single().TrimEnd());
        Assert.AreEqual(result, project.Read("obj/containerstages/result.json"));

        (await project.DotnetAsync("clean")).ShouldSucceed();
        Assert.IsFalse(Directory.Exists(project.Full("obj/containerstages")));
    }

    [TestMethod]
    public async Task What_a_publish_writes_below_obj_is_no_part_of_the_context()
    {
        _ = Registry;
        using var project = await UserProject.CreateAsync(context);
        project.Write("hello.goproj", """
            <Project Sdk="ContainerStages.Sdk/0.1.0">
              <ItemGroup><ContainerStage Include="all" From="scratch" Steps="COPY . /" /></ItemGroup>
            </Project>
            """);

        (await project.DotnetAsync("publish")).ShouldSucceed();

        Assert.Contains("up to date", (await project.DotnetAsync("publish")).ShouldSucceed().ResultLines.Single());
    }

    [TestMethod]
    public async Task The_targets_results_are_clean_json()
    {
        var registry = Registry;
        using var project = await UserProject.CopyOfSampleAsync("hello-go-stages", context);

        var published = await project.DotnetAsync(
            "publish", "-t:PublishContainer", $"-p:ContainerRegistry={registry}", "-p:ContainerRepository=results",
            "-getTargetResult:PublishContainer", "-getProperty:GeneratedContainerDigest", "-getProperty:GeneratedContainerName");

        using var json = JsonDocument.Parse(published.ShouldSucceed().Output);
        var item = json.RootElement.GetProperty("TargetResults").GetProperty("PublishContainer").GetProperty("Items")[0];
        var properties = json.RootElement.GetProperty("Properties");
        var digest = item.GetProperty("ManifestDigest").GetString();
        Assert.AreEqual(digest, properties.GetProperty("GeneratedContainerDigest").GetString());
        Assert.AreEqual($"{registry}/results:latest", properties.GetProperty("GeneratedContainerName").GetString());
        Assert.AreEqual($"{registry}/results:latest@{digest}", item.GetProperty("Reference").GetString());
        Assert.AreEqual(
            digest,
            "sha256:" +
                Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(
                    System.Text.Encoding.UTF8.GetBytes(item.GetProperty("Manifest").GetString()!))));
        using var configuration = JsonDocument.Parse(item.GetProperty("Configuration").GetString()!);
        Assert.AreEqual("app", configuration.RootElement.GetProperty("config").GetProperty("Entrypoint")[0].GetString());
        Assert.AreEqual(2, configuration.RootElement.GetProperty("rootfs").GetProperty("diff_ids").GetArrayLength());
    }

    [TestMethod]
    public async Task Target_and_property_together_publish_once()
    {
        _ = Registry;
        using var project = await UserProject.CopyOfSampleAsync("hello-go-stages", context);

        var published =
            await project.DotnetAsync("publish", "-t:PublishContainer", "-p:PublishContainer=true", "-p:ContainerRepository=once");

        Assert.HasCount(1, published.ShouldSucceed().ResultLines);
        Assert.Contains("in the local store", published.ResultLines[0]);
    }

    [TestMethod]
    public async Task A_compile_error_stands_on_the_hosts_file_and_line()
    {
        _ = Registry;
        using var project = await UserProject.CopyOfSampleAsync("hello-go-stages", context);
        project.Write("main.go", "package main\n\nfunc main() {\n\tundefined1()\n}\n");

        var published = (await project.DotnetAsync("publish")).ShouldFail();

        Assert.Contains("main.go(4,2): error GO", published.Diagnostics);
        Assert.Contains(project.Full("main.go"), published.Output);
        Assert.IsEmpty(published.ResultLines);
    }

    [TestMethod]
    public async Task A_mistyped_stage_is_an_error_at_its_line_with_the_nearest_name()
    {
        _ = Registry;
        using var project = await UserProject.CopyOfSampleAsync("hello-go-stages", context);
        project.Write(
            "hello.goproj",
            project.Read("hello.goproj").Replace("From=\"builder\" Dest", "From=\"bilder\" Dest", StringComparison.Ordinal));

        var published = (await project.DotnetAsync("publish")).ShouldFail();

        Assert.MatchesRegex(@"hello\.goproj\(14(,[0-9]+)?\): error CST[0-9]{4}", published.Output);
        Assert.Contains("'builder'", published.Output);
        Assert.IsEmpty(published.ResultLines);
    }

    [TestMethod]
    public async Task A_failing_step_stands_at_its_line_of_the_project()
    {
        _ = Registry;
        using var project = await UserProject.CreateAsync(context);
        project.Write("hello.goproj", """
            <Project Sdk="ContainerStages.Sdk/0.1.0">
              <ItemGroup>
                <ContainerStage Include="builder" From="alpine:latest">
                  <Steps>
                    RUN true
                    <!-- a comment
                         of two lines -->
                    RUN exit 7
                  </Steps>
                </ContainerStage>
              </ItemGroup>
            </Project>
            """);

        var published = (await project.DotnetAsync("publish")).ShouldFail();

        Assert.MatchesRegex(@"hello\.goproj\(8(,[0-9]+)*\): error CST4[0-9]{3}: .*\b7\b", published.Output);
    }

    [TestMethod]
    public async Task Other_tags_are_other_names_of_the_same_image()
    {
        var registry = Registry;
        var repository = $"tags-{Guid.NewGuid():N}"; // A registry that outlives the run has the tags of the last one.
        using var project = await UserProject.CopyOfSampleAsync("hello-go-stages", context);
        (await project.DotnetAsync(
            "publish", $"-p:ContainerRegistry={registry}", $"-p:ContainerRepository={repository}", "-p:ContainerImageTag=1.0"))
            .ShouldSucceed();

        var again = (await project.DotnetAsync(
            "publish",
            $"-p:ContainerRegistry={registry}",
            $"-p:ContainerRepository={repository}",
            "-p:ContainerImageTags=2.0%3Bnext")).ShouldSucceed();

        var digest = await DigestInRegistryAsync(registry, repository, "1.0");
        Assert.AreEqual(digest, await DigestInRegistryAsync(registry, repository, "2.0"));
        Assert.AreEqual(digest, await DigestInRegistryAsync(registry, repository, "next"));
        Assert.DoesNotContain("up to date", again.ResultLines.Single());
    }

    [TestMethod]
    public async Task The_same_input_in_another_folder_gives_the_same_digest()
    {
        _ = Registry;
        using var one = await UserProject.CopyOfSampleAsync("hello-go-minimal", context);
        using var other = await UserProject.CopyOfSampleAsync("hello-go-minimal", context);

        Assert.AreEqual(await DigestAsync(one), await DigestAsync(other, "-p:ContainerStagesNoCache=true"));
    }

    [TestMethod]
    [DataRow("<Project Sdk=\"Microsoft.NET.Sdk;ContainerStages.Sdk/0.1.0\">", "", DisplayName = "as an SDK")]
    [DataRow(
        "<Project Sdk=\"Microsoft.NET.Sdk\">",
        "<PackageReference Include=\"ContainerStages.Sdk\" Version=\"0.1.0\" PrivateAssets=\"all\" />",
        DisplayName = "as a package")]
    public async Task A_dotnet_project_with_stages_publishes_when_asked(string begin, string reference)
    {
        _ = Registry;
        using var project = await UserProject.CreateAsync(context);
        project.Write("Program.cs", "return 0;");
        project.Write("tool.csproj", $"""
            {begin}
              <PropertyGroup><TargetFramework>net10.0</TargetFramework><OutputType>Exe</OutputType></PropertyGroup>
              <ItemGroup>
                {reference}
                <ContainerStage Include="final" From="alpine:latest" Steps="RUN echo hello > /hello" />
              </ItemGroup>
            </Project>
            """);

        Assert.IsEmpty((await project.DotnetAsync("publish")).ShouldSucceed().ResultLines);
        Assert.HasCount(1, (await project.DotnetAsync("publish", "-p:PublishContainer=true")).ShouldSucceed().ResultLines);
        Assert.HasCount(
            1, (await project.DotnetAsync("publish", "-t:PublishContainer", "-p:PublishContainer=true")).ShouldSucceed().ResultLines);
        Assert.HasCount(1, (await project.DotnetAsync("publish", "-p:PublishProfile=DefaultContainer")).ShouldSucceed().ResultLines);
    }

    [TestMethod]
    public async Task Archives_and_layouts_are_written_where_the_project_says()
    {
        _ = Registry;
        using var project = await UserProject.CopyOfSampleAsync("hello-go-stages", context);
        project.Write(
            "Directory.Build.targets",
            "<Project><ItemGroup><ContainerStageDestination Include=\"oci-layout:layout\" /></ItemGroup></Project>");

        var published =
            await project.DotnetAsync("publish", "-p:ContainerArchiveOutputPath=image.tar", "-getProperty:GeneratedArchiveOutputPath");

        Assert.AreEqual(project.Full("image.tar"), published.ShouldSucceed().Output.Trim());
        Assert.IsTrue(File.Exists(project.Full("image.tar")));
        Assert.IsTrue(File.Exists(project.Full("layout/index.json")));
    }

    [TestMethod]
    public async Task Ctrl_c_leaves_nothing_running()
    {
        _ = Registry;
        using var project = await UserProject.CreateAsync(context);
        var marker = $"600.{Random.Shared.Next(1_000_000):000000}";
        project.Write("hello.goproj", $"""
            <Project Sdk="ContainerStages.Sdk/0.1.0">
              <ItemGroup><ContainerStage Include="a" From="alpine:latest" Steps="RUN sleep {marker}" /></ItemGroup>
            </Project>
            """);

        using var publish = project.StartDotnet("publish");
        _ = publish.StandardOutput.ReadToEndAsync(context.CancellationToken);
        _ = publish.StandardError.ReadToEndAsync(context.CancellationToken);
        await UntilAsync(() => IsRunning(marker));
        using var interrupt = Process.Start("kill", ["-INT", publish.Id.ToString()]);
        await publish.WaitForExitAsync(context.CancellationToken);

        Assert.AreNotEqual(0, publish.ExitCode);
        await UntilAsync(() => !IsRunning(marker));
    }

    private async Task UntilAsync(Func<bool> holds)
    {
        while (!holds())
        {
            await Task.Delay(50, context.CancellationToken);
        }
    }

    private static bool IsRunning(string argument) =>
        Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0])).Any(folder =>
        {
            try
            {
                return File.ReadAllText(Path.Combine(folder, "cmdline")).StartsWith($"sleep\0{argument}", StringComparison.Ordinal);
            }
            catch (IOException)
            {
                return false; // It ended while we looked.
            }
        });

    private static async Task<string> DigestAsync(UserProject project, params string[] arguments)
    {
        var published = await project.DotnetAsync(
            ["publish", "-t:PublishContainer", "-p:ContainerRepository=same", "-getProperty:GeneratedContainerDigest", .. arguments]);
        return published.ShouldSucceed().Output.Trim();
    }

    private async Task<string> DigestInRegistryAsync(string registry, string repository, string tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, new Uri($"http://{registry}/v2/{repository}/manifests/{tag}"));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/vnd.oci.image.manifest.v1+json"));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/vnd.oci.image.index.v1+json"));
        using var response = await Http.SendAsync(request, context.CancellationToken);
        response.EnsureSuccessStatusCode();
        return response.Headers.GetValues("Docker-Content-Digest").Single();
    }
}
