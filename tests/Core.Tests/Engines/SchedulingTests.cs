using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Engines;
using ContainerStages.Oci;

namespace ContainerStages.Core.Tests.Engines;

/// <summary>What runs beside what, what a failure and a cancellation stop, and that nothing runs on behind.</summary>
[TestClass]
public sealed class SchedulingTests(TestContext context) : IDisposable
{
    private const string TwoBuilders = """
        FROM base AS one
        RUN wait one; write /one 1
        FROM base AS two
        RUN wait two; write /two 2
        FROM scratch
        COPY --from=one /one /
        COPY --from=two /two /
        """;

    private static readonly Platform[] TwoPlatforms =
        [new() { Os = "linux", Architecture = "amd64" }, new() { Os = "linux", Architecture = "arm64" }];

    private readonly EngineBench bench = new();

    [TestInitialize]
    public void Prepare()
    {
        bench.AddImage("base", "one", "two");
        bench.Write("main.go", "first");
    }

    public void Dispose() => bench.Dispose();

    [TestMethod]
    public async Task Stages_that_need_nothing_of_each_other_run_side_by_side()
    {
        var build = bench.StartAsync(TwoBuilders);
        await bench.Sandbox.ReachedAsync("one");
        await bench.Sandbox.ReachedAsync("two");
        Open("two", "one");
        Assert.AreEqual("one\ntwo", await bench.FilesAsync((await build).Single()));
    }

    [TestMethod]
    public async Task Layers_stand_in_the_order_of_the_file_whoever_is_first()
    {
        var build = bench.StartAsync(TwoBuilders);
        await bench.Sandbox.ReachedAsync("one");
        Open("two");
        await bench.Sandbox.ReachedAsync("two");
        Open("one");
        var first = EngineBench.Layers((await build).Single());
        Open("one", "two");
        bench.Policy = bench.Policy with { NoCache = true };
        Assert.AreEqual(first, EngineBench.Layers((await bench.StartAsync(TwoBuilders)).Single()));
    }

    [TestMethod]
    public async Task A_stage_that_nobody_needs_is_not_run()
    {
        await bench.BuildAsync("FROM base AS unused\nRUN exit 1\nFROM base\nRUN write /a 1\n");
        Assert.AreEqual("write /a 1", bench.Runs.Single());
    }

    [TestMethod]
    public async Task A_stage_that_two_read_from_runs_once()
    {
        await bench.BuildAsync(
            "FROM base AS x\nRUN write /x 1\nFROM x AS a\nRUN write /a 1\nFROM x AS b\nRUN write /b 1\nFROM scratch\nCOPY --from=a /x /a " +
            "/\nCOPY --from=b /x /b /d/\n");
        Assert.HasCount(1, bench.Runs.Where(run => run == "write /x 1"));
    }

    [TestMethod]
    public async Task Two_stages_with_the_same_step_run_it_once()
    {
        var build =
            bench.StartAsync(
                "FROM base AS a\nRUN wait gate; write /x 1\nFROM base AS b\nRUN wait gate; write /x 1\nFROM scratch\nCOPY " +
                "--from=a /x /a\nCOPY --from=b /x /b\n");
        await bench.Sandbox.ReachedAsync("gate");
        Open("gate");
        await build;
        Assert.HasCount(1, bench.Runs);
    }

    [TestMethod]
    public async Task What_a_later_copy_selects_is_read_while_a_command_runs()
    {
        var build = bench.StartAsync("FROM base\nRUN wait gate; nothing\nCOPY --link main.go /\n");
        await bench.Sandbox.ReachedAsync("gate");
        await UntilAsync(() => bench.Events.Steps(StepOutcome.Done).Any(title => title.StartsWith("COPY", StringComparison.Ordinal)));
        Open("gate");
        await build;
    }

    [TestMethod]
    public async Task A_later_copy_that_must_fail_stops_the_command_before_it()
    {
        var failed = await bench.FailAsync("FROM base\nRUN wait never\nCOPY missing /\n");
        Assert.AreEqual("CST4203", failed.Code);
        AssertNothingIsLeft();
    }

    [TestMethod]
    public async Task An_image_is_pulled_once_for_all_stages()
    {
        Open("one", "two");
        await bench.StartAsync(TwoBuilders);
        Assert.AreEqual(2, bench.Blobs.Count);
    }

