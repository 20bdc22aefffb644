using System.Text;
using ContainerStages.Oci;
using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>Caches that machines share: each store here is another machine's.</summary>
[TestClass]
public sealed class SharedCacheTests(TestContext test)
{
    private const string WithSecret = """
        FROM golang:1.14.4-alpine AS builder
        COPY first.txt /first
        RUN --mount=type=secret,id=token test -s /run/secrets/token && cat /proc/sys/kernel/random/uuid > /slow
        RUN head -c 3000000 /dev/urandom > /large
        COPY second.txt /second
        RUN --mount=type=cache,target=/cache cp /slow /result && ls /cache | wc -l > /found && cp /second /cache/$(cat /found)
        FROM alpine
        COPY --from=builder /result /found /
        """;

    [TestMethod]
    public async Task Another_machine_publishes_what_did_not_change_without_the_builder_and_what_changed_on_what_it_finds()
    {
        await using var registry = await RegistryServer.StartAsync(test.CancellationToken);
        using var context = Hello.Context(WithSecret);
        context.Write("first.txt", "first");
        context.Write("second.txt", "second");
        var secret = $"secret-{Guid.NewGuid():N}";
        context.Write("token", secret);
        string[] options =
        [
            "--secret", $"id=token,src={context.Combine("token")}", "-t", $"{registry.Host}/app:1", "--push",
            "--cache-from", $"{registry.Host}/cache", "--cache-to", $"type=registry,ref={registry.Host}/cache,mode=max",
        ];

        var first = await Machine(context, 1).BuildAsync(context.Path, options);
        Assert.AreEqual(0, first.ExitCode, first.Report);
        Assert.Contains("export cache to", first.Error);
        Assert.DoesNotContain("warning", first.Error);

        var second = await Machine(context, 2).BuildAsync(context.Path, options);
        Assert.AreEqual(first.Digest, second.Digest, second.Report);
        Assert.DoesNotContain("pull", second.Error);
        Assert.Contains("COPY --from=builder /result /found / (cached)", second.Error);
        Assert.Contains($"export cache to {registry.Host}/cache:latest (cached)", second.Error);

        context.Write("second.txt", "changed");
        var changed = await Machine(context, 3).BuildAsync(context.Path, [.. options, "-o", $"type=local,dest={context.Combine("files")}"]);
        Assert.AreEqual(0, changed.ExitCode, changed.Report);
        Assert.Contains("import RUN head", changed.Error);
        Assert.Contains("COPY second.txt /second done", changed.Error);
        Assert.AreEqual("1", File.ReadAllText(context.Combine("files", "found")).Trim(), "The cache mount did not travel.");

        var files = Directory.EnumerateFiles(registry.StorageFolder, "data", SearchOption.AllDirectories).ToArray();
        Assert.IsGreaterThan(8, files.Length);
        Assert.IsFalse(files.Any(file => Contents(file).Contains(secret, StringComparison.Ordinal)), "The secret is in the cache.");
    }

    [TestMethod]
    [DataRow(Account.WithoutNamespaces)]
    [DataRow(Account.OrdinaryUser)]
    public async Task A_machine_that_cannot_run_a_command_publishes_what_did_not_change(Account account)
    {
        using var context =
            Hello.Context($"FROM alpine AS builder\nRUN echo {Guid.NewGuid()} > /made\nFROM scratch\nCOPY --from=builder /made /\n");
        var folder = context.Combine("shared");
        var first = await Machine(context, 1).BuildAsync(context.Path, "--cache-to", $"type=local,dest={folder},mode=max");
        Assert.AreEqual(0, first.ExitCode, first.Report);
        File.SetUnixFileMode(context.Path, (UnixFileMode)0x1FF);

        var second = await new StagesProgram(context.Combine("theirs"), account).BuildAsync(context.Path, "--cache-from", folder);

        Assert.AreEqual(0, second.ExitCode, second.Report);
        Assert.AreEqual(first.Digest, second.Digest);
        Assert.Contains("(cached)", second.Error);
        Posix.TreeRemover.Remove(context.Combine("theirs"));
    }

