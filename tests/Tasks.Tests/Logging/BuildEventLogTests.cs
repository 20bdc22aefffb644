using ContainerStages.Contracts;
using ContainerStages.Tasks.Logging;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace ContainerStages.Tasks.Tests.Logging;

[TestClass]
public sealed class BuildEventLogTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly RecordingEngine _engine = new();

    [TestMethod]
    public void A_step_is_one_line_with_how_it_ended()
    {
        var log = Log();
        log.Report(new StepStarted("1", "builder", "WORKDIR /src"));
        log.Report(new StepFinished("1", StepOutcome.Cached, 0));
        log.Report(new StepStarted("2", "builder", "RUN make"));
        log.Report(new ProgressChanged("2", 5, 10));
        log.Report(new OutputLine("2", "cc a.c", IsError: false));
        log.Report(new StepFinished("2", StepOutcome.Done, 1234));

        Assert.AreSequenceEqual(
            ["[builder] WORKDIR /src cached", "[builder] RUN make", "[builder]   cc a.c", "[builder] RUN make done in 1.2s"],
            _engine.Lines(MessageImportance.Normal).ToList());
        Assert.IsEmpty(_engine.Lines(MessageImportance.High));
    }

    [TestMethod]
    public void What_go_says_in_a_failed_step_are_errors_on_the_hosts_files()
    {
        _folder.Write("main.go", "");
        var log = Log();
        log.Report(new StepStarted("1", "builder", "RUN go build"));
        foreach (var line in new[] { "# command-line-arguments", "./main.go:5:2: undefined: x", "./main.go:6:4: not enough arguments", "\thave ()", "\twant (int)", "./main.go:5:2: undefined: x" })
        {
            log.Report(new OutputLine("1", line, IsError: true));
        }

        log.Report(new StepFinished("1", StepOutcome.Failed, 10));

        Assert.HasCount(2, _engine.Errors);
        var first = _engine.Errors[0];
        Assert.AreEqual((_folder["main.go"], 5, 2, "undefined: x", "GO"), (first.File, first.LineNumber, first.ColumnNumber, first.Message, first.Code));
        Assert.Contains("want (int)", _engine.Errors[1].Message!);
    }

    [TestMethod]
    public void The_same_lines_in_a_step_that_succeeded_are_only_output()
    {
        _folder.Write("main.go", "");
        var log = Log();
        log.Report(new StepStarted("1", "builder", "RUN go test"));
        log.Report(new OutputLine("1", "    main.go:5: a log line", IsError: false));
        log.Report(new OutputLine("1", "main.go:6:1: warning: a compiler's warning", IsError: false));
        log.Report(new StepFinished("1", StepOutcome.Done, 10));

        Assert.IsEmpty(_engine.Errors);
        Assert.AreEqual(6, _engine.Warnings.Single().LineNumber);
    }

    [TestMethod]
    public void A_step_whose_end_was_never_told_failed_with_the_build()
    {
        _folder.Write("main.go", "");
        var log = Log();
        log.Report(new StepStarted("1", "builder", "RUN go build"));
        log.Report(new OutputLine("1", "./main.go:5:2: undefined: x", IsError: true));
        log.Complete(succeeded: false);

        Assert.HasCount(1, _engine.Errors);
    }

    [TestMethod]
    public void A_diagnostic_keeps_code_place_and_help()
    {
        Log().Report(new DiagnosticReported(new Diagnostic("CST3001", Severity.Error, "There is no stage 'bilder'.", new SourceLocation("/p/a.goproj", 7, 3))));

        var error = _engine.Errors.Single();
        Assert.AreEqual(("CST3001", "/p/a.goproj", 7, 3, "CST3001"), (error.Code, error.File, error.LineNumber, error.ColumnNumber, error.HelpKeyword));
        Assert.EndsWith("CST3001", error.HelpLink!);
    }

    [TestMethod]
    public void At_the_end_stand_the_stages_with_their_steps_and_the_image()
    {
        var log = Log();
        log.Report(new StepStarted("0", "", "pull golang:1.14.4-alpine"));
        log.Report(new StepFinished("0", StepOutcome.Done, 1500));
        log.Report(new StepStarted("1", "builder", "WORKDIR /src"));
        log.Report(new StepStarted("2", "image", "COPY app /"));
        log.Report(new StepFinished("1", StepOutcome.Cached, 0));
        log.Report(new StepFinished("2", StepOutcome.Cached, 0));
        log.Report(new StepStarted("3", "builder", "RUN go build -o /app . && echo a command that is longer than what anybody reads in a table"));
        log.Report(new StepFinished("3", StepOutcome.Done, 12_340));
        log.Report(new BuildFinished(new BuildResult
        {
            ManifestDigest = "", ManifestMediaType = "", ConfigDigest = "", Platform = "linux/amd64", References = [], Files = [],
            Manifest = """{"layers":[{"digest":"sha256:1","size":3000000},{"digest":"sha256:2","size":100000}]}""",
            Configuration = """{"history":[{},{"created_by":"CMD sh","empty_layer":true},{"created_by":"COPY app /"}]}""",
            Size = 7_430_000, CompressedSize = 3_100_000, LayerCount = 2, UpToDate = false,
        }));
        _engine.Messages.Clear();

        log.Complete(succeeded: true);

        Assert.AreEqual(
            """
            builder                                                                         12.3s
              WORKDIR /src                                                                 cached
              RUN go build -o /app . && echo a command that is longer than what anybody…    12.3s
            image                                                                          cached
              COPY app /                                                                   cached
            pull golang:1.14.4-alpine                                                        1.5s
            image: 7.43MB, 3.1MB compressed, 2 layers
                                                                                              3MB
              COPY app /                                                                    100kB
            """,
            string.Join('\n', _engine.Lines(MessageImportance.Normal)));
        Assert.IsEmpty(_engine.Lines(MessageImportance.High));
    }

    [TestMethod]
    public void Of_a_build_that_failed_the_end_shows_where()
    {
        var log = Log();
        log.Report(new StepStarted("1", "builder", "RUN make"));
        log.Report(new StepStarted("2", "other", "RUN sleep 10"));
        log.Report(new StepFinished("1", StepOutcome.Failed, 10));
        _engine.Messages.Clear();

        log.Complete(succeeded: false);

        Assert.AreSequenceEqual(
            ["builder failed", "RUN make failed", "other stopped", "RUN sleep 10 stopped"],
            _engine.Lines(MessageImportance.Normal).Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))).ToList());
    }

    [TestMethod]
    public void Where_nothing_was_to_do_nothing_is_told()
    {
        Log().Complete(succeeded: true);
        Assert.IsEmpty(_engine.Messages);
    }

    public void Dispose() => _folder.Dispose();

    private BuildEventLog Log()
    {
        var helper = new TaskLoggingHelper(_engine, "PublishContainerStages");
        return new BuildEventLog(helper, new DiagnosticLog(helper), new HostFiles(_folder.Path));
    }
}
