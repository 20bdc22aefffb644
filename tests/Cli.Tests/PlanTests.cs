using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

[TestClass]
public sealed class PlanTests
{
    [TestMethod]
    public async Task A_plan_tells_what_is_cached_and_what_would_run_and_runs_nothing()
    {
        using var context =
            Hello.Context(
                $"FROM alpine AS first\nRUN echo {Guid.NewGuid()} > /a\nFROM first AS second\nCOPY main.go /main.go\nRUN cat /main.go > " +
                "/b\nFROM scratch\nCOPY --from=second /b /b\n");
        var before = await PlanAsync(context);
        Assert.HasCount(5, before.Split("  run  "), before);
        Assert.Contains("first (from alpine:latest@sha256:", before);
        Assert.Contains("second (from first)", before);
        Assert.Contains("stage-2 (from scratch)", before);

        Assert.AreEqual(0, (await Hello.Program.BuildAsync(context.Path)).ExitCode);
        var after = await PlanAsync(context);
        Assert.DoesNotContain("  run  ", after);
        Assert.HasCount(5, after.Split("  cached  "), after);

        context.Write("main.go", "changed");
        var changed = await PlanAsync(context);
        Assert.HasCount(2, changed.Split("  cached  "), changed);
        Assert.Contains("  run     COPY main.go /main.go\n  run     RUN cat", changed);
        Assert.AreEqual(changed, await PlanAsync(context), "A plan changes nothing.");
        Assert.DoesNotContain("  cached  ", await PlanAsync(context, "--no-cache"));
    }

    private static async Task<string> PlanAsync(TempFolder context, params string[] options)
    {
        var result = await Hello.Program.RunAsync(["plan", .. options, context.Path]);
        Assert.AreEqual(0, result.ExitCode, result.Error);
        return result.Output;
    }
}
