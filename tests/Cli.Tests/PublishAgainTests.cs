using System.Text;
using ContainerStages.Contracts;
using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>What a project publishes a second time, as the MSBuild task asks for it: with the result of the first time.</summary>
[TestClass]
public sealed class PublishAgainTests(TestContext test)
{
    [TestMethod]
    [DataRow("linux/amd64")]
    [DataRow("linux/amd64 linux/arm64")]
    public async Task What_a_registry_lost_is_pushed_again_although_the_last_result_stands(string platforms)
    {
        await using var registry = await RegistryServer.StartAsync(test.CancellationToken);
        using var context = Hello.Context("FROM scratch\nCOPY main.go /\n");
        var definition = new BuildDefinition
        {
            Source = new BuildSource
            {
                ContextDirectory = context.Path,
                Dockerfile = context.Combine("Dockerfile"),
                Platforms = platforms.Split(' '),
            },
            Outputs = new BuildOutputs
            {
                Destinations = [new Destination(Medium.Registry, $"{registry.Host}/app:1")],
                ResultFile = context.Combine("result.json"),
            },
            Policy = new BuildPolicy { Store = context.Combine("store") },
        };
        Assert.IsFalse((await ExecuteAsync(definition)).UpToDate);
        Assert.IsTrue((await ExecuteAsync(definition)).UpToDate);

        if (definition.Source.Platforms.Count > 1)
        {
            await registry.CollectGarbageAsync();
        }
        else
        {
            Directory.Delete(Path.Combine(registry.StorageFolder, "docker/registry/v2/repositories/app"), recursive: true);
        }

        Assert.IsFalse((await ExecuteAsync(definition)).UpToDate);
        foreach (var platform in definition.Source.Platforms)
        {
            await RealTool.RunAsync(
                "skopeo",
                "copy",
                "-q",
                "--src-tls-verify=false",
                "--override-arch",
                platform.Split('/')[1],
                $"docker://{registry.Host}/app:1",
                $"oci:{context.Combine("copy")}:{platform.Split('/')[1]}");
        }

        Assert.IsTrue((await ExecuteAsync(definition)).UpToDate);
        await registry.KillAsync();
        Assert.IsTrue((await ExecuteAsync(definition with { Policy = definition.Policy with { Offline = true } })).UpToDate);
    }

    private static async Task<BuildResult> ExecuteAsync(BuildDefinition definition)
    {
        var program = new StagesProgram(definition.Policy.Store!) { Input = Encoding.UTF8.GetString(DefinitionDocument.Write(definition)) };
        var done = await program.RunAsync("execute");
        Assert.AreEqual(0, done.ExitCode, done.Report);
        return BuildEventReader.Read(done.Output.TrimEnd().Split('\n')[^1]) is BuildFinished finished
            ? finished.Result
            : throw new InvalidOperationException(done.Output);
    }
}
