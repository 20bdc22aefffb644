using System.Text.Json;
using System.Text.RegularExpressions;
using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

[TestClass]
public sealed class PlatformTests
{
    private const string Both = "linux/amd64,linux/arm64";

    [TestMethod]
    public async Task What_platforms_share_runs_once_and_the_rest_once_each()
    {
        using var context = Hello.Context($"""
            FROM --platform=$BUILDPLATFORM alpine AS builder
            RUN echo {Guid.NewGuid()} > /once
            FROM --platform=$BUILDPLATFORM alpine AS cross
            ARG TARGETARCH
            COPY --from=builder /once /
            RUN echo $TARGETARCH > /architecture
            FROM both
            COPY --from=cross /once /architecture /
            """);

        // Without the cache nothing but the running build itself can make two plans share a step.
        var result = await Hello.Program.BuildAsync(
            context.Path,
            "--platform",
            Both,
            "--no-cache",
            "--output",
            $"type=local,dest={context.Combine("out")}",
            "--output",
            $"type=tar,dest={context.Combine("out.tar")}");

        Assert.AreEqual(0, result.ExitCode, result.Error);
        Assert.HasCount(2, result.Error.Split("> /once done"), result.Error);
        Assert.HasCount(3, result.Error.Split("> /architecture done"), result.Error);
        Assert.AreEqual("amd64\n", await File.ReadAllTextAsync(context.Combine("out", "linux_amd64", "architecture")));
        Assert.AreEqual("arm64\n", await File.ReadAllTextAsync(context.Combine("out", "linux_arm64", "architecture")));
        Assert.AreEqual(
            "arm64\n",
            await File.ReadAllTextAsync(context.Combine("out", "linux_arm64", "etc", "architecture")),
            "The base is not that of the platform.");
        Assert.AreEqual(
            await File.ReadAllTextAsync(context.Combine("out", "linux_amd64", "once")),
            await File.ReadAllTextAsync(context.Combine("out", "linux_arm64", "once")));
        Assert.Contains("linux_arm64/architecture", await RealTool.RunAsync("tar", "-tf", context.Combine("out.tar")));
    }

    [TestMethod]
    public async Task A_pushed_index_gives_each_platform_its_image_and_the_digest_is_the_registrys()
    {
        using var context = Hello.Context("FROM both\nCOPY Dockerfile /");
        var name = $"{BaseImages.Instance.Registry}/platforms/{Guid.NewGuid():N}:1";

        var result =
            await Hello.Program.BuildAsync(
                context.Path,
                "--platform",
                "linux/amd64",
                "--platform",
                "linux/arm64",
                "-t",
                name,
                "--push",
                "--metadata-file",
                context.Combine("result.json"),
                "--iidfile",
                context.Combine("id"));

        Assert.AreEqual(0, result.ExitCode, result.Error);
        foreach (var architecture in new[] { "amd64", "arm64" })
        {
            using var image = JsonDocument.Parse(
                await RealTool.RunAsync("skopeo", "inspect", "--tls-verify=false", "--override-arch", architecture, $"docker://{name}"));
            Assert.AreEqual(architecture, image.RootElement.GetProperty("Architecture").GetString());
        }

        Assert.AreEqual(result.Digest, await File.ReadAllTextAsync(context.Combine("id")));
        Assert.AreEqual(
            result.Digest,
            (await RealTool.RunAsync("skopeo", "inspect", "--tls-verify=false", "--format", "{{.Digest}}", $"docker://{name}")).Trim());
        using var written = JsonDocument.Parse(await File.ReadAllTextAsync(context.Combine("result.json")));
        Assert.AreEqual(result.Digest, written.RootElement.GetProperty("containerimage.digest").GetString());
        Assert.AreSequenceEqual(
            ["mediaType", "digest", "size"],
            written.RootElement.GetProperty("containerimage.descriptor").EnumerateObject().Select(member => member.Name));
        // An index has neither; its images have.
        foreach (var member in new[] { "containerimage.config.digest", "configDigest", "configuration", "platform" })
        {
            Assert.IsFalse(written.RootElement.TryGetProperty(member, out _), member);
        }

        Assert.AreEqual(Both, string.Join(
            ',', written.RootElement.GetProperty("images").EnumerateArray().Select(image => image.GetProperty("platform").GetString())));
    }

