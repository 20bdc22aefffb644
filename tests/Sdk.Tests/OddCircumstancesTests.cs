using System.Text.Json;
using ContainerStages.TestKit;

namespace ContainerStages.Sdk.Tests;

/// <summary>Publishing where something around the project is not as usual.</summary>
[TestClass]
[TestCategory("EndToEnd")]
public sealed class OddCircumstancesTests(TestContext context)
{
    private const string Secret = "s3cr3t-of-the-environment";

    private const string Own = """
        <Project Sdk="ContainerStages.Sdk/0.1.0">
          <ItemGroup><ContainerStage Include="one" From="scratch" Steps="COPY own.imageproj /" /></ItemGroup>
        </Project>
        """;

    [TestMethod]
    [DataRow("-p:ContainerStagesLockFile=false", "CST1032", "ContainerStagesResultFile")]
    [DataRow("-p:ContainerStagesLockFile=false -p:BaseIntermediateOutputPath=ELSEWHERE/obj/", null, "")]
    [DataRow("-p:ContainerStagesLockFile=ELSEWHERE/lock.json -p:ContainerStagesResultFile=ELSEWHERE/result.json", null, "")]
    public async Task A_project_in_a_read_only_folder_is_published_or_told_what_to_name_elsewhere(string options, string? code, string next)
    {
        using var project = await UserProject.CreateAsync(context);
        using var elsewhere = new TempFolder();
        project.Write("own.imageproj", Own);
        const string ReadOnly = "mount --bind . \"$PWD\" && mount -o remount,bind,ro \"$PWD\" && cd \"$PWD\" && exec dotnet publish \"$@\"";
        string[] words =
            [.. options.Replace("ELSEWHERE", elsewhere.Path, StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries)];

        // Even root cannot write there.
        var published = await project.RunAsync("unshare", ["--mount", "sh", "-c", ReadOnly, "sh", .. words]);

        if (code is null)
        {
            Assert.HasCount(1, published.ShouldSucceed().ResultLines);
            return;
        }

        Assert.Contains("error " + code, published.ShouldFail().Diagnostics.Single());
        Assert.Contains(next, published.All);
    }

    [TestMethod]
    public async Task Two_publishes_of_one_project_at_once_give_the_same_image()
    {
        using var project = await UserProject.CreateAsync(context);
        project.Write("own.imageproj", Own);

        var both =
            await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => project.DotnetAsync("publish", "-p:ContainerArchiveOutputPath=out.tar")));

        var images = both.Select(published => published.ShouldSucceed().ResultLines.Single().Split("@sha256:")[1][..64]).Distinct();
        Assert.HasCount(1, images);
        Assert.AreSequenceEqual(["out.tar"], Directory.GetFiles(project.Folder, "out.tar*").Select(Path.GetFileName));
        Assert.Contains(images.Single(), project.Read("obj/containerstages/result.json"));
    }

    [TestMethod]
    public async Task The_most_detailed_logs_hold_no_secret_and_no_password()
    {
        await using var registry = await RegistryServer.StartWithPasswordAsync(context.CancellationToken);
        using var project = await UserProject.CreateAsync(context);
        project.Write("own.imageproj", Own.Replace(
            "<ItemGroup>",
            """<ItemGroup><ContainerStageSecret Include="token" EnvironmentVariable="ACME_TOKEN" />""",
            StringComparison.Ordinal));
        var login = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{RegistryServer.User}:{RegistryServer.Password}"));
        project.Write(
            "docker/config.json",
            JsonSerializer.Serialize(new { auths = new Dictionary<string, object> { [registry.Host] = new { auth = login } } }));
        var environment =
            new Dictionary<string, string>(StringComparer.Ordinal) { ["ACME_TOKEN"] = Secret, ["DOCKER_CONFIG"] = project.Full("docker") };

        var published =
            (await project.DotnetAsync(environment, "publish", "-v:diag", "-bl:all.binlog", $"-p:ContainerRegistry={registry.Host}"))
                .ShouldSucceed();

        foreach (var secret in new[] { Secret, RegistryServer.Password, login })
        {
            Assert.DoesNotContain(secret, published.All);
            Assert.AreEqual("", await TextSearch.FilesWithAsync(secret, [project.Full("all.binlog"), project.Full("obj"), project.Store]));
        }

        Assert.AreNotEqual(
            "",
            await TextSearch.FilesWithAsync("own.imageproj", [project.Full("all.binlog")]),
            "The search finds nothing in a binary log.");
    }
}
