using System.Text.RegularExpressions;
using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>Stores that are damaged, read-only, somebody else's or on a small disk.</summary>
[TestClass]
public sealed class StoreTests
{
    private static readonly string[] Readers = ["images", "inspect image", "history image", "report image"];

    [TestMethod]
    [DataRow("index.json", "", "")]
    [DataRow("index.json", "[]", "")]
    [DataRow("index.json", """{"manifests":[null]}""", "")]
    [DataRow("blobs/sha256/*", "", "images")]
    [DataRow("blobs/sha256/*", "{}", "images")]
    public async Task Every_verb_says_in_lines_with_codes_what_is_damaged_and_the_next_build_mends_it(
        string damaged, string content, string good)
    {
        using var folder = new TempFolder();
        var program = new StagesProgram(folder.Combine("store"));
        using var context = Hello.Context("FROM scratch\nCOPY main.go /\n");
        var built = await program.BuildAsync(context.Path, "-t", "image");
        foreach (var verb in (string[])[.. Readers, "prune --dry-run", "prune"])
        {
            foreach (var file in damaged.EndsWith('*')
                ? Directory.GetFiles(folder.Combine("store", "blobs", "sha256"))
                : [folder.Combine("store", damaged)])
            {
                await File.WriteAllTextAsync(file, content);
            }

            var result = await program.RunAsync(verb.Split(' '));
            AssertCodesOnly(result);
            Assert.AreEqual(
                verb == good || verb == "images" || verb.StartsWith("prune", StringComparison.Ordinal) ? 0 : 1,
                result.ExitCode,
                verb + result.Error);
        }

        var again = await program.BuildAsync(context.Path, "-t", "image");
        Assert.AreEqual(built.Digest, again.Digest, again.Error);
        var listed = await program.RunAsync("images");
        Assert.AreEqual("", listed.Error);
        StringAssert.Matches(listed.Output, Pattern("image +latest .* seconds ago"));
        Assert.IsEmpty(await Images.LayoutValidator.ValidateFolderAsync(program.Store, CancellationToken.None));
    }

    [TestMethod]
    public async Task A_store_that_is_mounted_read_only_is_read()
    {
        using var folder = new TempFolder();
        var program = new StagesProgram(folder.Combine("store"));
        using var context = Hello.Context("FROM alpine\nCOPY main.go /\nCMD [\"ls\", \"/main.go\"]\n");
        Assert.AreEqual(0, (await program.BuildAsync(context.Path, "-t", "image")).ExitCode);
        string[] lines = [.. Readers.Append("run image").Select(verb => program.CommandLine(verb.Split(' ')))];
        var output =
            await RealTool.RunAsync(
                "unshare",
                "--mount",
                "sh",
                "-ec",
                $"mount --bind {program.Store} {program.Store}; mount -o remount,bind,ro {program.Store}; {string.Join("; ", lines)}; ! " +
                $"{program.CommandLine("build", context.Path)} 2>&1");
        StringAssert.Contains(output, "\n/main.go\n");
        StringAssert.Contains(output, "error CST4102");
        Assert.IsFalse(output.Contains("   at ", StringComparison.Ordinal), output);
    }

    [TestMethod]
    public async Task A_store_serves_one_user()
    {
        using var folder = new TempFolder();
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0x1FF);
        using var context = Hello.Context("FROM scratch\nCOPY main.go /\n");
        foreach (var (first, second) in ((Account, Account)[])[(Account.Own, Account.OrdinaryUser), (Account.OrdinaryUser, Account.Own)])
        {
            var store = folder.Combine($"store-{first}");
            Assert.AreEqual(0, (await new StagesProgram(store, first).BuildAsync(context.Path)).ExitCode);
            File.SetUnixFileMode(store, (UnixFileMode)0x1FF);
            var refused = await new StagesProgram(store, second).BuildAsync(context.Path);
            Assert.AreEqual(1, refused.ExitCode, refused.Error);
            Assert.HasCount(1, refused.Error.Trim().Split('\n'), refused.Error);
            StringAssert.Contains(refused.Error, "error CST41");
            Assert.AreEqual(0, (await new StagesProgram(store, second).RunAsync("images")).ExitCode);
        }
    }

    [TestMethod]
    public async Task A_disk_that_is_full_in_any_phase_is_one_error_and_with_space_the_image_is_right()
    {
        using var context =
            Hello.Context(
                "FROM alpine AS first\nRUN head -c 3000000 /dev/urandom > /random && sha256sum /random > /sum && rm /random && echo same " +
                "> /sum\nFROM alpine\nCOPY --from=first /sum /\nCOPY large /large\nRUN cp /large /copy\n");
        await File.WriteAllBytesAsync(context.Combine("large"), RandomBytes(4_000_000));
        var expected = await Hello.Program.BuildAsync(context.Path);
        Assert.AreEqual(0, expected.ExitCode, expected.Error);
        var program = new StagesProgram(context.Combine("small", "store"));
        var build =
            $"{program.CommandLine("build", "-t", "image", context.Path)} > {context.Combine("output")} 2> {context.Combine("error")}";
        var script =
            $"mkdir {context.Combine("small")}; mount -t tmpfs tmpfs {context.Combine("small")}; for size in 64k 1m 3m 6m 10m 14m 18m " +
            $"24m 30m 100m; do mount -o remount,size=$size {context.Combine("small")}; {build} || true; echo \"$size: $(grep -c 'error " +
            $"CST' {context.Combine("error")} || true) $(grep -c '^   at ' {context.Combine("error")} || true) $(cat " +
            $"{context.Combine("output")})\"; done";
        var lines = (await RealTool.RunAsync("unshare", "--mount", "sh", "-ec", script)).Trim().Split('\n');
        Assert.HasCount(10, lines, string.Join('\n', lines));
        foreach (var line in lines)
        {
            Assert.IsTrue(
                line.Contains(": 1 0", StringComparison.Ordinal) || line.Contains(expected.Digest, StringComparison.Ordinal),
                string.Join('\n', lines));
        }

        StringAssert.StartsWith(lines[0], "64k: 1 0");
        StringAssert.Contains(lines[^1], expected.Digest);
    }

    private static byte[] RandomBytes(int count)
    {
        var bytes = new byte[count];
        new Random(1).NextBytes(bytes);
        return bytes;
    }

    private static void AssertCodesOnly(ProgramResult result)
    {
        foreach (var line in result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            StringAssert.Matches(line, Pattern("^(error|warning) CST[0-9]{4}: "));
        }
    }

    private static Regex Pattern(string text) => new(text, RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
}