    [TestMethod]
    [DataRow(false, "min", DisplayName = "a blob is missing")]
    [DataRow(true, "min", DisplayName = "a blob is another")]
    [DataRow(true, "max", DisplayName = "a blob of any step is another")]
    public async Task What_is_torn_is_said_once_and_made_again(bool isReplaced, string mode)
    {
        using var context = Hello.Context("FROM alpine\nRUN echo made > /made\nRUN echo again > /again\n");
        var folder = context.Combine("shared");
        string[] options = ["--cache-from", folder, "--cache-to", $"type=local,dest={folder},mode={mode}"];
        var first = await Machine(context, 1).BuildAsync(context.Path, options);
        foreach (var blob in Directory.EnumerateFiles(Path.Combine(folder, "blobs", "sha256")).Where(IsLayer).ToArray())
        {
            var size = (int)new FileInfo(blob).Length;
            File.Delete(blob);
            if (isReplaced)
            {
                await File.WriteAllBytesAsync(blob, new byte[size]);
            }
        }

        var second = await Machine(context, 2).BuildAsync(context.Path, options);
        Assert.AreEqual(0, second.ExitCode, second.Report);
        Assert.AreEqual(first.Digest, second.Digest);
        Assert.HasCount(2, second.Error.Split("CST6604"), second.Error);

        var third = await Machine(context, 3).BuildAsync(context.Path, options);
        Assert.AreEqual(first.Digest, third.Digest);
        Assert.DoesNotContain("warning", third.Error, "The cache was not mended.");
    }

    [TestMethod]
    public async Task What_a_registry_lost_of_a_cache_is_sent_again()
    {
        await using var registry = await RegistryServer.StartAsync(test.CancellationToken);
        using var context = Hello.Context("FROM alpine\nRUN echo made > /made\n");
        string[] options = ["--cache-from", $"{registry.Host}/cache", "--cache-to", $"{registry.Host}/cache"];
        var first = await Machine(context, 1).BuildAsync(context.Path, options);
        Assert.AreEqual(0, first.ExitCode, first.Report);
        foreach (var link in Directory.EnumerateFiles(registry.StorageFolder, "link", SearchOption.AllDirectories)
            .Where(file => file.Contains("/_layers/", StringComparison.Ordinal)).ToArray())
        {
            File.Delete(link);
        }

        foreach (var blob in Directory.EnumerateFiles(registry.StorageFolder, "data", SearchOption.AllDirectories).Where(IsLayer).ToArray())
        {
            File.Delete(blob);
        }

        var second = await Machine(context, 2).BuildAsync(context.Path, options);
        Assert.AreEqual(0, second.ExitCode, second.Report);
        Assert.AreEqual(first.Digest, second.Digest);
        var third = await Machine(context, 3).BuildAsync(context.Path, options);
        Assert.AreEqual(first.Digest, third.Digest);
        Assert.Contains("RUN echo made > /made (cached)", third.Error);
        Assert.DoesNotContain("warning", third.Error);
    }

    [TestMethod]
    public async Task A_cache_that_cannot_be_read_or_written_is_a_warning()
    {
        await using var registry = await RegistryServer.StartAsync(test.CancellationToken);
        using var context = Hello.Context("FROM scratch\nCOPY main.go /\n");
        var program = Machine(context, 1);
        var image = $"{registry.Host}/image:1";
        Assert.AreEqual(0, (await program.BuildAsync(context.Path, "-t", image, "--push")).ExitCode);
        context.Write("file", "no folder");

        var built = await program.BuildAsync(context.Path, "--cache-from", image, "--cache-to", image, "--cache-to",
            context.Combine("file"));

        Assert.AreEqual(0, built.ExitCode, built.Report);
        Assert.Contains($"warning CST6602: The cache '{image}' is not used: what is there is no cache of ContainerStages", built.Error);
        Assert.Contains($"warning CST6603: The cache '{image}' was not written: what is there is no cache", built.Error);
        Assert.Contains($"warning CST6603: The cache '{context.Combine("file")}' was not written:", built.Error);
        Assert.AreEqual(0, (await program.RunAsync("inspect", image)).ExitCode, "The image is no longer there.");

        var missing = await program.BuildAsync(context.Path, "--cache-from", $"{registry.Host}/nothing");
        Assert.DoesNotContain("warning", missing.Error);
        var offline = await program.BuildAsync(context.Path, "--offline", "--cache-from", image, "--cache-to", image);
        Assert.Contains("was not written: the build is offline.", offline.Error);
        Assert.DoesNotContain("CST6602", offline.Error);
    }

