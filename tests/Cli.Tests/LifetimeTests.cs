using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>Interrupted, killed, or doubled builds leave the store whole and nothing running.</summary>
[TestClass]
public sealed class LifetimeTests
{
    [TestMethod]
    [DataRow("INT", 130)]
    [DataRow("TERM", 130)]
    [DataRow("KILL", 137)]
    public async Task A_build_that_is_ended_by_a_signal_leaves_nothing_behind(string signal, int exitCode)
    {
        var mark = $"99{Random.Shared.Next(100000, 999999)}";
        using var context = Hello.Context($"FROM alpine\nRUN touch /half && (sleep {mark} & sleep {mark})");
        using var process = Hello.Program.Start("build", "--progress", "plain", "-t", "never", context.Path);
        var end = StagesProgram.EndAsync(process);
        await UntilAsync(() => RunningProcesses.Find($"^sleep {mark}").Count > 0);
        await RealTool.RunAsync("kill", "-" + signal, process.Id.ToString());
        Assert.AreEqual(exitCode, (await end).ExitCode);
        Assert.IsEmpty(await RunningProcesses.LeftAsync($"^sleep {mark}"));

        context.Write("Dockerfile", $"FROM alpine\nRUN touch /half && echo {mark}");
        var next = await Hello.Program.BuildAsync(context.Path);
        Assert.AreEqual(0, next.ExitCode, next.Error);
        Assert.IsFalse(
            Directory.EnumerateDirectories(Path.Combine(Hello.Program.Store, "snapshots"), $"tmp-{process.Id}-*").Any(),
            "An unfinished snapshot stayed.");
        Assert.AreEqual(1, (await Hello.Program.RunAsync("inspect", "never")).ExitCode);
    }

    [TestMethod]
    public async Task A_build_killed_while_it_pulls_can_be_built_again()
    {
        using var context = Hello.Context("FROM golang:1.14.4-alpine\nRUN true");
        using var store = new TempFolder();
        var program = new StagesProgram(store.Combine("store"));
        using (var process = program.Start("build", "--progress", "plain", context.Path))
        {
            var end = StagesProgram.EndAsync(process);
            await UntilAsync(() => Directory.Exists(store.Combine("store", "snapshots"))
                && Directory.EnumerateDirectories(store.Combine("store", "snapshots")).Any());
            process.Kill();
            await end;
        }

        var next = await program.BuildAsync(context.Path);
        Assert.AreEqual(0, next.ExitCode, next.Error);
        Assert.AreEqual(0, Directory.EnumerateDirectories(store.Combine("store", "snapshots"), "tmp-*").Count());
    }

    [TestMethod]
    public async Task Two_builds_of_the_same_project_at_once_give_the_same_image()
    {
        using var context = Hello.Context($"FROM alpine\nRUN sleep 1; cat /proc/sys/kernel/random/uuid > /made; echo {Guid.NewGuid()}");
        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Hello.Program.BuildAsync(context.Path, "-t", "twice")));
        foreach (var result in results)
        {
            Assert.AreEqual(0, result.ExitCode, result.Error);
            Assert.AreEqual(results[0].Digest, result.Digest);
        }
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 1200; i++)
        {
            if (condition())
            {
                return;
            }

            await Task.Delay(50);
        }

        Assert.Fail("Waited a minute in vain.");
    }
}
