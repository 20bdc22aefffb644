using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>Freeing space, and stores that something else damaged.</summary>
[TestClass]
public sealed class PruneTests
{
    [TestMethod]
    public async Task After_everything_went_the_same_build_gives_the_same_image()
    {
        using var folder = new TempFolder();
        var program = new StagesProgram(folder.Combine("store"));
        using var context =
            Hello.Context("FROM alpine\nRUN echo one > /one\nRUN --mount=type=cache,target=/c touch /c/kept\nCOPY main.go /\n");
        var first = await program.BuildAsync(context.Path, "-t", "image");
        var kept = await program.RunAsync("prune");
        Assert.AreEqual(0, kept.ExitCode, kept.Error);
        Assert.AreEqual(first.Digest, (await program.BuildAsync(context.Path, "-t", "image")).Digest);

        var told = await program.RunAsync("prune", "--all", "--dry-run");
        StringAssert.Contains(told.Output, "would untag image:latest");
        var pruned = await program.RunAsync("prune", "--all");
        StringAssert.Contains(pruned.Output, "untagged image:latest");
        StringAssert.EndsWith(pruned.Output, "the store holds 0B\n");
        Assert.AreEqual(
            "index.json oci-layout",
            string.Join(' ', Directory.EnumerateFiles(program.Store, "*", SearchOption.AllDirectories).Select(Path.GetFileName).Order()));
        Assert.AreEqual("REPOSITORY   TAG   IMAGE ID   STORED   SIZE", (await program.RunAsync("images")).Output.Trim());

        var again = await program.BuildAsync(context.Path, "-t", "image");
        Assert.AreEqual(first.Digest, again.Digest);
        StringAssert.Contains(again.Error, "RUN echo one > /one done");
    }

    [TestMethod]
    public async Task Builds_succeed_while_everything_is_pruned_again_and_again()
    {
        using var folder = new TempFolder();
        var program = new StagesProgram(folder.Combine("store"));
        var building = Task.WhenAll(Enumerable.Range(0, 3).Select(async builder =>
        {
            for (var round = 0; round < 3; round++)
            {
                using var context =
                    Hello.Context(
                        $"FROM alpine AS first\nRUN echo {round} > /one && sleep 0.2\nFROM alpine\nCOPY --from=first /one /\nRUN " +
                        $"--mount=type=cache,target=/c touch /c/x && cat /one && sleep 0.2\nCOPY main.go /{builder}\n");
                var built = await program.BuildAsync(
                    context.Path, "-t", $"image{builder}", "-o", $"type=oci,dest={folder.Combine($"{builder}.tar")}");
                Assert.AreEqual(0, built.ExitCode, built.Error);
            }
        }));
        var rounds = 0;
        for (; !building.IsCompleted; rounds++)
        {
            var pruned = await program.RunAsync("prune", "--all");
            Assert.AreEqual(0, pruned.ExitCode, pruned.Error);
        }

        await building;
        Assert.IsGreaterThan(1, rounds);
    }

    [TestMethod]
    [DataRow(false, DisplayName = "half a blob")]
    [DataRow(true, DisplayName = "other content of the same size")]
    public async Task A_damaged_base_layer_is_fetched_again(bool sameSize)
    {
        using var folder = new TempFolder();
        var program = new StagesProgram(folder.Combine("store"));
        using var context = Hello.Context("FROM alpine\nRUN echo one > /one\n");
        var first = await program.BuildAsync(context.Path, "-t", "image");
        Assert.AreEqual(0, first.ExitCode, first.Error);
        var blob = new DirectoryInfo(folder.Combine("store", "blobs", "sha256")).EnumerateFiles().MaxBy(file => file.Length)!;
        var length = blob.Length;
        await using (var file = blob.OpenWrite())
        {
            file.SetLength(length / 2);
            file.SetLength(sameSize ? length : length / 2);
        }

        Directory.Move(folder.Combine("store", "snapshots"), folder.Combine("snapshots"));
        context.Write("Dockerfile", "FROM alpine\nRUN echo one > /one\nRUN echo two > /two\n");
        var second = await program.BuildAsync(context.Path, "-t", "image");
        Assert.AreEqual(0, second.ExitCode, second.Error);
        Assert.AreEqual(sameSize, second.Error.Contains("warning CST4601", StringComparison.Ordinal), second.Error);
        Assert.IsEmpty(await Images.LayoutValidator.ValidateFolderAsync(program.Store, CancellationToken.None));
    }

    [TestMethod]
    [DataRow("--older-than", "yesterday", "no age")]
    [DataRow("--filter", "label=x", "until=AGE is expected")]
    [DataRow("--max-size", "much", "a size such as 10GB")]
    public async Task A_wrong_option_is_told(string option, string value, string expected)
    {
        var result = await Hello.Program.RunAsync("prune", option, value);
        Assert.AreEqual(2, result.ExitCode);
        StringAssert.Contains(result.Error, expected);
    }
}
