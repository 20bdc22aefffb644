using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Dockerfile;
using ContainerStages.Stages;
using CsCheck;

namespace ContainerStages.Core.Tests.Stages;

[TestClass]
public sealed class StageGraphTests
{
    private const string Diamond = """
        FROM golang AS base
        FROM base AS left
        FROM base AS right
        FROM alpine AS unused
        FROM scratch AS final
        COPY --from=left /a /a
        COPY --from=right /b /b
        COPY --from=nginx:1 /c /c
        FROM final
        """;

    [TestMethod]
    public void Only_what_the_target_needs_is_left_in_an_order_that_can_be_built()
    {
        var graph = Graph(Diamond, "final");
        Assert.AreEqual("base left right final", Names(graph));
        Assert.AreEqual("final", graph.Target.Stage.Name);
    }

    [TestMethod]
    [DataRow(null, "base left right final stage-5")]
    [DataRow("left", "base left")]
    [DataRow("LEFT", "base left")]
    [DataRow("2", "base right")]
    [DataRow("unused", "unused")]
    public void The_target_is_a_name_or_an_index_or_the_last_stage(string? target, string expected) =>
        Assert.AreEqual(expected, Names(Graph(Diamond, target)));

    [TestMethod]
    public void What_a_stage_builds_on_and_copies_from_is_resolved()
    {
        var graph = Graph(Diamond, null);
        Assert.AreEqual("docker.io/library/golang:latest", ((StageSource.Image)graph[0].Base).Reference.ToString());
        Assert.AreEqual(new StageSource.OtherStage(0), graph[1].Base);
        Assert.IsInstanceOfType<StageSource.Scratch>(graph[4].Base);
        var copies = graph[4].Stage.Instructions.Cast<CopyInstruction>().Select(graph[4].SourceOf).ToList();
        Assert.AreEqual(new StageSource.OtherStage(1), copies[0]);
        Assert.AreEqual(new SourceLocation("Dockerfile", 8, 6, 8, 20), ((StageSource.Image)copies[2]!).Location);
        Assert.IsNull(
            Graph("FROM a\nCOPY a b", null).Target.SourceOf((CopyInstruction)Graph("FROM a\nCOPY a b", null).Target.Stage.Instructions[0]));
    }

    [TestMethod]
    public void A_stage_may_bear_the_name_of_its_image() =>
        Assert.IsInstanceOfType<StageSource.Image>(Graph("FROM alpine AS alpine", null).Target.Base);

    [TestMethod]
    public void An_unknown_target_lists_the_stages()
    {
        var failure = Assert.ThrowsExactly<BuildFailedException>(() => Graph(Diamond, "rihgt"));
        Assert.AreEqual(
            "Dockerfile: error CST3005: There is no stage 'rihgt' to build. Did you mean 'right'? Stages: " +
            "base, left, right, unused, final.",
            failure.Message);
    }

    [TestMethod]
    [DataRow("9")]
    [DataRow("-1")]
    [DataRow("")]
    public void A_target_that_is_no_stage_is_refused(string target) =>
        Assert.AreEqual("CST3005", Assert.ThrowsExactly<BuildFailedException>(() => Graph(Diamond, target)).Diagnostics[0].Code);

    [TestMethod]
    public void A_project_may_name_its_stages_in_any_order()
    {
        var graph = StageGraph.Create(Set(("final", "mid"), ("mid", "first"), ("first", "scratch")), "final");
        Assert.AreEqual("first mid final", Names(graph));
    }

    [TestMethod]
    [DataRow("final", DisplayName = "in what the target needs")]
    [DataRow("c", DisplayName = "elsewhere")]
    public void A_circle_is_named_stage_by_stage(string target)
    {
        var failure = Assert.ThrowsExactly<BuildFailedException>(
            () => StageGraph.Create(Set(("final", "a"), ("a", "b"), ("b", "a"), ("c", "scratch")), target));
        Assert.AreEqual(
            "p(2): error CST3004: The stages need each other in a circle: a -> b -> a.", failure.Diagnostics.Single().ToString());
    }

    [TestMethod]
    public void No_stage_at_all_is_an_error() =>
        Assert.AreEqual("CST3010", Assert.ThrowsExactly<BuildFailedException>(() => StageGraph.Create(Set(), null)).Diagnostics[0].Code);

    [TestMethod]
    public void Every_stage_comes_after_those_it_needs()
    {
        // Stage i takes from some of the stages above it, in a shuffled file.
        var stages = Gen.Int[0, 1000].Array[1, 12];
        Gen.Select(stages, Gen.Int[0, 1000]).Sample((seeds, shuffle) =>
        {
            var named = seeds.Select((seed, index) => ("s" + index, index == 0 || seed % 3 == 0 ? "scratch" : "s" + (seed % index)))
                .ToArray();
            var random = new Random(shuffle);
            random.Shuffle(named);
            var graph = StageGraph.Create(Set(named), "s" + (seeds.Length - 1));
            var seen = new HashSet<int>();
            foreach (var node in graph.Stages)
            {
                Assert.IsTrue(node.Needs.All(seen.Contains));
                Assert.IsTrue(seen.Add(node.Stage.Index));
            }

            Assert.AreEqual("s" + (seeds.Length - 1), graph.Target.Stage.Name);
        });
    }

    private static StageGraph Graph(string text, string? target) =>
        StageGraph.Create(DockerfileFrontEnd.Read(text, "Dockerfile", new FrontEndOptions()), target);

    private static StageSet Set(params (string Name, string From)[] stages) => new(
        [.. stages.Select(
            (stage, index) => new Stage
            {
                Index = index,
                Name = stage.Name,
                From = stage.From,
                Location = new SourceLocation("p", index + 1),
                Instructions = [],
            })],
        ImmutableDictionary<string, string?>.Empty) { AnyOrder = true };

    private static string Names(StageGraph graph) => string.Join(' ', graph.Stages.Select(node => node.Stage.DisplayName));
}
