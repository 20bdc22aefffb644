using ContainerStages.Caching;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Engines;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Engines.Delegated;

/// <summary>A build whose commands run elsewhere: what the other engine is asked for, and when it is not asked.</summary>
[TestClass]
public sealed class DelegatedEngineTests : IDisposable
{
    private const string TwoStages = """
        FROM base AS builder
        COPY src /src/
        RUN compile
        FROM scratch
        COPY --from=builder /app /bin/
        """;

    private readonly EngineBench bench = new();
    private readonly FakeBuilder builder = new();
    private readonly RecordedEvents events = new();
    private CommandSettings commands = new();

    [TestInitialize]
    public void Prepare()
    {
        bench.AddImage("base", "one");
        bench.Write("src/main.go", "first");
        bench.Write("src/other.txt", "more");
        bench.Write("elsewhere.txt", "not copied");
    }

    public void Dispose() => bench.Dispose();

    [TestMethod]
    public async Task The_files_of_a_stage_come_from_the_other_engine_and_the_layer_is_ours()
    {
        var built = await BuildAsync(TwoStages);
        Assert.AreEqual("bin/ bin/app", await bench.FilesAsync(built));
        Assert.IsFalse(built.AllCached);
        Assert.AreEqual("files", builder.Builds.Single().Target);
        Assert.AreEqual("Dockerfile empty/ c0/ c0/main.go c0/other.txt", string.Join(' ', builder.Context));

        builder.Files["/app"] = "another";
        var other = await BuildAsync(TwoStages.Replace("compile", "compile -x", StringComparison.Ordinal));
        Assert.AreNotEqual(EngineBench.Layers(built), EngineBench.Layers(other));
    }

    [TestMethod]
    public async Task While_nothing_changed_the_other_engine_is_not_asked_whatever_the_store_has_lost()
    {
        var first = await BuildAsync(TwoStages);
        Assert.IsTrue((await BuildAsync(TwoStages)).AllCached);
        Directory.Delete(bench.Store.Folder("snapshots"), recursive: true);
        var again = await BuildAsync(TwoStages);
        Assert.AreEqual(EngineBench.Layers(first), EngineBench.Layers(again));
        Assert.IsTrue(again.AllCached);
        Assert.HasCount(1, builder.Builds);
        var forecast = await Open().ForecastAsync(Request(TwoStages), CancellationToken.None);
        Assert.IsNotNull(forecast.Known);
        Assert.IsFalse(forecast.NeedsNamespace);
    }

    [TestMethod]
    [DataRow("src/main.go", "RUN compile", 2)]
    [DataRow("elsewhere.txt", "RUN compile", 1)]
    [DataRow("", "RUN --network=none compile", 2)]
    public async Task What_goes_into_a_stage_counts_and_nothing_else(string changed, string command, int builds)
    {
        await BuildAsync(TwoStages);
        if (changed.Length > 0)
        {
            bench.Write(changed, "changed");
        }

        await BuildAsync(TwoStages.Replace("RUN compile", command, StringComparison.Ordinal));
        Assert.HasCount(builds, builder.Builds);
    }

    [TestMethod]
    public async Task Without_cache_it_is_asked_again_without_its_own()
    {
        await BuildAsync(TwoStages);
        bench.Policy = new BuildPolicy { NoCache = true };
        await BuildAsync(TwoStages);
        Assert.HasCount(2, builder.Builds);
        Assert.IsTrue(builder.Builds[1].NoCache);
    }

    [TestMethod]
    public async Task An_engine_that_does_not_work_is_told_only_where_it_is_needed()
    {
        builder.Problem = RemoteDiagnostics.NotInstalled("fake", "fake");
        await BuildAsync("FROM base\nCOPY src /\n");
        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(() => BuildAsync(TwoStages));
        Assert.AreEqual("CST6400", failure.Diagnostics.Single().Code);
    }

    [TestMethod]
    public async Task A_context_of_more_than_a_gigabyte_is_said_with_its_largest_file()
    {
        var path = Path.Combine(bench.Context, "src", "large");
        await using (var large = File.Create(path))
        {
            large.SetLength(1_000_000_000);
        }

        builder.ReadsNothing = true;
        await BuildAsync(TwoStages);

        var said = events.Events.OfType<DiagnosticReported>().Single().Diagnostic;
        Assert.AreEqual(("CST6423", Severity.Warning), (said.Code, said.Severity));
        Assert.Contains($"1GB of files go to the engine 'fake', which takes its time. The largest is '{path}' with 1GB.", said.Message);
    }

    [TestMethod]
    public async Task Without_network_only_what_is_known_comes_from_it()
    {
        await BuildAsync(TwoStages);
        bench.Policy = new BuildPolicy { Offline = true };
        Assert.IsTrue((await BuildAsync(TwoStages)).AllCached);
        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(
            () => BuildAsync(TwoStages.Replace("compile", "compile -x", StringComparison.Ordinal)));
        Assert.AreEqual("CST6404", failure.Diagnostics.Single().Code);
    }

