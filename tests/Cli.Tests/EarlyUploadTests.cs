using System.Security.Cryptography;
using ContainerStages.Contracts;
using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>A layer is sent while it is made, and nobody sees it before the image is whole.</summary>
[TestClass]
public sealed class EarlyUploadTests(TestContext test)
{
    [TestMethod]
    public async Task A_large_layer_is_sent_while_it_is_made_and_taken_back_where_the_build_fails()
    {
        await using var registry = await RegistryServer.StartAsync(test.CancellationToken);
        await using var front = new FaultyProxy(registry.Port);
        using var context = Hello.Context("FROM scratch\nCOPY large /\n");
        File.WriteAllBytes(context.Combine("large"), RandomNumberGenerator.GetBytes(12_000_000));
        var program = new StagesProgram(context.Combine("store"));

        var refused = await program.BuildAsync(context.Path, "-t", $"{front.Host}/app:1", "--push", "--max-size", "1MB");

        Assert.AreEqual(EngineExitCode.Failed, refused.ExitCode, refused.Report);
        Assert.AreSequenceEqual(["POST", "PATCH", "DELETE"], Writes(front));
        Assert.IsFalse(Directory.Exists(Path.Combine(registry.StorageFolder, "docker/registry/v2/blobs")), "It has a blob.");

        var again = await program.BuildAsync(context.Path, "-t", $"{front.Host}/app:1", "--push", "--no-cache");

        Assert.AreEqual(0, again.ExitCode, again.Report);
        Assert.HasCount(1, Writes(front).Skip(3).Where(method => method == "PATCH"));
        var layer = (await RealTool.RunAsync(
            "skopeo", "inspect", "--tls-verify=false", "--format", "{{index .Layers 0}}", $"docker://{registry.Host}/app:1")).Trim();
        var other = new StagesProgram(context.Combine("other"));
        Assert.AreEqual(again.Digest, (await other.BuildAsync(context.Path, "-t", "plain")).Digest);
        Assert.IsTrue(File.Exists(context.Combine("other", "blobs", "sha256", layer.Split(':')[1])));
    }

    private static IEnumerable<string> Writes(FaultyProxy front) =>
        front.Requests.Select(request => request.Method).Where(method => method is not ("GET" or "HEAD"));
}
