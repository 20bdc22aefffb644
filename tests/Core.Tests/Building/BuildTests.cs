using System.Collections.Immutable;
using ContainerStages.Building;
using ContainerStages.Caching;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Engines;
using ContainerStages.Images;
using ContainerStages.Layers;
using ContainerStages.Oci;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Building;

/// <summary>The list of phases with an engine that is not ours, in a process that may or may not run steps itself.</summary>
[TestClass]
public sealed class BuildTests(TestContext context) : IDisposable
{
    private const string Dockerfile = """
        FROM scratch
        RUN compile
        CMD ["/app"]
        """;

    private readonly TempFolder folder = new();
    private readonly RecordedEvents events = new();

    public void Dispose() => folder.Dispose();

    [TestMethod]
    public async Task An_engine_that_is_not_ours_makes_the_files_and_the_image_is_ours()
    {
        FakeEngine? used = null;
        var build = new Build(Definition, events) { OpenEngines = session => new EngineChoice(used = new FakeEngine(session), []) };

        var result = await build.RunAsync(context.CancellationToken);

        Assert.AreEqual("execute", used!.Asked);
        Assert.AreEqual("RUN compile", used.Request!.Builds.Single().Plan.Target.Steps.Single().Title);
        Assert.HasCount(2, used.Request.Builds.Single().Graph.Target.Stage.Instructions);
        Assert.Contains("\"/app\"", result.Configuration!);
        Assert.AreEqual(1, result.LayerCount);
        Assert.IsEmpty(await LayoutValidator.ValidateFolderAsync(folder.Combine("image"), context.CancellationToken));
        Assert.HasCount(1, Warnings);
    }

    [TestMethod]
    public async Task A_process_without_privileges_goes_on_where_the_forecast_has_the_result()
    {
        FakeEngine? used = null;
        var entered = 0;
        var build = new Build(Definition, events, () => Refuse(ref entered))
        {
            OpenEngines = session => new EngineChoice(used = new FakeEngine(session) { IsKnown = true }, []),
        };

        var result = await build.RunAsync(context.CancellationToken);

        Assert.AreEqual(("forecast", 0), (used!.Asked, entered));
        Assert.HasCount(1, Warnings);
        Assert.Contains("RUN compile", events.Steps(StepOutcome.Cached));
    }

    [TestMethod]
    public async Task A_process_without_privileges_hands_over_where_a_step_must_run_and_has_reported_nothing()
    {
        FakeEngine? used = null;
        var atHandOver = -1;
        var build = new Build(
            Definition,
            events,
            HandOver) { OpenEngines = session => new EngineChoice(used = new FakeEngine(session), []) };

        await Assert.ThrowsExactlyAsync<HandedOverException>(() => build.RunAsync(context.CancellationToken));

        Assert.AreEqual(("forecast", 0), (used!.Asked, atHandOver));
        Assert.IsFalse(Directory.Exists(folder.Combine("image")));

        BuildFailedException HandOver()
        {
            atHandOver = events.Events.Count;
            throw new HandedOverException();
        }
    }

    [TestMethod]
    public async Task Files_alone_are_put_together_where_no_namespace_is_to_be_had_and_a_command_is_refused()
    {
        var definition = Definition;
        var entered = 0;
        FakeEngine? used = null;
        Build Open() =>
            new(
                definition,
                events,
                () => Refuse(ref entered)) { OpenEngines = session => new EngineChoice(used = new FakeEngine(session), []) };
        var refused = await Assert.ThrowsExactlyAsync<BuildFailedException>(() => Open().RunAsync(context.CancellationToken));
        Assert.AreEqual(("CST4020", "forecast"), (refused.Diagnostics.Single().Code, used!.Asked));

        folder.Write("context/Dockerfile", "FROM scratch\nCOPY Dockerfile /app\n");
        await Open().RunAsync(context.CancellationToken);
        Assert.AreEqual(("execute", 2), (used.Asked, entered));
    }

