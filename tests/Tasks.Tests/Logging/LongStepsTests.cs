using ContainerStages.Contracts;
using ContainerStages.Tasks.Logging;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using Task = System.Threading.Tasks.Task;

namespace ContainerStages.Tasks.Tests.Logging;

[TestClass]
public sealed class LongStepsTests(TestContext context) : IDisposable
{
    private readonly RecordingEngine _engine = new();
    private LongSteps? _steps;

    [TestMethod]
    public async Task A_fetch_that_takes_long_is_shown_with_its_bytes_until_it_ends()
    {
        var report = Reporter(after: 100);
        report(new StepStarted("1", "", "pull golang:1.19"));
        report(new ProgressChanged("1", 5_000_000, 200_000_000));
        await LinesAsync(1);
        report(new ProgressChanged("1", 80_000_000, 200_000_000));
        await LinesAsync(2);
        report(new StepFinished("1", StepOutcome.Done, 12_300));

        Assert.AreSequenceEqual(
            ["hello: pull golang:1.19, 5MB of 200MB", "hello: pull golang:1.19, 80MB of 200MB", "hello: pull golang:1.19 done in 12.3s"],
            _engine.Lines(MessageImportance.High).ToList());
        Assert.IsEmpty(_engine.Lines(MessageImportance.Normal), "Nothing is said twice.");
    }

    [TestMethod]
    public async Task A_command_that_takes_long_is_shown_when_it_does_and_again_while_it_is_silent()
    {
        var report = Reporter(after: 100);
        report(new StepStarted("1", "build", "RUN go test ./... -> /report"));
        await LinesAsync(2);
        report(new StepFinished("1", StepOutcome.Failed, 300));

        // An arrow behind a project's name is a project's result for the terminal logger.
        var lines = _engine.Lines(MessageImportance.High).ToList();
        Assert.AreEqual("hello: [build] RUN go test ./... → /report ...", lines[0]);
        Assert.AreEqual("hello: [build] RUN go test ./... → /report, for 0s", lines[1]);
        Assert.AreEqual("hello: [build] RUN go test ./... → /report failed after 0.3s", lines[^1]);
    }

    [TestMethod]
    public async Task A_step_that_ends_soon_is_not()
    {
        var report = Reporter(after: 200);
        report(new StepStarted("1", "", "pull alpine"));
        report(new StepFinished("1", StepOutcome.Done, 10));
        report(new StepStarted("2", "build", "RUN true"));
        await Task.Delay(100, context.CancellationToken);
        Assert.IsNull(_steps!.First);
        _steps!.EndAll();
        await Task.Delay(400, context.CancellationToken);

        Assert.IsEmpty(_engine.Lines(MessageImportance.High));
        Assert.IsNull(_steps.First);
    }

    [TestMethod]
    [DataRow("pull mcr.microsoft.com/dotnet/sdk:10.0", "pull mcr․microsoft․com/dotnet/sdk:10․0")]
    [DataRow("[build] RUN echo $(date); cp *.so? /x@y%", "[build] RUN echo _[date], cp _․so_ /x_y_")]
    [DataRow("[build] RUN go build -o /go/bin/application ./cmd/application", "[build] RUN go build -o /go/bin/applica…")]
    public void A_step_becomes_the_name_of_a_target(string title, string expected) =>
        Assert.AreEqual(expected, StepTargets.TargetName(title, 40));

    public void Dispose() => _steps?.Dispose();

    private Action<BuildEvent> Reporter(int after)
    {
        var helper = new TaskLoggingHelper(_engine, "PublishContainerStages");
        var interval = TimeSpan.FromMilliseconds(after);
        _steps = new LongSteps(helper, "hello") { After = interval, FetchInterval = interval, StepInterval = interval };
        var log = new BuildEventLog(helper, new DiagnosticLog(helper), new HostFiles("/nowhere"), _steps);
        return buildEvent =>
        {
            _steps.Follow(buildEvent);
            log.Report(buildEvent);
        };
    }

    private async Task LinesAsync(int count)
    {
        while (_engine.Messages.Count(message => message.Importance == MessageImportance.High) < count)
        {
            await Task.Delay(10, context.CancellationToken);
        }
    }
}
