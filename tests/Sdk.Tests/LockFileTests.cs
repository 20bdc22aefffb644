namespace ContainerStages.Sdk.Tests;

/// <summary>The lock file of a project, and publishing without a network.</summary>
[TestClass]
[TestCategory("EndToEnd")]
public sealed class LockFileTests(TestContext context)
{
    private const string LockFile = "containerstages.lock.json";

    [TestMethod]
    public async Task A_project_is_locked_by_its_first_publish_and_published_offline_once_restored()
    {
        var registry = RequireRegistry();
        using var project = await UserProject.CreateAsync(context);
        Write(project, "alpine");
        string[] pushed = [$"-p:ContainerRegistry={registry}", "-p:ContainerRepository=locked"];
        (await project.DotnetAsync(["publish", .. pushed])).ShouldSucceed();
        var written = project.Read(LockFile);
        Assert.Contains("\"alpine:latest\"", written);
        Assert.Contains("\"hello.goproj\"", written);

        // The file is no input, so nothing changed, and what was pushed needs no registry; loopback is down as well.
        var again = await project.DotnetWithoutNetworkAsync(
            ["publish", .. pushed, "-p:ContainerStagesOffline=true", "-p:ContainerStagesLockedMode=true"]);
        Assert.Contains("(up to date", again.ShouldSucceed().ResultLines.Single());

        Write(project, "alpine:3.22");
        var locked = (await project.DotnetAsync("publish", "-p:ContainerStagesLockedMode=true")).ShouldFail();
        Assert.Contains("error CST3401", locked.All);
        Assert.Contains("+ alpine:3.22 linux/amd64", locked.All);
        Assert.AreEqual(written, project.Read(LockFile));

        (await project.DotnetAsync("msbuild", "-t:RestoreContainerImages")).ShouldSucceed();
        (await project.DotnetWithoutNetworkAsync(
            "publish",
            "-p:ContainerStagesOffline=true",
            "-p:ContainerStagesLockedMode=true",
            $"-p:ContainerArchiveOutputPath={project.Full("obj/out.tar")}"))
            .ShouldSucceed();

        Assert.Contains(
            "hello ->   cached  COPY . /all/",
            (await project.DotnetWithoutNetworkAsync("msbuild", "-t:ContainerStagesPlan", "-p:ContainerStagesOffline=true"))
                .ShouldSucceed().Output);

        var updated = (await project.DotnetAsync("msbuild", "-t:UpdateContainerLock")).ShouldSucceed();
        Assert.Contains("hello -> - alpine:latest linux/amd64", updated.Output);
        Assert.DoesNotContain("alpine:latest", project.Read(LockFile));
    }

    [TestMethod]
    [DataRow("publish -p:ContainerStagesLockFile=false -p:ContainerStagesLockedMode=true", "CST1401")]
    [DataRow("msbuild -t:UpdateContainerLock -p:ContainerStagesLockFile=false", "CST1401")]
    [DataRow("publish -p:ContainerStagesOffline=true -p:ContainerStagesPull=true", "CST1402")]
    [DataRow("msbuild -t:UpdateContainerLock -p:ContainerStagesOffline=true", "CST1402")]
    [DataRow("publish -p:ContainerStagesOffline=true", "CST5202")]
    public async Task What_cannot_be_is_said_before_anything_is_done(string arguments, string code)
    {
        using var project = await UserProject.CreateAsync(context);
        Write(project, "localhost:1/nowhere");
        Assert.Contains($"error {code}", (await project.DotnetAsync(arguments.Split(' '))).ShouldFail().All);
        Assert.IsFalse(File.Exists(project.Full(LockFile)));
    }

    private static void Write(UserProject project, string image) => project.Write("hello.goproj", $"""
        <Project Sdk="ContainerStages.Sdk/0.1.0">
          <ItemGroup><ContainerStage Include="all" From="{image}" Steps="COPY . /all/" /></ItemGroup>
        </Project>
        """);

    private static string RequireRegistry()
    {
        if (Environment.GetEnvironmentVariable("CONTAINERSTAGES_TEST_REGISTRY") is { Length: > 0 } registry)
        {
            return registry;
        }

        Assert.Inconclusive("CONTAINERSTAGES_TEST_REGISTRY is not set: run build/base-images.sh and take over what it exports.");
        return "";
    }
}
