using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Oci;

namespace ContainerStages.Core.Tests.Engines;

/// <summary>
/// What runs, what is found, and what is fetched. A command that runs twice for nothing costs minutes; one that does not run gives a wrong
/// image.
/// </summary>
[TestClass]
public sealed class StepCachingTests : IDisposable
{
    private const string TwoStages = """
        FROM base AS builder
        COPY main.go /
        RUN read /main.go; write /app built
        FROM scratch
        COPY --from=builder /app /
        """;

    private readonly EngineBench bench = new();

    [TestInitialize]
    public void Prepare()
    {
        bench.AddImage("base", "one", "two");
        bench.Write("main.go", "first");
    }

    public void Dispose() => bench.Dispose();

    [TestMethod]
    public async Task A_second_build_runs_nothing_and_gives_the_same_layers()
    {
        var first = (await bench.BuildAsync(TwoStages)).Single();
        Assert.IsFalse(first.AllCached);
        Assert.AreEqual("read /main.go; write /app built", bench.Runs.Single());
        Assert.AreEqual("app", await bench.FilesAsync(first));

        var second = (await bench.BuildAsync(TwoStages)).Single();
        Assert.IsTrue(second.AllCached);
        Assert.IsEmpty(bench.Runs);
        Assert.AreEqual(EngineBench.Layers(first), EngineBench.Layers(second));
        Assert.AreEqual(3, bench.Events.Steps(StepOutcome.Cached).Count);
    }

    [TestMethod]
    public async Task A_second_build_needs_no_snapshot_and_no_image()
    {
        await bench.BuildAsync(TwoStages);
        Directory.Delete(bench.Store.Folder("snapshots"), recursive: true);
        var pulled = bench.Blobs.Count;
        await bench.BuildAsync(TwoStages);
        Assert.IsEmpty(bench.Runs);
        Assert.AreEqual(pulled, bench.Blobs.Count);
        Assert.IsEmpty(Directory.EnumerateFileSystemEntries(bench.Store.Folder("snapshots")));
    }

    [TestMethod]
    public async Task A_changed_file_runs_what_stands_on_it()
    {
        await bench.BuildAsync(TwoStages);
        bench.Write("main.go", "second");
        await bench.BuildAsync(TwoStages);
        Assert.AreEqual("second", bench.Events.Events.OfType<OutputLine>().Single().Text);
    }

    [TestMethod]
    public async Task A_file_that_is_touched_only_runs_nothing()
    {
        await bench.BuildAsync(TwoStages);
        File.SetLastWriteTimeUtc(bench.PathOf("main.go"), DateTime.UtcNow.AddDays(1));
        await bench.BuildAsync(TwoStages);
        Assert.IsEmpty(bench.Runs);
    }

    [TestMethod]
    public async Task A_file_that_nobody_copies_counts_for_nothing()
    {
        await bench.BuildAsync(TwoStages);
        bench.Write("other.go", "new");
        await bench.BuildAsync(TwoStages);
        Assert.IsEmpty(bench.Runs);
    }

    [TestMethod]
    [DataRow("RUN write /a 1")]
    [DataRow("RUN write /a 2\nRUN write /b 1")]
    [DataRow("ENV A=1\nRUN write /a 2")]
    [DataRow("WORKDIR /w\nRUN write /a 2")]
    [DataRow("USER 5\nRUN write /a 2")]
    [DataRow("RUN --network=none write /a 2")]
    [DataRow("RUN --mount=type=tmpfs,target=/t write /a 2")]
    [DataRow("RUN --mount=target=/c write /a 2")]
    public async Task Another_command_runs(string instructions)
    {
        await bench.BuildAsync("FROM base\nRUN write /a 2\n");
        await bench.BuildAsync($"FROM base\n{instructions}\n");
        Assert.IsNotEmpty(bench.Runs);
    }

    [TestMethod]
    public async Task The_same_command_on_another_image_runs()
    {
        bench.AddImage("other", "three");
        await bench.BuildAsync("FROM base\nRUN write /a 1\n");
        await bench.BuildAsync("FROM other\nRUN write /a 1\n");
        Assert.AreEqual("write /a 1", bench.Runs.Single());
    }