    [TestMethod]
    public async Task A_cache_of_another_version_is_a_warning_and_stays()
    {
        using var context = Hello.Context("FROM scratch\nCOPY main.go /\n");
        using var cache = new TempFolder();
        string[] options = ["--cache-from", cache.Path, "--cache-to", cache.Path];
        Assert.AreEqual(0, (await Machine(context, 1).BuildAsync(context.Path, options)).ExitCode);
        var index = await File.ReadAllTextAsync(cache.Combine("index.json"), test.CancellationToken);
        var old = index.Split("sha256:")[1][..64];
        var manifest = await File.ReadAllTextAsync(cache.Combine("blobs", "sha256", old), test.CancellationToken);
        var later = Encoding.UTF8.GetBytes(manifest.Replace(".cache.v1", ".cache.v9", StringComparison.Ordinal));
        var digest = Digest.Of(later).Hex;
        await File.WriteAllBytesAsync(cache.Combine("blobs", "sha256", digest), later, test.CancellationToken);
        index = index.Replace(old, digest, StringComparison.Ordinal);
        cache.Write("index.json", index);

        var built = await Machine(context, 2).BuildAsync(context.Path, options);

        Assert.AreEqual(0, built.ExitCode, built.Report);
        const string reason = "it was written by another version of ContainerStages. Use another name for this version.";
        Assert.Contains($"warning CST6602: The cache '{cache.Path}' is not used: {reason}", built.Error);
        Assert.Contains($"warning CST6603: The cache '{cache.Path}' was not written: {reason}", built.Error);
        Assert.AreEqual(index, await File.ReadAllTextAsync(cache.Combine("index.json"), test.CancellationToken));
    }

    [TestMethod]
    public async Task A_registry_that_cannot_be_reached_is_a_warning_and_behind_a_dead_mirror_a_cache_keeps_what_others_wrote()
    {
        await using var registry = await RegistryServer.StartAsync(test.CancellationToken);
        using var context = Hello.Context("FROM alpine\nCOPY main.go /\nRUN echo made > /made\n");
        const string nobody = "localhost:1";
        var built = await Machine(context, 1).BuildAsync(context.Path, "--cache-from", $"{nobody}/cache", "--cache-to", $"{nobody}/cache");
        Assert.AreEqual(0, built.ExitCode, built.Report);
        Assert.Contains($"warning CST6602: The cache '{nobody}/cache:latest' is not used: The registry {nobody} cannot be", built.Error);
        Assert.Contains($"warning CST6603: The cache '{nobody}/cache:latest' was not written: The registry {nobody} cannot", built.Error);

        await using var closed = await RegistryServer.StartWithPasswordAsync(test.CancellationToken);
        var name = $"{closed.Host}/cache";
        var refused = await Machine(context, 4).BuildAsync(context.Path, "--cache-from", name, "--cache-to", name);
        Assert.AreEqual(0, refused.ExitCode, refused.Report);
        Assert.Contains($"warning CST6602: The cache '{name}:latest' is not used: ", refused.Error);
        Assert.Contains($"warning CST6603: The cache '{name}:latest' was not written: ", refused.Error);

        string[] cache = ["--cache-from", $"{registry.Host}/cache", "--cache-to", $"{registry.Host}/cache"];
        Assert.AreEqual(0, (await Machine(context, 1).BuildAsync(context.Path, cache)).ExitCode);
        var usual = await File.ReadAllTextAsync(BaseImages.Instance.Environment["CONTAINERS_REGISTRIES_CONF"], test.CancellationToken);
        var mirrored = new Dictionary<string, string>
        {
            ["CONTAINERS_REGISTRIES_CONF"] = context.Write("registries.conf", $"""
                {usual}
                [[registry]]
                location = "{registry.Host}"
                insecure = true
                [[registry.mirror]]
                location = "{nobody}"
                insecure = true
                """),
        };
        context.Write("main.go", "changed");
        var second = await Machine(context, 2).RunAsync(mirrored, ["build", "--progress", "plain", "-t", "x", .. cache, context.Path]);
        Assert.AreEqual(0, second.ExitCode, second.Report);
        Assert.DoesNotContain("warning", second.Error);

        foreach (var source in (string[])["changed", Hello.Main])
        {
            context.Write("main.go", source);
            var third = await Machine(context, 3).BuildAsync(context.Path, cache);
            Assert.Contains("RUN echo made > /made (cached)", third.Error, third.Report);
        }
    }

