using ContainerStages.Images;
using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

[TestClass]
public sealed class VerbTests
{
    [TestMethod]
    public async Task A_pushed_image_runs_and_other_tools_read_it()
    {
        using var context = Hello.Context();
        var name = $"{BaseImages.Instance.Registry}/hello:verbs";
        var built = await Hello.Program.BuildAsync(context.Path, "-t", name, "--push");
        Assert.AreEqual(0, built.ExitCode, built.Error);
        StringAssert.StartsWith(built.Output, name);

        var run = await Hello.Program.RunAsync("run", "--rm", name);
        Assert.AreEqual("Hello, world!\n", run.Output);
        Assert.AreEqual(0, run.ExitCode);
        StringAssert.Contains(await RealTool.RunAsync("skopeo", "inspect", "--tls-verify=false", $"docker://{name}"), built.Digest);

        var layers = await Hello.Program.RunAsync("inspect", "--format", "{{range .RootFS.Layers}}{{println .}}{{end}}", name);
        Assert.HasCount(2, layers.Output.Trim().Split('\n'));
        StringAssert.Contains((await Hello.Program.RunAsync("images", $"{BaseImages.Instance.Registry}/hello")).Output, "verbs");
        var history = (await Hello.Program.RunAsync("history", name)).Output;
        StringAssert.Contains(history, "COPY --from=builder /go/bin/app /usr/local/bin/app");
    }

    [TestMethod]
    public async Task A_code_is_explained()
    {
        var explained = await Hello.Program.RunAsync("explain", "cst4209");
        Assert.AreEqual(0, explained.ExitCode, explained.Error);
        StringAssert.StartsWith(explained.Output, "CST4209: ");
        StringAssert.Contains(File.ReadAllText(Repository.PathOf("docs", "diagnostics.md")), explained.Output["CST4209: ".Length..]);

        var unknown = await Hello.Program.RunAsync("explain", "CST420");
        Assert.AreEqual(2, unknown.ExitCode);
        StringAssert.Contains(unknown.Error, "there is no code 'CST420'. Did you mean 'CST4020'?");
    }

    [TestMethod]
    public async Task Files_that_are_written_are_whole_images_and_skopeo_copies_them()
    {
        using var context = Hello.Context("FROM alpine\nCOPY main.go /src/\nRUN ln -s /src/main.go /link && rm /bin/ls");
        var built = await Hello.Program.BuildAsync(
            context.Path,
            "-t", "files:1",
            "-o", $"type=oci-layout,dest={context.Combine("layout")}",
            "-o", $"type=oci,dest={context.Combine("oci.tar")}",
            "-o", $"type=docker,dest={context.Combine("docker.tar")}");
        Assert.AreEqual(0, built.ExitCode, built.Error);
        Assert.AreSequenceEqual(
            Array.Empty<string>(),
            (await LayoutValidator.ValidateFolderAsync(context.Combine("layout"), CancellationToken.None)).ToArray());
        foreach (var source in (string[])[
            $"oci:{context.Combine("layout")}:1",
            $"oci-archive:{context.Combine("oci.tar")}",
            $"docker-archive:{context.Combine("docker.tar")}",
        ])
        {
            var target = context.NewFolder("copy-" + source.Split(':')[0]);
            await RealTool.RunAsync("skopeo", "copy", "--quiet", source, $"dir:{target}");
            Assert.IsTrue(File.Exists(Path.Combine(target, "manifest.json")));
        }
    }

    [TestMethod]
    public async Task Text_of_an_image_steers_no_terminal()
    {
        const string title = "\e]0;title\a";
        using var context = Hello.Context($"FROM alpine\nLABEL l=\"{title}\"\nRUN printf '\\033[31mred\\033[0m \\033[2Jx\\n' # {title}\n");
        var built = await Hello.Program.BuildAsync(context.Path, "-t", "titled", "--no-cache");
        Assert.Contains("\e[31mred\e[0m \\x1b[2Jx", built.Error);
        context.Write("Dockerfile", $"FROM alpine\nRUN printf '\\033[2Jx\\n'; false # {title}\n");
        var failed = await Hello.Program.BuildAsync(context.Path);
        Assert.Contains("| \\x1b[2Jx", failed.Error);
        var label = await Hello.Program.RunAsync("inspect", "-f", ".Config.Labels.l", "titled");
        Assert.AreEqual("\\x1b]0;title\\x07\n", label.Output);
        var whole = await Hello.Program.RunAsync("inspect", "titled");
        var history = await Hello.Program.RunAsync("history", "--no-trunc", "titled");
        foreach (var result in (ProgramResult[])[built, failed, label, whole, history])
        {
            Assert.DoesNotContain(title, result.Output + result.Error);
            Assert.DoesNotContain("\e[2J", result.Output + result.Error);
        }
    }

