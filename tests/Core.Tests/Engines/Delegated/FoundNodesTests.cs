using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Engines;
using ContainerStages.Oci;

namespace ContainerStages.Core.Tests.Engines.Delegated;

/// <summary>Which of several builders makes which platform.</summary>
[TestClass]
public sealed class FoundNodesTests
{
    private const string Amd64 = "linux/amd64, linux/amd64/v2, linux/arm64, linux/386";
    private const string Arm64 = "linux/arm64, linux/amd64";

    [TestMethod]
    [DataRow("a", Amd64 + "|" + Amd64, "linux/amd64", 0, DisplayName = "equal ones are taken in the order of platforms")]
    [DataRow("b", Amd64 + "|" + Amd64, "linux/arm64", 1)]
    [DataRow("a", Amd64 + "|" + Amd64, "linux/386", 2)]
    [DataRow("b", Amd64 + "|" + Arm64, "linux/arm64", 0, DisplayName = "one that needs no emulator is better")]
    [DataRow("a", Amd64 + "|" + Arm64, "linux/amd64", 1)]
    [DataRow("a", Amd64 + "|" + Arm64, "linux/386", 1, DisplayName = "one that can is better than one that cannot")]
    [DataRow("b", "linux/amd64|" + Arm64, "linux/amd64 linux/arm64", 0, DisplayName = "it runs what is compiled natively too")]
    [DataRow("b", Arm64 + "|" + Amd64, "linux/amd64", 1, DisplayName = "a compiler for this machine, for another platform")]
    public void A_platform_has_the_builder_that_runs_its_commands_best(string expected, string nodes, string runsOn, int place)
    {
        var found = FoundNodes.Of([.. nodes.Split('|').Select((platforms, i) => Works($"{(char)('a' + i)}", platforms))]);
        Assert.AreEqual(expected, found.Choose(Build(runsOn, place)).Address!.Text);
    }

    [TestMethod]
    public void A_platform_that_none_runs_is_an_error_with_what_they_run()
    {
        var found = FoundNodes.Of([Works("a", "linux/amd64"), Works("b", "linux/arm64")]);
        var lacking = Assert.ThrowsExactly<BuildFailedException>(() => found.Choose(Build("linux/amd64 linux/s390x", 0)));
        Assert.Contains("for linux/s390x; it runs linux/amd64, linux/arm64.", lacking.Message);
        lacking = Assert.ThrowsExactly<BuildFailedException>(() => found.Choose(Build("linux/amd64 linux/arm64", 0)));
        Assert.Contains("for linux/amd64 and linux/arm64; it runs", lacking.Message);
    }

    [TestMethod]
    public void One_that_does_not_work_is_a_warning_and_all_together_one_error()
    {
        var found = FoundNodes.Of([Fails("a"), Works("b", Amd64)]);
        Assert.AreEqual("b", found.Choose(Build("linux/arm64", 0)).Address!.Text);
        Assert.AreEqual((Severity.Warning, "CST6421"), (found.Absent[0].Severity, found.Absent[0].Code));

        var failed = Assert.ThrowsExactly<BuildFailedException>(() => FoundNodes.Of([Fails("a"), Fails("b")]));
        Assert.HasCount(1, failed.Diagnostics);
        Assert.Contains("None of the others can be used either: 'b' (CST6415).", failed.Message);
    }

    private static BuildKitNode Node(string name) => new(EngineAddress.Read(name, out _), null);

    private static AskedNode Works(string name, string platforms) =>
        new(Node(name), BuilderState.Read($"Driver: remote\nStatus: running\nPlatforms: {platforms}\n"), null);

    private static AskedNode Fails(string name) =>
        new(Node(name), null, new BuildFailedException(BuildKitDiagnostics.NotAnswering(name, "nothing was heard.")));

    private static RemoteBuild Build(string runsOn, int place) => new()
    {
        Text = new StageText([]),
        Target = "one",
        Platform = Platform.Host,
        Place = place,
        RunsOn = [.. runsOn.Split(' ').Select(platform => Platform.TryParse(platform)!)],
        WriteContext = (_, _) => { },
        Result = "/nowhere",
    };
}
