using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>Three BuildKit daemons behind one project for two platforms, and one of them goes away in the middle.</summary>
[TestClass]
public sealed class SeveralBuildersTests
{
    private const string Waiting = """
        FROM --platform=$BUILDPLATFORM busybox AS shared
        RUN echo shared > /made
        FROM busybox AS one
        ARG TARGETARCH
        RUN --mount=type=secret,id=seconds [ $TARGETARCH = amd64 ] || sleep $(cat /run/secrets/seconds); uname -m > /made
        FROM busybox
        COPY --from=shared /made /shared
        COPY --from=one /made /one
        RUN uname -m > /own
        """;

    [TestMethod]
    public async Task A_builder_that_dies_is_one_error_that_names_it_and_the_next_build_does_without_it()
    {
        using var places = new TempFolder();
        using var context = Hello.Context(Waiting);
        var seconds = places.Write("seconds", "0");
        string[] build =
        [
            "build", "--progress", "plain", "-t", "spread", "--platform", "linux/amd64,linux/arm64",
            "--secret", $"id=seconds,src={seconds}", context.Path,
        ];
        var expected = await Hello.Program.RunAsync(build);
        Assert.AreEqual(0, expected.ExitCode, expected.Error);

        var daemons = await Task.WhenAll(BuildKitDaemon.StartAsync(), BuildKitDaemon.StartAsync(), BuildKitDaemon.StartAsync());
        await using var first = daemons[0];
        await using var second = daemons[1];
        await using var third = daemons[2];
        string[] engine = [.. daemons.SelectMany(daemon => (string[])["--engine-address", daemon.Address]), "--allow", "network.host"];
        using var store = new TempFolder();
        var program = new StagesProgram(store.Path);
        var variables = new Dictionary<string, string>
        {
            ["PATH"] = $"{Path.GetDirectoryName(first.Client)}:{Environment.GetEnvironmentVariable("PATH")}",
            ["TMPDIR"] = places.Path,
        };

        // A command that somebody kills is the command's failure: its builder answers.
        using var killed = Hello.Context(
            "FROM busybox AS one\nRUN sh -c 'kill -9 $$'; exit $?\nFROM busybox\nCOPY --from=one /etc/passwd /\n");
        var failed = await program.RunAsync(variables, ["build", "--progress", "plain", "-t", "killed", .. engine, killed.Path]);
        Assert.AreEqual(1, failed.ExitCode, failed.Error);
        Assert.Contains("exit code 137", failed.Error);
        Assert.DoesNotContain("CST6405", failed.Error);

        places.Write("seconds", "96");
        using (var interrupted = program.Start(variables, [.. build[..^1], .. engine, context.Path]))
        {
            for (var attempt = 0; attempt < 300 && RunningProcesses.Find("sleep 96$").Count == 0; attempt++)
            {
                await Task.Delay(100);
            }

            await second.KillAsync();
            failed = await StagesProgram.EndAsync(interrupted);
        }

        Assert.AreEqual(1, failed.ExitCode, failed.Error);
        Assert.HasCount(2, failed.Error.Split("error CST"), failed.Error);
        Assert.Contains($"error CST6405: The engine 'buildkit' went away in the middle of the build: '{second.Address}'", failed.Error);
        Assert.DoesNotContain("spread", (await program.RunAsync("images")).Output);
        Assert.IsEmpty(await RunningProcesses.LeftAsync("sleep 96$"));

        places.Write("seconds", "0");
        var built = await program.RunAsync(variables, [.. build[..^1], .. engine, context.Path]);
        Assert.AreEqual(0, built.ExitCode, built.Error);
        Assert.AreEqual(expected.Digest, built.Digest);
        Assert.HasCount(2, built.Error.Split("warning CST6421"), built.Error);
        Assert.Contains($"The builder '{second.Address}' takes no part in this build", built.Error);

        var shown = await program.RunAsync(variables, ["engines", .. engine[..6]]);
        Assert.Contains("takes no part in this build", shown.Output);

        await first.KillAsync();
        await third.KillAsync();
        failed = await program.RunAsync(variables, [.. build[..^1], .. engine, "--no-cache", context.Path]);
        Assert.AreEqual(1, failed.ExitCode, failed.Error);
        Assert.HasCount(2, failed.Error.Split("error CST"), failed.Error);
        Assert.Contains($"None of the others can be used either: '{second.Address}' (CST6415), '{third.Address}' (CST6415).", failed.Error);
        Assert.IsEmpty(Directory.GetDirectories(places.Path, "stages-buildx-*"));
    }
}