    [TestMethod]
    public async Task Layers_of_an_image_are_pulled_side_by_side()
    {
        var both = new CountdownEvent(2);
        bench.Blobs.Before = async token =>
        {
            both.Signal();
            await UntilAsync(() => both.IsSet);
        };
        await bench.BuildAsync("FROM base\nRUN nothing\n");
    }

    [TestMethod]
    public async Task A_base_that_no_step_reads_is_not_pulled()
    {
        await bench.BuildAsync("FROM base\nENV A=1\n");
        Assert.AreEqual(0, bench.Blobs.Count);
    }

    [TestMethod]
    public async Task A_failing_command_stops_the_stage_beside_it()
    {
        var build = bench.StartAsync(TwoBuilders.Replace("write /one 1", "say bad; exit 3"));
        await bench.Sandbox.ReachedAsync("two");
        Open("one");
        var failed = (await Assert.ThrowsExactlyAsync<BuildFailedException>(() => build)).Diagnostics.Single();
        Assert.Contains("exit code 3", failed.Message);
        AssertNothingIsLeft();
    }

    [TestMethod]
    public async Task A_failed_command_runs_again_and_what_came_before_does_not()
    {
        const string Dockerfile = "FROM base\nRUN write /a 1\nRUN exit 3\n";
        await bench.FailAsync(Dockerfile);
        await bench.FailAsync(Dockerfile);
        Assert.AreEqual("exit 3", bench.Runs.Single());
        Assert.AreEqual("RUN exit 3", bench.Events.Steps(StepOutcome.Failed).Single());
    }

    [TestMethod]
    public async Task What_was_finished_beside_a_failure_is_kept()
    {
        Open("two");
        var build = bench.StartAsync(TwoBuilders.Replace("write /one 1", "exit 3"));
        await UntilAsync(() => bench.Events.Steps(StepOutcome.Done).Contains("RUN wait two; write /two 2"));
        Open("one");
        await Assert.ThrowsExactlyAsync<BuildFailedException>(() => build);
        await bench.StartAsync(TwoBuilders.Replace("wait one; ", "")).ConfigureAwait(ConfigureAwaitOptions.None);
        Assert.HasCount(1, bench.Runs.Where(run => run.Contains("/two", StringComparison.Ordinal)));
    }

    [TestMethod]
    public async Task A_pull_that_fails_ends_the_build_with_its_reason()
    {
        bench.Blobs.Before = _ => throw new BuildFailedException(StepDiagnostics.NoContext("the registry is gone"));
        var failed = await bench.FailAsync(TwoBuilders);
        Assert.Contains("the registry is gone", failed.Message);
        CollectionAssert.Contains(bench.Events.Steps(StepOutcome.Failed).ToArray(), "pull base:latest");
        AssertNothingIsLeft();
    }