    [TestMethod]
    public async Task A_command_that_changes_nothing_is_known_and_makes_no_layer()
    {
        var stage = (await bench.BuildAsync("FROM base\nRUN nothing\n")).Single();
        Assert.HasCount(2, stage.Layers);
        Assert.IsTrue(stage.History[^1].EmptyLayer);
        await bench.BuildAsync("FROM base\nRUN nothing\n");
        Assert.IsEmpty(bench.Runs);
    }

    [TestMethod]
    public async Task The_same_command_twice_is_two_steps()
    {
        await bench.BuildAsync("FROM base\nRUN nothing\nRUN nothing\n");
        Assert.HasCount(2, bench.Runs);
    }

    [TestMethod]
    public async Task Without_cache_every_step_runs_and_is_known_afterwards()
    {
        var first = await bench.BuildAsync(TwoStages);
        bench.Policy = bench.Policy with { NoCache = true };
        var again = await bench.BuildAsync(TwoStages);
        Assert.HasCount(1, bench.Runs);
        Assert.IsEmpty(bench.Events.Steps(StepOutcome.Cached));
        Assert.AreEqual(EngineBench.Layers(first[0]), EngineBench.Layers(again[0]));
        bench.Policy = bench.Policy with { NoCache = false };
        await bench.BuildAsync(TwoStages);
        Assert.IsEmpty(bench.Runs);
    }

    [TestMethod]
    public async Task Without_cache_the_new_result_is_the_one_that_is_used()
    {
        // The command reads what no key counts.
        const string Dockerfile = "FROM base\nRUN wait time; write /now 1\nRUN read /now\n";
        bench.Sandbox.Open("time");
        await bench.StartAsync(Dockerfile);
        bench.Policy = bench.Policy with { NoCache = true };
        bench.Sandbox.Open("time");
        await bench.StartAsync(Dockerfile);
        Assert.AreEqual("wait time; write /now 1\nread /now\nwait time; write /now 1\nread /now", string.Join('\n', bench.Runs));
    }

    [TestMethod]
    public async Task Of_stages_without_cache_the_others_stay_cached()
    {
        const string Dockerfile =
            "FROM base AS a\nRUN write /a 1\nFROM base AS b\nRUN write /b 1\nFROM scratch\nCOPY --from=a /a /\nCOPY --from=b /b /\n";
        await bench.BuildAsync(Dockerfile);
        bench.Policy = bench.Policy with { NoCacheStages = ["b"] };
        await bench.BuildAsync(Dockerfile);
        Assert.AreEqual("write /b 1", bench.Runs.Single());
    }

    [TestMethod]
    public async Task A_builder_that_makes_the_same_file_leaves_the_rest_cached()
    {
        const string Last = "FROM base\nCOPY --from=builder /app /\nRUN write /c 1\n";
        await bench.BuildAsync($"FROM base AS builder\nRUN write /app 1\n{Last}");
        await bench.BuildAsync($"FROM base AS builder\nRUN write /app 1; write /log 2\n{Last}");
        Assert.AreEqual("write /app 1; write /log 2", bench.Runs.Single());
    }

    [TestMethod]
    public async Task A_linked_copy_stays_when_what_is_below_changes()
    {
        await bench.BuildAsync("FROM base\nRUN write /a 1\nCOPY --link main.go /\n");
        var second = (await bench.BuildAsync("FROM base\nRUN write /a 2\nCOPY --link main.go /\n")).Single();
        Assert.AreEqual("COPY --link main.go /", bench.Events.Steps(StepOutcome.Cached).Single());
        Assert.AreEqual("a\nmain.go", await bench.FilesAsync(second));
    }

    [TestMethod]
    public async Task A_bind_mount_counts_by_content()
    {
        const string Dockerfile = "FROM base\nRUN --mount=target=/src,source=main.go write /a 1\n";
        await bench.BuildAsync(Dockerfile);
        await bench.BuildAsync(Dockerfile);
        Assert.IsEmpty(bench.Runs);
        bench.Write("main.go", "second");
        await bench.BuildAsync(Dockerfile);
        Assert.HasCount(1, bench.Runs);
    }

