using ContainerStages.Contracts;
using ContainerStages.Tasks.DotNet;
using ContainerStages.Tasks.Logging;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace ContainerStages.Tasks.Tests.Logging;

[TestClass]
public sealed class BuildEventLogTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly RecordingEngine _engine = new();
    private LongSteps? _steps;

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
        foreach (var line in new[]
        {
            "# command-line-arguments",
            "./main.go:5:2: undefined: x",
            "./main.go:6:4: not enough arguments",
            "\thave ()",
            "\twant (int)",
            "./main.go:5:2: undefined: x",
        })
        {
            log.Report(new OutputLine("1", line, IsError: true));
        }

        log.Report(new StepFinished("1", StepOutcome.Failed, 10));

        Assert.HasCount(2, _engine.Errors);
        var first = _engine.Errors[0];
        Assert.AreEqual(
            (_folder["main.go"], 5, 2, "undefined: x", "GO"),
            (first.File, first.LineNumber, first.ColumnNumber, first.Message, first.Code));
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
        Log().Report(new DiagnosticReported(
            new Diagnostic("CST3001", Severity.Error, "There is no stage 'bilder'.", new SourceLocation("/p/a.goproj", 7, 3))));

        var error = _engine.Errors.Single();
        Assert.AreEqual(
            ("CST3001", "/p/a.goproj", 7, 3, "CST3001"), (error.Code, error.File, error.LineNumber, error.ColumnNumber, error.HelpKeyword));
        Assert.StartsWith("file:///", error.HelpLink!);
        Assert.EndsWith("/docs/diagnostics.md#cst3001", error.HelpLink!);
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
        log.Report(
            new StepStarted("3", "builder", "RUN go build -o /app . && echo a command that is longer than what anybody reads in a table"));
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
            _engine.Lines(MessageImportance.Normal)
                .Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
                .ToList());
    }

    [TestMethod]
    public void Where_nothing_was_to_do_nothing_is_told()
    {
        Log().Complete(succeeded: true);
        Assert.IsEmpty(_engine.Messages);
    }

    [TestMethod]
    public void A_failed_step_is_not_told_again_where_what_failed_stands_on_a_file()
    {
        _folder.Write("lib/A.cs", "");
        _folder.Write("app/app.csproj", "");
        var log = Log(DotNetReader.SourceFolder);
        foreach (var platform in new[] { "1", "2" })
        {
            log.Report(new StepStarted(platform, "builder", "RUN dotnet publish"));
            log.Report(new OutputLine(
                platform, "/src/lib/A.cs(3,4): error CS0103: The name 'x' does not exist [/src/lib/lib.csproj]", IsError: false));
            log.Report(new OutputLine(
                platform, "/src/lib/A.cs(9,4): error CS0103: The name 'y' does not exist [/src/lib/lib.csproj]", IsError: false));
            log.Report(new StepFinished(platform, StepOutcome.Failed, 10));
        }

        log.Report(new DiagnosticReported(StepDiagnostic));

        Assert.AreSequenceEqual([3, 9], _engine.Errors.Select(error => error.LineNumber).ToList());
        Assert.IsTrue(_engine.Errors.All(error => error.File == _folder["lib/A.cs"]));
        Assert.Contains("RUN dotnet publish failed with exit code 1.", _engine.Lines(MessageImportance.Normal).ToList());
    }

    [TestMethod]
    public void A_failed_step_whose_output_names_no_file_is_an_error_of_its_own()
    {
        var log = Log(DotNetReader.SourceFolder);
        log.Report(new StepStarted("1", "builder", "RUN dotnet publish"));
        log.Report(new OutputLine("1", "/src/lib/Gone.cs(3,4): error CS0103: The name 'x' does not exist", IsError: false));
        log.Report(new StepFinished("1", StepOutcome.Failed, 10));

        log.Report(new DiagnosticReported(StepDiagnostic));

        Assert.AreEqual("CST4209", _engine.Errors.Single().Code);
    }

    [TestMethod]
    public void What_only_the_builder_has_stands_on_the_project_and_no_path_is_the_builders()
    {
        _folder.Write("app/app.csproj", "");
        _folder.Write("app/obj/Release/A.g.cs", "what a build on this machine left");
        var log = Log(DotNetReader.SourceFolder);
        log.Report(new StepStarted("1", "builder", "RUN dotnet publish"));
        foreach (var line in new[]
        {
            "/src/app/obj/Release/A.g.cs(3,4): error CS0103: The name 'x' does not exist [/src/app/app.csproj]",
            "CSC : error CS5001: Program does not contain a 'Main' [/src/app/app.csproj]",
            "/usr/share/dotnet/sdk/10/X.targets(5,1): error MSB3202: The project file \"/src/lib/lib.csproj\" was not found. " +
            "[/src/app/app.csproj::TargetFramework=net10.0]",
            "/src/app/app.csproj : warning NU1903: Package 'a' has a known vulnerability",
            "CSC : warning CS8002: The assembly '/src/lib/a.dll' has no strong name [/src/app/app.csproj]",
        })
        {
            log.Report(new OutputLine("1", line, IsError: false));
        }

        log.Report(new StepFinished("1", StepOutcome.Failed, 10));
        log.Report(new DiagnosticReported(StepDiagnostic));

        Assert.AreSequenceEqual(
            [
                "obj/Release/A.g.cs(3,4): The name 'x' does not exist",
                "Program does not contain a 'Main'",
                $"The project file \"{_folder["lib/lib.csproj"]}\" was not found.",
            ],
            _engine.Errors.Select(error => error.Message!).ToList());
        Assert.IsTrue(_engine.Errors.All(error => error.File == _folder["app/app.csproj"]));
        Assert.AreEqual($"The assembly '{_folder["lib/a.dll"]}' has no strong name", _engine.Warnings.Single().Message);
    }

    [TestMethod]
    public void A_diagnostic_that_says_what_a_line_means_stands_instead_of_it()
    {
        _folder.Write("app/app.csproj", "");
        var log = Log(DotNetReader.SourceFolder);
        log.Report(new StepStarted("1", "builder", "RUN dotnet publish"));
        log.Report(new OutputLine(
            "1", "/usr/share/dotnet/sdk/10/X.targets(5,1): error NETSDK1147: workload [/src/app/app.csproj]", IsError: false));
        log.Report(new StepFinished("1", StepOutcome.Failed, 10));
        log.Report(new DiagnosticReported(
            new Diagnostic("CST3503", Severity.Error, "The builder image lacks a workload: workload [/src/app/app.csproj]")));
        log.Complete(succeeded: false);

        Assert.AreEqual($"The builder image lacks a workload: workload [{_folder["app/app.csproj"]}]", _engine.Errors.Single().Message);
    }

    public void Dispose()
    {
        _steps?.Dispose();
        _folder.Dispose();
    }

    private static Diagnostic StepDiagnostic =>
        new("CST4209", Severity.Error, "RUN dotnet publish failed with exit code 1. Its last output:\n  | x");

    private BuildEventLog Log(string? containerFolder = null)
    {
        var helper = new TaskLoggingHelper(_engine, "PublishContainerStages");
        _steps = new LongSteps(helper, "hello");
        return new BuildEventLog(helper, new DiagnosticLog(helper), new HostFiles(_folder.Path, containerFolder), _steps);
    }
}