    [TestMethod]
    [DataRow("FROM base\nRUN wait gate\n", "gate")]
    [DataRow("FROM base AS a\nRUN wait gate\nFROM base AS b\nRUN wait gate\nFROM scratch\nCOPY --from=a / /\nCOPY --from=b / /\n", "gate")]
    [DataRow(
        "FROM base AS a\nRUN wait gate\nFROM base AS b\nRUN wait other\nFROM scratch\nCOPY --from=a / /\nCOPY --from=b / /\n", "other")]
    [DataRow("FROM base AS a\nRUN wait gate\nFROM base\nCOPY --from=a / /\n", "gate")]
    [DataRow("FROM base\nRUN --mount=target=/m wait gate\nCOPY --link main.go /\n", "gate")]
    public async Task A_build_that_is_cancelled_while_commands_run_leaves_nothing(string dockerfile, string gate)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        var build = bench.StartAsync(dockerfile, stop.Token);
        await bench.Sandbox.ReachedAsync(gate);
        await stop.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => build);
        AssertNothingIsLeft();

        Open("gate", "other");
        await bench.StartAsync(dockerfile, context.CancellationToken);
    }

    [TestMethod]
    [DataRow("FROM base\nRUN nothing\n")]
    [DataRow("FROM scratch\nCOPY --from=base /file0 /\n")]
    [DataRow("FROM base\nRUN --mount=from=base,target=/m nothing\n")]
    public async Task A_build_that_is_cancelled_while_it_pulls_leaves_nothing(string dockerfile)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        var pulling = new TaskCompletionSource();
        bench.Blobs.Before = token =>
        {
            pulling.TrySetResult();
            return Task.Delay(Timeout.Infinite, token);
        };
        var build = bench.StartAsync(dockerfile, stop.Token);
        await pulling.Task;
        await stop.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => build);
        AssertNothingIsLeft();

        bench.Blobs.Before = _ => Task.CompletedTask;
        await bench.StartAsync(dockerfile, context.CancellationToken);
    }

    [TestMethod]
    public async Task A_build_that_was_cancelled_before_it_began_runs_nothing()
    {
        await Assert.ThrowsAsync<OperationCanceledException>(() => bench.StartAsync(TwoBuilders, new CancellationToken(canceled: true)));
        Assert.IsEmpty(bench.Runs);
        AssertNothingIsLeft();
    }

    /// <summary>
    /// The stage that began the step fails beside it; the one that waits for the same step was not asked to stop yet, and must not end as
    /// if it had been.
    /// </summary>
    [TestMethod]
    public async Task A_failure_beside_a_shared_step_is_the_failure_of_the_build()
    {
        for (var round = 0; round < 20; round++)
        {
            using var own = new EngineBench();
            own.AddImage("base", "one");
            var failed =
                await own.FailAsync(
                    "FROM base AS a\nRUN wait never\nCOPY missing /\nFROM base AS b\nRUN wait never\nFROM scratch\nCOPY " +
                    "--from=a / /\nCOPY --from=b / /\n");
            Assert.AreEqual("CST4203", failed.Code);
            Assert.AreEqual(0, own.Sandbox.Running);
        }
    }

    [TestMethod]
    public async Task A_shared_step_fails_for_all_platforms_at_once()
    {
        bench.Platforms = [.. TwoPlatforms];
        var failed =
            await bench.FailAsync($"FROM --platform={Platform.Host} base AS builder\nRUN exit 3\nFROM scratch\nCOPY --from=builder / /\n");
        Assert.Contains("exit code 3", failed.Message);
        Assert.HasCount(1, bench.Runs);
    }

    [TestMethod]
    public async Task Two_builds_on_one_store_make_a_step_once()
    {
        const string Dockerfile = "FROM base\nRUN wait gate; write /a 1\n";
        var one = bench.StartAsync(Dockerfile);
        await bench.Sandbox.ReachedAsync("gate");
        var other = bench.StartAsync(Dockerfile);
        await UntilAsync(
            () => bench.Events.Events.OfType<StepStarted>().Count(step => step.Title.StartsWith("RUN", StringComparison.Ordinal)) == 2);
        await Task.Delay(100, context.CancellationToken);
        Open("gate");
        Assert.AreEqual(EngineBench.Layers((await one).Single()), EngineBench.Layers((await other).Single()));
        Assert.HasCount(1, bench.Runs);
    }

    [TestMethod]
    public async Task A_build_goes_on_when_the_one_that_made_its_step_is_cancelled()
    {
        const string Dockerfile = "FROM base\nRUN wait gate; write /a 1\n";
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        var one = bench.StartAsync(Dockerfile, stop.Token);
        await bench.Sandbox.ReachedAsync("gate");
        var other = bench.StartAsync(Dockerfile, context.CancellationToken);
        await stop.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => one);
        Open("gate");
        Assert.AreEqual("a", await bench.FilesAsync((await other).Single()));
        Assert.HasCount(2, bench.Runs);
    }

    private void Open(params string[] gates)
    {
        foreach (var gate in gates)
        {
            bench.Sandbox.Open(gate);
        }
    }

    private void AssertNothingIsLeft()
    {
        Assert.AreEqual(0, bench.Sandbox.Running);
        Assert.AreEqual("", bench.Leftovers());
        var started = bench.Events.Events.OfType<StepStarted>().Select(step => step.Id);
        CollectionAssert.AreEquivalent(started.ToArray(), bench.Events.Events.OfType<StepFinished>().Select(step => step.Id).ToArray());
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        for (var waited = 0; !holds(); waited++)
        {
            Assert.IsLessThan(3000, waited);
            await Task.Delay(10);
        }
    }
}
