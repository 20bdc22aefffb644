using System.Collections;
using System.Text.Json;
using ContainerStages.Contracts;

namespace ContainerStages.Tasks.Tests.Engine;

[TestClass]
public sealed class BuildEventReaderTests
{
    private static readonly PlatformImage Image = new()
    {
        Platform = "linux/arm64",
        ManifestDigest = "sha256:1",
        ManifestMediaType = "m/1",
        ConfigDigest = "sha256:2",
        Manifest = "{\"a\": \"ü\"}",
        Configuration = "{}",
        References = ["r/a:1"],
        Size = 5_000_000_000,
    };

    private static readonly BuildResult Result = new()
    {
        ManifestDigest = "sha256:3",
        ManifestMediaType = "m/2",
        ConfigDigest = "sha256:4",
        Manifest = "{ }",
        Configuration = "{\n}",
        Platform = "linux/amd64",
        Images = [Image],
        References = ["r/a:2", "r/b:2"],
        Files = ["/tmp/a b.tar"],
        Size = 6_000_000_000,
        CompressedSize = 3,
        LayerCount = 2,
        UpToDate = true,
    };

    private static readonly Diagnostic Diagnostic =
        new("CST1001", Severity.Warning, "Told \"so\".", new SourceLocation("/p/a b.goproj", 1, 2, 3, 4));

    // Every member of every event has a value here that it does not have by itself.
    private static readonly BuildEvent[] Events =
    [
        new EngineStarted(2, "1.2.3"),
        new StepStarted("1", "builder", "RUN make"),
        new StepFinished("1", StepOutcome.Cached, 7_000_000_000),
        new OutputLine("1", "a\tb \\ ü", IsError: true),
        new ProgressChanged("1", 8_000_000_000, 9_000_000_000),
        new DiagnosticReported(Diagnostic),
        new TextReported("golang: 1 -> 2"),
        new BuildFinished(Result),
    ];

    [TestMethod]
    public void What_the_program_writes_is_read_in_full()
    {
        foreach (var written in Events)
        {
            var line = Written(written);
            Assert.AreEqual(line, Written(BuildEventReader.Read(line)));
        }
    }

    [TestMethod]
    public void No_event_and_no_member_is_left_out_of_that()
    {
        var types = typeof(BuildEvent).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(BuildEvent)));
        Assert.AreSequenceEqual(
            types.Select(type => type.Name).Order().ToList(), Events.Select(written => written.GetType().Name).Order().ToList());
        foreach (var written in (object[])[.. Events, Result, Image, Diagnostic, Diagnostic.Location!.Value])
        {
            foreach (var member in written.GetType().GetProperties().Where(member => member.CanWrite))
            {
                var value = member.GetValue(written);
                var isTold = value is ICollection list ? list.Count > 0 : value is not null
                    && !value.Equals(member.PropertyType.IsValueType ? Activator.CreateInstance(member.PropertyType) : null);
                Assert.IsTrue(isTold, $"{written.GetType().Name}.{member.Name}");
            }
        }
    }

    [TestMethod]
    public void Every_outcome_and_severity_and_a_diagnostic_without_a_place_are_read()
    {
        foreach (var outcome in Enum.GetValues<StepOutcome>())
        {
            Assert.AreEqual(outcome, ((StepFinished)BuildEventReader.Read(Written(new StepFinished("1", outcome, 1)))).Outcome);
        }

        foreach (var severity in Enum.GetValues<Severity>())
        {
            var diagnostic = new Diagnostic("CST1001", severity, "so");
            Assert.AreEqual(
                diagnostic, ((DiagnosticReported)BuildEventReader.Read(Written(new DiagnosticReported(diagnostic)))).Diagnostic);
        }
    }

    [TestMethod]
    [DataRow("warning: a library prints this")]
    [DataRow("")]
    [DataRow("5")]
    [DataRow("[]")]
    [DataRow("null")]
    [DataRow("{}")]
    [DataRow("""{"type":"moon"}""")]
    [DataRow("""{"type":"text","text":5}""")]
    [DataRow("""{"type":"text","text":null}""")]
    [DataRow("""{"type":"step-finished","id":"1","outcome":"Lost","milliseconds":1}""")]
    [DataRow("""{"type":"step-finished","id":"1","outcome":"Done","milliseconds":1.5}""")]
    [DataRow("""{"type":"result","result":{"images":[5]}}""")]
    public void What_is_no_event_is_told_apart(string line) =>
        Assert.Throws<JsonException>(() => BuildEventReader.Read(line));

    private static string Written(BuildEvent written) => JsonSerializer.Serialize(written, ContractsJson.Default.BuildEvent);
}