    [TestMethod]
    public async Task A_folder_with_the_files_of_the_image_is_never_written_without_privileges()
    {
        FakeEngine? used = null;
        var outputs = new BuildOutputs { Destinations = [new Destination(Medium.Folder, folder.Combine("files"))] };
        var definition = Definition with { Outputs = outputs };
        var build = new Build(definition, events, () => throw new HandedOverException())
        {
            OpenEngines = session => new EngineChoice(used = new FakeEngine(session) { IsKnown = true }, []),
        };

        await Assert.ThrowsExactlyAsync<HandedOverException>(() => build.RunAsync(context.CancellationToken));

        Assert.AreEqual("", used!.Asked);
    }

    [TestMethod]
    public async Task Warnings_of_planning_stand_before_the_error_that_ends_the_build_there()
    {
        var definition = Definition;
        folder.Write("context/Dockerfile", Dockerfile + "\nSTOPSIGNAL $UNKNOWN\nUSER\n");
        var build = new Build(definition, events, () => throw new HandedOverException());

        await Assert.ThrowsExactlyAsync<BuildFailedException>(() => build.RunAsync(context.CancellationToken));

        Assert.IsEmpty(events.Events.OfType<StepStarted>());
    }

    private static BuildFailedException Refuse(ref int entered)
    {
        entered++;
        return new BuildFailedException(RunDiagnostics.NoUserNamespaceTool("unshare"));
    }

    private IReadOnlyList<Diagnostic> Warnings => [.. events.Events.OfType<DiagnosticReported>().Select(reported => reported.Diagnostic)];

    private BuildDefinition Definition
    {
        get
        {
            folder.Write("context/Dockerfile", Dockerfile);
            return new BuildDefinition
            {
                Source = new BuildSource
                {
                    ContextDirectory = folder.Combine("context"),
                    Dockerfile = folder.Combine("context/Dockerfile"),
                    BuildArgs = new Dictionary<string, string> { ["UNUSED"] = "1" },
                },
                Policy = new BuildPolicy { Store = folder.Combine("store") },
                Outputs = new BuildOutputs { Destinations = [new Destination(Medium.OciLayout, folder.Combine("image"))] },
            };
        }
    }

    private sealed class HandedOverException : Exception;

    /// <summary>One layer with one file for whatever it is asked.</summary>
    private sealed class FakeEngine(BuildSession session) : IEngine
    {
        public string Name => "fake";

        public bool IsKnown { get; init; }

        /// <summary>The last thing that it was asked for.</summary>
        public string Asked { get; private set; } = "";

        public EngineRequest? Request { get; private set; }

        public Task<EngineProbe> ProbeAsync(CancellationToken cancellationToken) => Task.FromResult(EngineProbe.Works);

        public async Task<Forecast> ForecastAsync(EngineRequest request, CancellationToken cancellationToken)
        {
            (Asked, Request) = ("forecast", request);
            var target = request.Builds.Single().Plan.Target;
            var steps = target.Steps.Select((step, i) =>
                IsKnown ? new StepForecast(step, StepState.Cached, new StepKey($"key{i}")) : new StepForecast(step, StepState.Runs, null));
            var known = IsKnown ? await MakeAsync(request, cancellationToken) : default(ImmutableArray<ExecutedStage>?);
            return new Forecast([[new StageForecast(target, "target", [.. steps])]], known);
        }

        public Task<ImmutableArray<ExecutedStage>> ExecuteAsync(EngineRequest request, CancellationToken cancellationToken)
        {
            (Asked, Request) = ("execute", request);
            return MakeAsync(request, cancellationToken);
        }

        private async Task<ImmutableArray<ExecutedStage>> MakeAsync(EngineRequest request, CancellationToken cancellationToken)
        {
            using var files = new TempFolder();
            files.Write("app", "compiled");
            var layer = await LayerWriter.WriteAsync(files.Path, session.Content, LayerWriterOptions.Default, cancellationToken);
            var history = request.Builds.Single().Plan.Target.History.Select(entry =>
                new HistoryEntry { CreatedBy = entry.CreatedBy, EmptyLayer = entry.Step is null ? true : null });
            return [new ExecutedStage([new ImageLayer(layer!)], [.. history], IsKnown)];
        }
    }
}