    /// <summary>Source: BuildKit, solver/llbsolver/ops/exec.go: every input of a command counts for its key.</summary>
    [TestMethod]
    public async Task What_a_cache_mount_begins_with_counts_by_content()
    {
        const string Dockerfile =
            "FROM scratch AS seed\nCOPY main.go /c/\nFROM base\nRUN --mount=type=cache,target=/c,from=seed,source=/c write /a 1\n";
        await bench.BuildAsync(Dockerfile);
        await bench.BuildAsync(Dockerfile);
        Assert.IsEmpty(bench.Runs);
        bench.Write("main.go", "second");
        await bench.BuildAsync(Dockerfile);
        Assert.HasCount(1, bench.Runs);
    }

    [TestMethod]
    public async Task Excluded_words_are_no_sources()
    {
        foreach (var name in new[] { "a", "b", "sources" })
        {
            bench.Write($"d/{name}", name);
        }

        const string Stage = "FROM scratch AS x\nCOPY d/ /\nFROM scratch\n";
        await bench.BuildAsync(Stage + "COPY --from=x --exclude=sources --exclude=a b /d/\n");
        var second = (await bench.BuildAsync(Stage + "COPY --from=x a sources b /d/\n")).Single();
        Assert.AreEqual("d/ d/a d/b d/sources", await bench.FilesAsync(second));
    }

    [TestMethod]
    public async Task A_layer_blob_that_is_gone_is_written_again()
    {
        var first = await bench.BuildAsync(TwoStages);
        Directory.Delete(bench.Store.Folder("blobs"), recursive: true);
        var second = await bench.BuildAsync(TwoStages);
        Assert.AreEqual(EngineBench.Layers(first[0]), EngineBench.Layers(second[0]));
        Assert.AreEqual("app", await bench.FilesAsync(second[0]));
    }

    [TestMethod]
    public async Task A_step_whose_record_is_damaged_and_whose_layer_is_gone_runs()
    {
        await bench.BuildAsync(TwoStages);
        Directory.Delete(bench.Store.Folder("snapshots"), recursive: true);
        foreach (var record in Directory.EnumerateFiles(bench.Store.Folder("steps")))
        {
            File.WriteAllText(record, "{}");
        }

        await bench.BuildAsync(TwoStages);
        Assert.HasCount(1, bench.Runs);
    }

    [TestMethod]
    public async Task Another_epoch_gives_other_layers_without_running_anything()
    {
        var first = await bench.BuildAsync(TwoStages);
        bench.Form = bench.Form with { SourceDateEpoch = 1_000_000_000 };
        var second = await bench.BuildAsync(TwoStages);
        Assert.IsEmpty(bench.Runs);
        Assert.AreNotEqual(EngineBench.Layers(first[0]), EngineBench.Layers(second[0]));
        Assert.StartsWith("2001-09-09", second[0].History[^1].Created!);
    }

    /// <summary>Whatever the store knew before, the same input gives the same layers.</summary>
    [TestMethod]
    [DataRow("FROM scratch\nCOPY main.go /\n")]
    [DataRow("FROM base\nWORKDIR /w\nADD main.go .\n")]
    [DataRow("FROM base\nRUN write /a 1\nCOPY --link main.go /d/\n")]
    [DataRow(TwoStages)]
    public async Task A_build_with_an_epoch_gives_what_a_fresh_store_gives(string dockerfile)
    {
        await bench.BuildAsync(dockerfile);
        bench.Form = bench.Form with { SourceDateEpoch = 1_000_000_000 };
        var known = await bench.BuildAsync(dockerfile);
        using var fresh = new EngineBench { Form = bench.Form };
        fresh.AddImage("base", "one", "two");
        fresh.Write("main.go", "first");
        Assert.AreEqual(EngineBench.Layers((await fresh.BuildAsync(dockerfile))[0]), EngineBench.Layers(known[0]));
    }

    [TestMethod]
    public async Task Several_platforms_share_the_builder_that_runs_here()
    {
        bench.Platforms = [new Platform { Os = "linux", Architecture = "amd64" }, new Platform { Os = "linux", Architecture = "arm64" }];
        var images = await bench.BuildAsync(
            $"FROM --platform={Platform.Host} base AS builder\nRUN write /app built\nFROM scratch\nCOPY --from=builder /app /\n");
        Assert.HasCount(2, images);
        Assert.AreEqual("write /app built", bench.Runs.Single());
        Assert.HasCount(1, bench.Events.Events.OfType<StepStarted>().Where(step => step.Title.StartsWith("RUN", StringComparison.Ordinal)));
    }
}
