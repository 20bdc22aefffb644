using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>Lock files, restore and offline builds, over a registry of their own whose tags move.</summary>
[TestClass]
public sealed class LockFileTests(TestContext context)
{
    private const string Label = "LABEL a=b\n";

    [TestMethod]
    public async Task The_first_build_writes_digests_later_ones_use_them_and_an_update_tells_what_changed()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        using var temp = new TempFolder();
        var first = await PushBaseAsync(registry, temp, "one");
        var folder = Context(temp, $"FROM {registry.Host}/base\nCOPY . /all/\n");
        var built = Done(await Program(temp, "a").BuildAsync(folder, "--lock-file", File(folder)));
        var written = System.IO.File.ReadAllText(File(folder));
        Assert.Contains($"\"linux/amd64\": \"{first}\"", written);

        var second = await PushBaseAsync(registry, temp, "two");
        Assert.AreNotEqual(first, second);
        var other = Program(temp, "b");
        Assert.AreEqual(
            built.Digest,
            Done(await other.BuildAsync(folder, "--lock-file", File(folder), "--pull")).Digest,
            "Another store, a tag that moved, a context that now has the file.");
        Assert.AreEqual(written, System.IO.File.ReadAllText(File(folder)));

        var updated = Done(await other.RunAsync("lock", "--update", folder));
        Assert.Contains($"{registry.Host}/base:latest linux/amd64  {first} -> {second}", updated.Output);
        Assert.AreNotEqual(built.Digest, Done(await other.BuildAsync(folder, "--locked")).Digest);
        Assert.Contains("is up to date", Done(await other.RunAsync("lock", "--update", folder)).Output);
    }

    [TestMethod]
    public async Task Locked_mode_names_what_is_missing_and_writes_nothing()
    {
        await using var files = new FileServer("content");
        using var temp = new TempFolder();
        var program = Program(temp, "a");
        var folder = Context(temp, "FROM alpine\n" + Label);
        Done(await program.RunAsync("lock", folder));
        var written = System.IO.File.ReadAllText(File(folder));
        Done(await program.BuildAsync(folder, "--locked"));

        Context(
            temp,
            "FROM alpine:3.22 AS other\nFROM --platform=linux/arm64 both AS foreign\nFROM alpine\nCOPY --from=other /etc " +
            "/etc\nCOPY --from=foreign / /foreign\n");
        var images = await program.BuildAsync(folder, "--locked");
        Assert.AreEqual(1, images.ExitCode);
        Assert.Contains("CST3401", images.Error);
        Assert.Contains("+ alpine:3.22 linux/amd64", images.Error);
        Assert.Contains("+ both:latest linux/arm64", images.Error);
        Assert.DoesNotContain("+ alpine:latest", images.Error);

        Context(temp, $"FROM alpine\nADD {files.Address}file.txt /a\nADD {files.Address}file.txt?token=secret /b\n");
        var added = await program.BuildAsync(folder, "--locked");
        Assert.Contains($"+ {files.Address}file.txt\n", added.Error);
        Assert.Contains("--checksum", added.Error);
        Assert.DoesNotContain("secret", added.Error);
        Assert.AreEqual(0, files.Whole);
        Assert.AreEqual(written, System.IO.File.ReadAllText(File(folder)));
    }

    [TestMethod]
    public async Task Platforms_come_from_the_index_that_was_locked_first()
    {
        using var temp = new TempFolder();
        var program = Program(temp, "a");
        var folder = Context(temp, "FROM both\n" + Label);
        Done(await program.BuildAsync(folder, "--lock-file", File(folder)));
        Done(await program.BuildAsync(folder, "--lock-file", File(folder), "--platform", "linux/arm64"));
        var written = System.IO.File.ReadAllText(File(folder));
        Assert.HasCount(4, written.Split("sha256:"), written);

        var index = written.Split("\"index\": \"")[1][..71];
        var amd64 = written.Split("\"linux/amd64\": \"")[1][..71];
        System.IO.File.WriteAllText(File(folder), written.Replace(amd64, index));
        Assert.Contains("CST3406", (await program.BuildAsync(folder, "--locked")).Error);
        System.IO.File.WriteAllText(File(folder), written.Replace(index, "sha256:" + new string('0', 64)));
        Assert.Contains("CST3405", (await program.BuildAsync(folder, "--locked")).Error);
        Done(await program.RunAsync("lock", "--update", folder));
        Assert.AreEqual(written, System.IO.File.ReadAllText(File(folder)), "An update keeps the other platform.");
    }

    [TestMethod]
    public async Task An_update_removes_what_is_gone_and_nothing_else_does()
    {
        using var temp = new TempFolder();
        var program = Program(temp, "a");
        var folder = Context(temp, "FROM alpine:3.22 AS other\nFROM alpine\nCOPY --from=other /etc/passwd /x\n");
        Done(await program.RunAsync("lock", folder));
        Context(temp, "FROM alpine\n" + Label);
        Done(await program.BuildAsync(folder, "--lock-file", File(folder)));
        Assert.Contains("alpine:3.22", System.IO.File.ReadAllText(File(folder)));
        Assert.Contains("- alpine:3.22 linux/amd64", Done(await program.RunAsync("lock", "--update", folder)).Output);
        Assert.DoesNotContain("alpine:3.22", System.IO.File.ReadAllText(File(folder)));
    }

    [TestMethod]
    public async Task Files_and_branches_are_locked_too()
    {
        using var repository = await GitServer.StartAsync();
        await using var files = new FileServer("content");
        using var temp = new TempFolder();
        var program = Program(temp, "a");
        var folder =
            Context(
                temp,
                $"FROM scratch\nADD {files.Address}file.txt /file\nADD {repository.Address} /repository/\nADD " +
                $"{repository.Address}#v1 /tagged/\n");
        var built = Done(await program.BuildAsync(folder, "--lock-file", File(folder)));
        var written = System.IO.File.ReadAllText(File(folder));
        Assert.Contains($"\"{files.Address}file.txt\": \"sha256:", written);
        Assert.Contains($"\"{repository.Address}#HEAD\": \"", written);
        Assert.Contains($"\"{repository.Address}#v1\": \"", written);
        Assert.AreEqual(built.Digest, Done(await Program(temp, "b").BuildAsync(folder, "--locked")).Digest);

        var locked = written.Split("file.txt\": \"")[1][..71];
        System.IO.File.WriteAllText(File(folder), written.Replace(locked, "sha256:" + new string('1', 64)));
        Assert.Contains("CST4405", (await Program(temp, "c").BuildAsync(folder, "--locked")).Error);
        Assert.Contains(
            $"{files.Address}file.txt  sha256:{new string('1', 64)} -> {locked}",
            Done(await program.RunAsync("lock", "--update", folder)).Output);
    }

    [TestMethod]
    public async Task An_image_built_here_is_used_and_not_locked()
    {
        using var temp = new TempFolder();
        var program = Program(temp, "a");
        Done(await program.BuildAsync(Context(temp, "FROM alpine\nLABEL own=1\n"), "-t", "own-base"));
        var folder = Context(temp, "FROM own-base\n" + Label);
        Done(await program.BuildAsync(folder, "--lock-file", File(folder)));
        Assert.IsFalse(System.IO.File.Exists(File(folder)));
    }

    [TestMethod]
    [DataRow("build", "--offline", "--pull")]
    [DataRow("lock", "--update", "--locked")]
    [DataRow("lock", "--update", "--offline")]
    public async Task Options_that_contradict_each_other_are_wrong_usage(params string[] arguments)
    {
        using var temp = new TempFolder();
        Assert.AreEqual(2, (await Program(temp, "a").RunAsync([.. arguments, temp.Path])).ExitCode);
    }

    private static StagesProgram Program(TempFolder temp, string store) => new(temp.Combine("store-" + store));

    private static string File(string folder) => Path.Combine(folder, "containerstages.lock.json");

    /// <summary>The context, made or with another Dockerfile.</summary>
    private static string Context(TempFolder temp, string dockerfile) =>
        Path.GetDirectoryName(temp.Write("context/Dockerfile", dockerfile))!;

    private static async Task<string> PushBaseAsync(RegistryServer registry, TempFolder temp, string content)
    {
        temp.Write("base/content", content);
        temp.Write("base/Dockerfile", "FROM scratch\nCOPY content /content\n");
        return Done(await Program(temp, "base").BuildAsync(temp.Combine("base"), "-t", $"{registry.Host}/base", "--push")).Digest;
    }

    private static ProgramResult Done(ProgramResult result)
    {
        Assert.AreEqual(0, result.ExitCode, result.Error);
        return result;
    }
}
