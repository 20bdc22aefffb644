using ContainerStages.Contracts;
using ContainerStages.Engines;
using ContainerStages.Oci;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Engines;

/// <summary>What the embedded engine says beforehand of a build, and that it does what it said.</summary>
[TestClass]
public sealed class ForecastTests : IDisposable
{
    private const string Builder = """
        FROM scratch AS builder
        COPY source /
        RUN write /out 1
        FROM scratch
        COPY --from=builder /out /
        WORKDIR /work
        """;

    private readonly EngineBench bench = new();

    public void Dispose() => bench.Dispose();

    [TestMethod]
    public async Task A_forecast_says_of_each_step_whether_it_would_run_and_runs_nothing()
    {
        bench.Write("source", "1");
        Assert.AreEqual("[Runs Runs] [Runs Runs]", await StatesAsync(Builder));
        Assert.IsEmpty(bench.Runs);
        var made = Directory.EnumerateFileSystemEntries(bench.Store.Root, "*", SearchOption.AllDirectories);
        Assert.IsEmpty(made.Where(path => path.Contains("snapshots/", StringComparison.Ordinal)));

        await bench.BuildAsync(Builder);
        Assert.AreEqual("[Cached Cached] [Cached Cached]", await StatesAsync(Builder));
        Assert.HasCount(1, bench.Runs);
    }

    [TestMethod]
    public async Task What_a_forecast_knows_is_what_a_build_gives()
    {
        bench.Write("source", "1");
        bench.AddImage("base", "one", "two");
        var dockerfile = Builder.Replace("FROM scratch\nCOPY", "FROM base\nCOPY", StringComparison.Ordinal);
        Assert.IsNull((await bench.ForecastAsync(dockerfile)).Known);

        var built = (await bench.BuildAsync(dockerfile)).Single();
        var known = (await bench.ForecastAsync(dockerfile)).Known!.Value.Single();

        CollectionAssert.AreEqual(built.Layers.ToArray(), known.Layers.ToArray());
        CollectionAssert.AreEqual(built.History.ToArray(), known.History.ToArray());
        Assert.IsTrue(known.AllCached);
        Assert.IsFalse(built.AllCached);
    }

    [TestMethod]
    public async Task A_changed_file_is_foreseen_with_all_that_stands_on_it()
    {
        bench.Write("source", "1");
        await bench.BuildAsync(Builder);
        bench.Write("source", "2");

        Assert.AreEqual("[Runs Runs] [Runs Runs]", await StatesAsync(Builder));
    }

    [TestMethod]
    public async Task A_build_without_cache_is_foreseen_to_run_the_stages_that_it_is_asked_for()
    {
        bench.Write("source", "1");
        await bench.BuildAsync(Builder);
        bench.Policy = bench.Policy with { NoCache = true };
        Assert.AreEqual("[Runs Runs] [Runs Runs]", await StatesAsync(Builder));
        bench.Policy = new BuildPolicy { NoCacheStages = ["builder"] };
        Assert.AreEqual("[Runs Runs] [Runs Runs]", await StatesAsync(Builder));
        bench.Policy = new BuildPolicy { NoCacheStages = ["other"] };
        Assert.AreEqual("[Cached Cached] [Cached Cached]", await StatesAsync(Builder));
    }

    [TestMethod]
    public async Task Steps_without_a_blob_of_the_layer_in_the_asked_form_are_no_result()
    {
        bench.Write("source", "1");
        await bench.BuildAsync(Builder);
        bench.Form = bench.Form with { Compression = LayerCompression.Zstd };

        var forecast = await bench.ForecastAsync(Builder);

        Assert.IsNull(forecast.Known);
        Assert.IsTrue(forecast.Builds.Single().SelectMany(stage => stage.Steps).All(step => step.State == StepState.Cached));
    }

    [TestMethod]
    public async Task Cached_steps_are_reported_once_though_several_platforms_have_them()
    {
        bench.Write("source", "1");
        bench.Platforms = [Platform.Host, Platform.Host];
        await bench.BuildAsync(Builder);
        var events = new RecordedEvents();

        (await bench.ForecastAsync(Builder)).ReportCached(events);

        var finished = events.Events.OfType<StepFinished>().ToArray();
        Assert.HasCount(4, finished);
        Assert.IsTrue(finished.All(step => step.Outcome == StepOutcome.Cached));
    }

    private async Task<string> StatesAsync(string dockerfile)
    {
        var stages = (await bench.ForecastAsync(dockerfile)).Builds.Single();
        return string.Join(' ', stages.Select(stage => $"[{string.Join(' ', stage.Steps.Select(step => step.State))}]"));
    }
}
