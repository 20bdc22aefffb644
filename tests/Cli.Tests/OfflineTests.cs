using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>
/// What is fetched, and when: restore, builds in a namespace without network, and images of which nobody reads the files.
/// </summary>
[TestClass]
public sealed class OfflineTests(TestContext context)
{
    [TestMethod]
    public async Task What_was_restored_is_built_without_a_network()
    {
        using var repository = await GitServer.StartAsync();
        await using var files = new FileServer("content");
        using var temp = new TempFolder();
        var folder = Context(temp, $"""
            FROM golang:1.14.4-alpine AS builder
            ADD {files.Address}file.txt /file
            ADD {repository.Address} /repository/
            RUN --mount=type=bind,from=alpine:3.22,target=/mnt cp /mnt/bin/busybox /b && ! wget -q -O- {files.Address}file.txt
            FROM both
            COPY --from=builder /b /b
            """);
        var online = new StagesProgram(temp.Combine("store"));
        var offline = new StagesProgram(temp.Combine("store")) { WithoutNetwork = true };

        var early = await offline.BuildAsync(folder, "--offline");
        Assert.AreEqual(1, early.ExitCode);
        Assert.Contains("image 'golang:1.14.4-alpine' for linux/amd64", early.Error);
        Assert.Contains("image 'both:latest' for linux/amd64", early.Error);

        Done(await online.RunAsync("lock", folder));
        var half = await offline.BuildAsync(folder, "--offline");
        Assert.Contains("image 'golang:1.14.4-alpine': 5 layers", half.Error);
        Assert.Contains("image 'alpine:3.22': 1 layer\n", half.Error);

        Done(await online.RunAsync("restore", folder));
        Done(await offline.BuildAsync(folder, "--offline", "--locked"));
        Done(await offline.BuildAsync(folder, "--offline", "--no-cache", "--output", $"type=oci,dest={temp.Combine("image.tar")}"));
    }

    [TestMethod]
    public async Task Offline_says_which_files_and_repositories_are_missing()
    {
        using var repository = await GitServer.StartAsync();
        await using var files = new FileServer("content");
        using var temp = new TempFolder();
        var program = new StagesProgram(temp.Combine("store"));
        var result = await program.BuildAsync(
            Context(temp, $"FROM scratch\nADD {files.Address}file.txt /file\nADD {repository.Address}#v1 /repository/\n"), "--offline");
        Assert.AreEqual(1, result.ExitCode);
        Assert.Contains($"file '{files.Address}file.txt'", result.Error);
        Assert.Contains($"repository '{repository.Address}'", result.Error);
        Assert.AreEqual(0, files.Whole);
    }

    [TestMethod]
    public async Task Offline_what_cached_steps_read_is_not_missing()
    {
        using var temp = new TempFolder();
        const string built = """
            FROM golang:1.14.4-alpine AS builder
            RUN echo > /made
            FROM scratch AS gathered
            COPY --from=builder /made /
            FROM scratch
            COPY --from=gathered /made /

            """;
        var online = new StagesProgram(temp.Combine("store"));
        var offline = new StagesProgram(temp.Combine("store")) { WithoutNetwork = true };
        Done(await online.BuildAsync(Context(temp, built)));

        // The layers of the builder's base go, those of the steps stay.
        var kept = Directory.GetFiles(temp.Combine("store", "steps")).Select(step => Path.GetFileName(step)[..32])
            .ToHashSet(StringComparer.Ordinal);
        foreach (var folder in Directory.GetDirectories(temp.Combine("store", "snapshots")))
        {
            if (!kept.Contains(Path.GetFileName(folder)))
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        var more = Context(temp, built + "COPY --from=alpine:3.22 /bin/busybox /b\n");
        Done(await online.RunAsync("lock", more));
        var result = await offline.BuildAsync(more, "--offline");
        Assert.AreEqual(1, result.ExitCode);
        Assert.Contains("image 'alpine:3.22': 1 layer\n", result.Error);
        Assert.DoesNotContain("golang", result.Error);
    }

    [TestMethod]
    public async Task Offline_nothing_is_pushed()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        await using var proxy = new FaultyProxy(registry.Port);
        using var temp = new TempFolder();
        var program = new StagesProgram(temp.Combine("store"));
        var result =
            await program.BuildAsync(Context(temp, "FROM scratch\nCOPY Dockerfile /\n"), "--offline", "-t", $"{proxy.Host}/app", "--push");
        Assert.AreEqual(1, result.ExitCode);
        Assert.Contains("CST5203", result.Error);
        Assert.IsEmpty(proxy.Requests);
    }

    [TestMethod]
    public async Task A_base_whose_files_nobody_reads_is_mounted_and_never_downloaded()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        await using var proxy = new FaultyProxy(registry.Port);
        using var temp = new TempFolder();
        Done(await new StagesProgram(temp.Combine("base-store")).BuildAsync(
            Context(temp, "FROM scratch\nCOPY Dockerfile /\n"), "-t", $"{proxy.Host}/base", "--push"));
        var pushed = proxy.Requests.Count;

        var program = new StagesProgram(temp.Combine("store"));
        var app = Context(temp, $"FROM {proxy.Host}/base\nLABEL a=b\nCMD [\"x\"]\n");
        Done(await program.BuildAsync(app, "-t", $"{proxy.Host}/app", "--push"));
        var requests = proxy.Requests.Skip(pushed).ToList();
        Assert.ContainsSingle(
            request => request.Method == "GET" && request.Path.Contains("/blobs/"), requests, string.Join("\n", requests));
        Assert.ContainsSingle(
            request => request.Method == "POST" && request.Path.Contains("mount=", StringComparison.Ordinal),
            requests,
            string.Join("\n", requests));
        await RealTool.RunAsync(
            "skopeo", "copy", "--src-tls-verify=false", $"docker://{registry.Host}/app", $"oci:{temp.Combine("copy")}:app");

        // The image has a name here all the same, and its layer comes when somebody needs it.
        var second = Context(temp, $"FROM {proxy.Host}/app\nCOPY Dockerfile /second\n");
        Done(await program.BuildAsync(second, "-t", "second"));
        Assert.HasCount(1, proxy.Requests.Where(
            request => request.Method == "GET" && request.Path.StartsWith("/v2/app/blobs/", StringComparison.Ordinal)));

        // An archive needs the layers.
        var archived = new StagesProgram(temp.Combine("store-2"));
        var before = proxy.Requests.Count;
        Done(await archived.RunAsync(
            "build", "--output", $"type=oci,dest={temp.Combine("app.tar")}", Context(temp, $"FROM {proxy.Host}/base\nLABEL a=b\n")));
        Assert.HasCount(2, proxy.Requests.Skip(before).Where(request => request.Method == "GET" && request.Path.Contains("/blobs/")));
        Assert.Contains("\"a\": \"b\"", await RealTool.RunAsync("skopeo", "inspect", $"oci-archive:{temp.Combine("app.tar")}"));
    }

    private static string Context(TempFolder temp, string dockerfile) =>
        Path.GetDirectoryName(temp.Write("context/Dockerfile", dockerfile))!;

    private static ProgramResult Done(ProgramResult result)
    {
        Assert.AreEqual(0, result.ExitCode, result.Error);
        return result;
    }
}
