using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Engines;

namespace ContainerStages.Core.Tests.Engines.Delegated;

/// <summary>Who runs the commands, and the line that says why.</summary>
[TestClass]
public sealed class EngineChoiceTests
{
    private static readonly EngineRequest Request = new() { Builds = [], Context = new ContextFolder("/") };
    private static readonly BuildFailedException Refused = new(RunDiagnostics.NamespacesRefused(1));

    [TestMethod]
    [DataRow("auto", "embedded")]
    [DataRow("embedded", "embedded")]
    [DataRow("docker", "docker")]
    [DataRow("podman", "podman")]
    public void The_engine_that_was_named_is_asked_and_the_embedded_one_where_none_was(string asked, string expected) =>
        Assert.AreEqual(expected, Choice(null, null).First(asked).Name);

    [TestMethod]
    public async Task The_first_that_works_takes_the_place_of_the_embedded_one_and_says_why()
    {
        var both = await Choice(null, null).FindOtherAsync(Request, Refused, CancellationToken.None);
        Assert.AreEqual("docker", both.Chosen!.Engine.Name);
        StringAssert.StartsWith(
            both.Chosen.Why,
            "engine docker (7.1) runs the commands, because the embedded one cannot: The kernel refused new namespaces");
        Assert.AreEqual(
            "podman",
            (
                await Choice(
                    RemoteDiagnostics.NotInstalled("docker", "docker"),
                    null).FindOtherAsync(Request, Refused, CancellationToken.None)).Chosen!.Engine.Name);
    }

    [TestMethod]
    public async Task One_that_has_nothing_left_to_do_need_not_work_and_nothing_is_said()
    {
        var broken = RemoteDiagnostics.NotAnswering("docker", "off.");
        var choice = new EngineChoice(
            new FixedEngine("embedded", null),
            [new FixedEngine("docker", broken), new FixedEngine("podman", broken) { HasAll = true }]);
        var found = await choice.FindOtherAsync(Request, Refused, CancellationToken.None);
        Assert.AreEqual(("podman", ""), (found.Chosen!.Engine.Name, found.Chosen.Why));
    }

    [TestMethod]
    public async Task Where_none_works_the_embedded_ones_error_has_one_more_line()
    {
        var choice = Choice(RemoteDiagnostics.NotInstalled("docker", "docker"), RemoteDiagnostics.NotAnswering("podman", "broken."));
        var found = await choice.FindOtherAsync(Request, Refused, CancellationToken.None);
        Assert.IsNull(found.Chosen);
        var said = found.Refusal(Refused).Diagnostics.Single();
        Assert.AreEqual("CST4031", said.Code);
        Assert.AreEqual(
            $"{Refused.Diagnostics[0].Message}\n  Another engine could run the commands, " +
            "but none works here: docker (CST6400), podman (CST6401).",
            said.Message);
        Assert.AreSame(Refused, new OtherEngine(null, []).Refusal(Refused), "Nobody was asked.");
    }

    private static EngineChoice Choice(Diagnostic? docker, Diagnostic? podman) =>
        new(new FixedEngine("embedded", null), [new FixedEngine("docker", docker), new FixedEngine("podman", podman)]);

    private sealed class FixedEngine(string name, Diagnostic? problem) : IEngine
    {
        public string Name => name;

        public Task<EngineProbe> ProbeAsync(CancellationToken cancellationToken) => Task.FromResult(new EngineProbe(problem, "7.1"));

        public bool HasAll { get; init; }

        public Task<Forecast> ForecastAsync(EngineRequest request, CancellationToken cancellationToken) =>
            Task.FromResult(new Forecast([], HasAll ? [] : null));

        public Task<ImmutableArray<ExecutedStage>> ExecuteAsync(EngineRequest request, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