    [TestMethod]
    public async Task Run_passes_arguments_environment_and_exit_code()
    {
        var result = await Hello.Program.RunAsync(
            "run", "-e", "WHO=you", "-w", "/tmp", "-u", "1000:1000", "alpine", "sh", "-c", "echo $WHO $PWD $(id -u); exit 3");
        Assert.AreEqual("you /tmp 1000\n", result.Output);
        Assert.AreEqual(3, result.ExitCode);
        Assert.AreEqual("-c\n", (await Hello.Program.RunAsync("run", "--entrypoint", "echo", "alpine", "-c")).Output);
    }

    [TestMethod]
    public async Task An_image_runs_by_name_id_and_digest()
    {
        using var context = Hello.Context($"FROM alpine\nENV MADE={Guid.NewGuid():N}\nCMD echo $MADE");
        var name = $"by-id-{Guid.NewGuid():N}";
        var built = await Hello.Program.BuildAsync(context.Path, "-t", name, "--iidfile", context.Combine("id"));
        Assert.AreEqual(0, built.ExitCode, built.Error);
        var id = await File.ReadAllTextAsync(context.Combine("id"));

        var expected = (await Hello.Program.RunAsync("run", name)).Output;
        Assert.AreEqual(33, expected.Length, expected);
        foreach (var other in new[] { id, id["sha256:".Length..][..12], built.Digest, $"{name}@{built.Digest}" })
        {
            var run = await Hello.Program.RunAsync("run", other);
            Assert.AreEqual(expected, run.Output, run.Error);
        }

        StringAssert.Contains((await Hello.Program.RunAsync("run", "sha256:" + new string('0', 64))).Error, "CST4");
    }

    [TestMethod]
    public async Task What_run_writes_is_gone_afterwards()
    {
        await Hello.Program.RunAsync("run", "alpine", "touch", "/written");
        Assert.AreEqual(1, (await Hello.Program.RunAsync("run", "alpine", "test", "-e", "/written")).ExitCode);
    }

    [TestMethod]
    public async Task Result_files_hold_id_and_digest()
    {
        using var context = Hello.Context("FROM scratch\nCOPY main.go /");
        var built = await Hello.Program.BuildAsync(
            context.Path, "--iidfile", context.Combine("id"), "--metadata-file", context.Combine("meta.json"));
        Assert.AreEqual(0, built.ExitCode, built.Error);
        StringAssert.StartsWith(await File.ReadAllTextAsync(context.Combine("id")), "sha256:");
        StringAssert.Contains(await File.ReadAllTextAsync(context.Combine("meta.json")), built.Digest);
    }

    [TestMethod]
    public async Task Json_progress_is_one_document_per_line()
    {
        using var context = Hello.Context("FROM alpine\nRUN echo hello");
        var built = await Hello.Program.RunAsync("build", "--progress", "json", context.Path);
        var kinds = built.Output.Trim()
            .Split('\n')
            .Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("type").GetString())
            .ToArray();
        CollectionAssert.Contains(kinds, "step-finished");
        Assert.AreEqual("result", kinds[^1]);
    }

    [TestMethod]
    public async Task A_report_compares_images_with_the_first()
    {
        using var context = Hello.Context("FROM alpine\nRUN dd if=/dev/zero of=/large bs=1M count=4\n");
        await Hello.Program.BuildAsync(context.Path, "-t", "report:large");
        context.Write("Dockerfile", "FROM alpine\nCOPY main.go /\n");
        await Hello.Program.BuildAsync(context.Path, "-t", "report:small");
        var report = await Hello.Program.RunAsync("report", "--layers", "report:large", "report:small");
        Assert.AreEqual(0, report.ExitCode, report.Error);
        StringAssert.Contains(report.Output, "100.0 %");
        StringAssert.Contains(report.Output, "COPY main.go /");
        StringAssert.Contains(
            (await Hello.Program.RunAsync("report", "--format", "markdown", "report:small")).Output, "| report:small | 2 |");
    }
}
