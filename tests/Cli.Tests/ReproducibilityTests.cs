using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

[TestClass]
public sealed class ReproducibilityTests
{
    [TestMethod]
    public async Task Another_folder_another_time_another_user_and_an_empty_store_give_one_digest()
    {
        using var first = Hello.Context();
        var expected = await Hello.Program.BuildAsync(first.Path);
        Assert.AreEqual(0, expected.ExitCode, expected.Error);

        using var second = Hello.Context();
        File.SetLastWriteTimeUtc(second.Combine("main.go"), new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        using var store = new TempFolder();
        File.SetUnixFileMode(store.Path, (UnixFileMode)0x3FF);
        var other = new StagesProgram(store.Combine("store"), Environment.IsPrivilegedProcess ? Account.OrdinaryUser : Account.Own);
        try
        {
            var result = await other.BuildAsync(second.Path, "--no-cache");
            Assert.AreEqual(0, result.ExitCode, result.Error);
            Assert.AreEqual(expected.Digest, result.Digest);
            StringAssert.Contains(result.Error, "RUN go build -o /go/bin/app main.go done");
        }
        finally
        {
            // The store holds files of mapped ids, which only root may remove.
            Posix.TreeRemover.Remove(other.Store);
        }
    }

    [TestMethod]
    public async Task SOURCE_DATE_EPOCH_sets_every_time()
    {
        using var context = Hello.Context("FROM alpine\nCOPY main.go /");
        var result =
            await Hello.Program.RunAsync(
                new Dictionary<string, string> { ["SOURCE_DATE_EPOCH"] = "1000000000" },
                "build",
                "-t",
                "epoch",
                "-o",
                "type=image",
                "-o",
                $"type=local,dest={context.Combine("out")}",
                context.Path);
        Assert.AreEqual(0, result.ExitCode, result.Error);
        Assert.AreEqual(DateTime.UnixEpoch.AddSeconds(1_000_000_000), File.GetLastWriteTimeUtc(context.Combine("out", "main.go")));
        var created = await Hello.Program.RunAsync("inspect", "--format", ".Created", "epoch");
        Assert.AreEqual("2001-09-09T01:46:40Z", created.Output.Trim());
    }

    [TestMethod]
    public async Task The_image_holds_only_what_its_stage_names()
    {
        using var context = Hello.Context();
        var result = await Hello.Program.BuildAsync(context.Path, "-o", $"type=oci-layout,dest={context.Combine("layout")}", "-t", "only");
        Assert.AreEqual(0, result.ExitCode, result.Error);
        var layers = (await Hello.Program.RunAsync("inspect", "--format", ".Manifest.layers", "only")).Output.Trim().Split('\n');
        Assert.HasCount(2, layers);
        var blob = layers[1][(layers[1].IndexOf("sha256:", StringComparison.Ordinal) + 7)..][..64];
        var listing =
            await RealTool.RunAsync("tar", "tvzf", context.Combine("layout", "blobs", "sha256", blob), "--utc", "--numeric-owner");
        var lines = listing.Trim().Split('\n');
        Assert.AreSequenceEqual(
            new[] { "usr/", "usr/local/", "usr/local/bin/", "usr/local/bin/app" }, lines.Select(line => line.Split(' ')[^1]).ToArray());
        Assert.IsTrue(
            lines.All(line => line.Contains("0/0", StringComparison.Ordinal) && line.Contains("1970-01-01", StringComparison.Ordinal)),
            listing);
    }
}