    [TestMethod]
    public async Task Of_many_that_write_at_once_nobody_loses_anything()
    {
        await using var registry = await RegistryServer.StartAsync(test.CancellationToken);
        var cache = $"{registry.Host}/cache";
        using var contexts = new TempFolder();
        var built = await Task.WhenAll(Enumerable.Range(1, 6).Select(number => BuildAsync(number, $"first{number}", "--cache-to", cache)));
        Assert.IsTrue(built.All(one => one.ExitCode == 0
            && !one.Error.Contains("warning", StringComparison.Ordinal)), string.Join('\n', built.Select(one => one.Report)));

        var again = await Task.WhenAll(Enumerable.Range(1, 6)
            .Select(number => BuildAsync(number, $"second{number}", "--cache-from", cache)));

        for (var index = 0; index < built.Length; index++)
        {
            Assert.AreEqual(built[index].Digest, again[index].Digest);
            Assert.Contains("COPY file / (cached)", again[index].Error);
        }

        Task<ProgramResult> BuildAsync(int number, string store, params string[] options)
        {
            var context = contexts.Combine($"context{number}");
            Directory.CreateDirectory(context);
            File.WriteAllText(Path.Combine(context, "file"), $"{number}");
            File.WriteAllText(Path.Combine(context, "Dockerfile"), "FROM scratch\nCOPY file /\n");
            return new StagesProgram(contexts.Combine(store)).BuildAsync(context, options);
        }
    }

    [TestMethod]
    [DataRow("type=gha", "there is no cache of type 'gha' here")]
    [DataRow("type=registry", "it has no ref=")]
    [DataRow("type=local,dest=x,mode=all", "mode=all is neither min nor max")]
    [DataRow("UPPER", "'UPPER' is no name of the form")]
    public async Task A_value_that_means_nothing_is_an_error_before_anything_runs(string value, string reason)
    {
        using var context = Hello.Context();
        var refused = await Hello.Program.BuildAsync(context.Path, "--cache-to", value);
        Assert.AreEqual(1, refused.ExitCode, refused.Report);
        Assert.Contains(": ContainerStagesCacheTo (--cache-to) '" + value, refused.Error);
        Assert.Contains(reason, refused.Error);
    }

    private static StagesProgram Machine(TempFolder context, int number) => new(context.Combine($"store{number}"));

    private static bool IsLayer(string blob) => File.ReadAllBytes(blob) is not [(byte)'{', ..];

    private static string Contents(string file)
    {
        using var blob = File.OpenRead(file);
        using var plain = Layers.LayerDecompression.Open(blob);
        using var all = new MemoryStream();
        plain.CopyTo(all);
        return Encoding.Latin1.GetString(all.ToArray());
    }
}
