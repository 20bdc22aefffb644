using ContainerStages.Contracts;
using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>--max-size.</summary>
[TestClass]
public sealed class SizeBudgetTests(TestContext test)
{
    [TestMethod]
    public async Task A_larger_image_is_an_error_that_names_its_largest_files_and_gets_no_name()
    {
        using var context =
            Hello.Context("FROM alpine\nCOPY main.go /small\nRUN mkdir -p /data && head -c 3000000 /dev/zero > /data/big\n");
        var name = $"budget-{Guid.NewGuid():N}";

        var refused = await Hello.Program.BuildAsync(context.Path, "-t", name, "--max-size", "1MB");

        Assert.AreEqual(EngineExitCode.Failed, refused.ExitCode, refused.Report);
        Assert.Contains("error CST6306: The image is ", refused.Error);
        var files = refused.Error.Split('\n')
            .Where(line => line.StartsWith("  | ", StringComparison.Ordinal))
            .Select(line => line[4..])
            .ToArray();
        Assert.IsInRange(4, 10, files.Length, refused.Error);
        Assert.StartsWith("3MB /data/big (layer 3 of 3: RUN ", files[0]);
        Assert.Contains("74B /small (layer 2 of 3: COPY main.go /small)", files);
        Assert.Contains(file => file.Contains("MB /bin/busybox (layer 1 of 3, of alpine:latest", StringComparison.Ordinal), files);
        Assert.AreEqual(EngineExitCode.Failed, (await Hello.Program.RunAsync("history", name)).ExitCode, "It has a name.");

        var allowed = await Hello.Program.BuildAsync(context.Path, "-t", name, "--max-size", "100MB");
        Assert.AreEqual(0, allowed.ExitCode, allowed.Report);
        Assert.DoesNotContain(" done ", allowed.Error);
        Assert.AreEqual(0, (await Hello.Program.RunAsync("history", name)).ExitCode);
    }

    [TestMethod]
    public async Task A_base_image_that_was_never_downloaded_counts_and_nothing_is_pushed()
    {
        await using var registry = await RegistryServer.StartAsync(test.CancellationToken);
        using var context = Hello.Context("FROM alpine\nCOPY main.go /\n");
        var program = new StagesProgram(context.Combine("store"));

        var refused = await program.BuildAsync(context.Path, "-t", $"{registry.Host}/app:1", "--push", "--max-size", "1MiB");

        Assert.AreEqual(EngineExitCode.Failed, refused.ExitCode, refused.Report);
        Assert.Contains("more than the 1.05MB that", refused.Error);
        Assert.IsFalse(Directory.Exists(Path.Combine(registry.StorageFolder, "docker/registry/v2/repositories/app/_manifests")));
    }

    [TestMethod]
    public async Task A_size_that_is_none_is_said()
    {
        using var context = Hello.Context();
        var refused = await Hello.Program.BuildAsync(context.Path, "--max-size", "small");
        Assert.AreEqual(EngineExitCode.WrongUsage, refused.ExitCode);
        Assert.Contains("--max-size small: a size such as 25MB is expected.", refused.Error);
    }
}