    [TestMethod]
    public async Task A_name_in_the_store_stands_for_the_index_and_every_stage_takes_its_platform()
    {
        using var context = Hello.Context("FROM both\nCOPY Dockerfile /");
        var name = $"platforms-{Guid.NewGuid():N}";
        Assert.AreEqual(0, (await Hello.Program.BuildAsync(context.Path, "--platform", Both, "-t", name)).ExitCode);

        context.Write("Dockerfile", $"FROM {name}\nCOPY main.go /");
        var result = await Hello.Program.BuildAsync(context.Path, "--platform", Both, "--output", context.Combine("out"));
        Assert.AreEqual(0, result.ExitCode, result.Error);
        Assert.AreEqual("arm64\n", await File.ReadAllTextAsync(context.Combine("out", "linux_arm64", "etc", "architecture")));

        var inspected = await Hello.Program.RunAsync("inspect", name);
        Assert.Contains("\"amd64\"", inspected.Output, inspected.Error);
        Assert.Contains($"{name}:latest", inspected.Output);
    }

    [TestMethod]
    [DataRow("FROM both", "linux/amd64,linux/s390x", "CST5006", "linux/amd64, linux/arm64")]
    [DataRow("FROM both", "linux/amd64,windows-10/a/b/c", "CST3105", "windows-10/a/b/c")]
    public async Task A_platform_that_cannot_be_built_is_one_error(string dockerfile, string platforms, string code, string detail)
    {
        using var context = Hello.Context(dockerfile);
        var result = await Hello.Program.BuildAsync(context.Path, "--platform", platforms);
        Assert.AreEqual(1, result.ExitCode, result.Error);
        Assert.HasCount(2, result.Error.Split("error "), result.Error);
        StringAssert.Contains(result.Error, code);
        StringAssert.Contains(result.Error, detail);
    }

    [TestMethod]
    [DataRow("FROM --platform=linux/amd64 both", Both, "CST2243", "linux/amd64 linux/arm64")]
    [DataRow("FROM foreign", Both, "CST2234", "linux/amd64 linux/arm64")]
    [DataRow("FROM --platform=linux/arm64 both", "linux/amd64", "CST2243", "linux/amd64")]
    [DataRow("FROM --platform=linux/arm64 both", null, null, "linux/arm64")]
    [DataRow("FROM --platform=linux/arm64 scratch", null, null, "linux/amd64")]
    [DataRow("FROM both", "linux/arm64/v8", null, "linux/arm64")]
    public async Task An_image_is_said_to_be_for_the_platform_that_is_asked_for_as_with_Docker(
        string dockerfile, string? platforms, string? warning, string expected)
    {
        using var context = Hello.Context(dockerfile + "\nCOPY Dockerfile /");
        var result = await Hello.Program.BuildAsync(
            context.Path,
            [.. platforms is null ? (string[])[] : ["--platform", platforms], "--metadata-file", context.Combine("result.json")]);
        Assert.AreEqual(0, result.ExitCode, result.Error);
        Assert.AreEqual(warning is null ? 0 : 1, Regex.Count(result.Error, $"warning {warning ?? "CST2243"}"), result.Error);
        using var written = JsonDocument.Parse(await File.ReadAllTextAsync(context.Combine("result.json")));
        JsonElement[] images = written.RootElement.TryGetProperty("images", out var several) && several.GetArrayLength() > 0
            ? [.. several.EnumerateArray()]
            : [written.RootElement];
        Assert.AreEqual(expected, string.Join(' ', images.Select(image => image.GetProperty("platform").GetString())));
    }

    [TestMethod]
    [DataRow(Account.Own)]
    [DataRow(Account.OrdinaryUser)]
    public async Task Programs_for_another_processor_run_where_an_emulator_is_registered(Account account)
    {
        if (!File.Exists("/proc/sys/fs/binfmt_misc/qemu-aarch64"))
        {
            Assert.Inconclusive("No emulator of arm64 is registered: run build/setup.sh --tests.");
        }

        using var context = Hello.Context("FROM busybox\nRUN uname -m && id -u");
        using var store = new TempFolder();
        File.SetUnixFileMode(store.Path, (UnixFileMode)0x1FF);
        var result = await new StagesProgram(store.Combine("store"), account).BuildAsync(context.Path, "--platform", Both);
        Assert.AreEqual(0, result.ExitCode, result.Error);
        StringAssert.Contains(result.Error, "[linux/arm64 stage-0]   aarch64");
        StringAssert.Contains(result.Error, "[linux/amd64 stage-0]   x86_64");
    }