    [TestMethod]
    public async Task A_failed_command_is_told_at_its_line_with_its_output_and_without_secrets()
    {
        var token = new SecretSource { File = bench.PathOf("src/other.txt") };
        commands = new CommandSettings { Secrets = new Dictionary<string, SecretSource> { ["token"] = token } };
        builder.Progress = progress =>
        {
            var log = new BuildKitLog(progress);
            log.Read("#5 [s0 3/3] RUN x", false);
            log.Read("#5 0.100 more output", false);
            log.Read("#5 0.200 main.go:3: error", false);
            log.Read("#5 ERROR: process \"/bin/sh -c compile\" did not complete successfully: exit code: 3", false);
            throw progress.Failure("fake", 1, _ => null);
        };
        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(
            () => BuildAsync(TwoStages.Replace("RUN compile", "RUN --mount=type=secret,id=token compile", StringComparison.Ordinal)));
        var diagnostic = failure.Diagnostics.Single();
        Assert.AreEqual((Diagnostic.CommandFailed, 3), (diagnostic.Code, diagnostic.Location!.Value.Line));
        StringAssert.Contains(diagnostic.Message, "failed with exit code 3");
        StringAssert.Contains(diagnostic.Message, "  | main.go:3: error");
        StringAssert.Contains(diagnostic.Message, "  | *** output");
        Assert.AreEqual("*** output\nmain.go:3: error", string.Join('\n', events.Events.OfType<OutputLine>().Select(line => line.Text)));
        Assert.Contains("RUN --mount=type=secret,id=token compile", events.Steps(StepOutcome.Failed));
        Assert.AreEqual("token", builder.Builds.Single().Secrets.Keys.Single());
        Assert.IsFalse(builder.Builds.Single().Text.Write().Contains("more", StringComparison.Ordinal));
    }

    [TestMethod]
    public async Task What_buildx_writes_as_json_is_told_as_its_plain_lines_are()
    {
        builder.Progress = progress =>
        {
            var log = new BuildKitJsonLog(progress);
            log.Read("#0 building with a remote driver", true);
            Assert.IsFalse(log.HasBegun);
            log.Read(
                """{"vertexes":[{"digest":"c","name":"[s0 2/3] COPY c0/ /src/","started":"1","completed":"2","cached":true}]}""", true);
            log.Read("""{"vertexes":[{"digest":"r","name":"[s0 3/3] RUN compile"},{"digest":"x","name":"other","error":"odd"}]}""", true);
            log.Read("""{"vertexes":[{"digest":"r","name":"[s0 3/3] RUN compile","started":"1"}],"statuses":[{"id":"x"}]}""", true);
            log.Read("""{"logs":[{"vertex":"r","stream":1,"data":"Zmlyc3QKw6"},{"vertex":"r","stream":1,"data":"???"}]}""", true);
            log.Read("""{"logs":[{"vertex":"r","stream":1,"data":"Zmlyc3QKww=="},{"vertex":"r","stream":2,"data":"YmFkCg=="}]}""", true);
            log.Read("""{"logs":[{"vertex":"r","stream":1,"data":"qSBlbmQ="}]}""", true);
            log.Read("{ is no json", true);
            log.Read(
                """{"vertexes":[{"digest":"r","name":"[s0 3/3] RUN compile","completed":"2","error":"failed: exit code: 3"}]}""", true);
            throw progress.Failure("fake", 1, _ => null);
        };
        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(() => BuildAsync(TwoStages));
        Assert.AreEqual((Diagnostic.CommandFailed, 3), (failure.Diagnostics.Single().Code, failure.Diagnostics[0].Location!.Value.Line));
        string[] expected = ["first", "!bad", "\u00e9 end"];
        Assert.AreSequenceEqual(
            expected,
            events.Events.OfType<OutputLine>().Select(line => (line.IsError ? "!" : "") + line.Text).ToList());
        Assert.AreSequenceEqual(["COPY src /src/"], events.Steps(StepOutcome.Cached));
        Assert.AreSequenceEqual(["RUN compile"], events.Steps(StepOutcome.Failed));
    }

    [TestMethod]
    public async Task A_file_that_a_stage_does_not_have_is_told_as_the_embedded_engine_tells_it()
    {
        builder.Progress = progress =>
        {
            var log = new BuildKitLog(progress);
            log.Read("#7 [files 1/1] COPY --from=s0 /app /x/app", false);
            log.Read("#7 ERROR: failed to calculate checksum of ref x: \"/app\": not found", false);
            throw progress.Failure("fake", 1, _ => null);
        };
        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(() => BuildAsync(TwoStages));
        Assert.AreEqual("COPY found no '/app' in stage 'builder'.", failure.Diagnostics.Single().Message);
    }

    private async Task<ExecutedStage> BuildAsync(string dockerfile) =>
        (await Open().ExecuteAsync(Request(dockerfile), CancellationToken.None)).Single();

    private EngineRequest Request(string dockerfile) => bench.Request(dockerfile) with { Commands = commands };

    private DelegatedEngine Open() => new(
        builder, new SourceFetching(bench.Store), new StoreMemory(bench.Store), bench.Blobs, (image, _) =>
            Task.FromResult($"registry.test/{image.Repository}@{image.Digest}"), events);
}