    [TestMethod]
    public async Task Of_two_processes_that_want_one_step_one_runs_it_and_the_other_waits()
    {
        using var context = Hello.Context($"FROM alpine\nRUN sleep 1; cat /proc/sys/kernel/random/uuid > /made; echo {Guid.NewGuid()}");
        var results = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Hello.Program.BuildAsync(context.Path)));
        Assert.IsTrue(results.All(result => result.ExitCode == 0), string.Join('\n', results.Select(result => result.Error)));
        Assert.HasCount(1, results.Select(result => result.Digest).Distinct(), "The step ran more than once.");
    }

    [TestMethod]
    public async Task A_docker_archive_is_refused_before_anything_runs()
    {
        using var context = Hello.Context("FROM alpine\nRUN exit 1");
        var result =
            await Hello.Program.BuildAsync(context.Path, "--platform", Both, "--output", $"type=docker,dest={context.Combine("a.tar")}");
        Assert.AreEqual(1, result.ExitCode);
        StringAssert.Contains(result.Error, "CST3602");
        Assert.IsFalse(result.Error.Contains("RUN exit 1", StringComparison.Ordinal), result.Error);
    }

    [TestMethod]
    public async Task Run_takes_the_image_of_the_platform_that_is_asked_for()
    {
        if (!File.Exists("/proc/sys/fs/binfmt_misc/qemu-aarch64"))
        {
            Assert.Inconclusive("No emulator of arm64 is registered: run build/setup.sh --tests.");
        }

        using var context = Hello.Context("FROM busybox\nCOPY Dockerfile /");
        var name = $"platforms-{Guid.NewGuid():N}";
        var built = await Hello.Program.BuildAsync(context.Path, "--platform", Both, "-t", name);
        Assert.AreEqual(0, built.ExitCode, built.Error);

        Assert.AreEqual("x86_64\n", (await Hello.Program.RunAsync("run", name, "uname", "-m")).Output);
        Assert.AreEqual("aarch64\n", (await Hello.Program.RunAsync("run", "--platform", "linux/arm64", name, "uname", "-m")).Output);
        Assert.AreEqual(
            "aarch64\n", (await Hello.Program.RunAsync("run", "--platform", "linux/arm64", built.Digest, "uname", "-m")).Output);
        Assert.AreEqual(
            "aarch64\n",
            (await Hello.Program.RunAsync("run", "--platform", "linux/arm64", "busybox", "uname", "-m")).Output,
            "A name that is pulled.");
        var missing = await Hello.Program.RunAsync("run", "--platform", "linux/s390x", "both", "uname", "-m");
        StringAssert.Contains(missing.Error, "CST5006");
        var misspelt = await Hello.Program.RunAsync("run", "--platform", "linux/", name);
        Assert.AreEqual(2, misspelt.ExitCode);
        StringAssert.Contains(misspelt.Error, "--platform linux/");
    }

    [TestMethod]
    public async Task Run_of_a_program_for_another_processor_without_emulator_says_how_to_get_one()
    {
        using var context = Hello.Context("FROM scratch\nCOPY --chmod=755 program /program\nENTRYPOINT [\"/program\"]");
        // The header of a program for s390x. Source: elf(5).
        byte[] header = [0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 22, .. new byte[44]];
        await File.WriteAllBytesAsync(context.Combine("program"), header);
        var name = $"platforms-{Guid.NewGuid():N}";
        var built = await Hello.Program.BuildAsync(context.Path, "--platform", "linux/s390x", "-t", name);
        Assert.AreEqual(0, built.ExitCode, built.Error);

        var run = await Hello.Program.RunAsync("run", name);
        Assert.AreEqual(1, run.ExitCode, run.Error);
        StringAssert.Contains(run.Error, "CST4701");
        StringAssert.Contains(run.Error, "qemu-s390x");
    }
}
