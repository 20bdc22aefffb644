using System.Diagnostics;
using System.Text.Json;
using ContainerStages.Contracts;
using Microsoft.Build.Framework;

namespace ContainerStages.Tasks.Tests.Engine;

/// <summary>The task with a real process that speaks the engine program's protocol.</summary>
[TestClass]
public sealed class PublishContainerStagesTests : IDisposable
{
    private static readonly BuildResult Result = new()
    {
        ManifestDigest = "sha256:1111",
        ManifestMediaType = "application/vnd.oci.image.manifest.v1+json",
        ConfigDigest = "sha256:2222",
        Manifest = """{"a":"%3B;"}""",
        Configuration = "{}",
        Platform = "linux/amd64",
        References = ["localhost:5000/hello:latest", "localhost:5000/hello:1.0"],
        Files = [],
        Size = 1234,
        CompressedSize = 600,
        LayerCount = 1,
        UpToDate = false,
    };

    private readonly TestFolder _folder = new();
    private readonly RecordingEngine _engine = new();

    [TestMethod]
    public void The_definition_goes_in_and_the_result_comes_out()
    {
        using var task = Task($"cat > definition.json\n{Echo(new BuildFinished(Result))}");
        task.Registry = "localhost:5000";

        Assert.IsTrue(task.Execute());

        var definition = DefinitionDocument.Read(File.ReadAllBytes(_folder["definition.json"]));
        Assert.AreEqual(_folder.Path, definition.Source.ContextDirectory);
        Assert.AreEqual("sha256:1111", task.GeneratedContainerDigest);
        var item = task.GeneratedContainer.Single();
        Assert.AreEqual(Result.Manifest, item.GetMetadata("Manifest"));
        Assert.AreEqual("localhost:5000/hello:latest@sha256:1111", item.GetMetadata("Reference"));
        Assert.AreEqual(
            "hello -> localhost:5000/hello:latest@sha256:1111 (and localhost:5000/hello:1.0)",
            _engine.Lines(MessageImportance.High).Single());
    }

    [TestMethod]
    public void The_result_line_says_that_nothing_was_to_do()
    {
        using var task =
            Task($"cat > /dev/null\n{Echo(new BuildFinished(Result with { UpToDate = true, References = ["hello:latest"] }))}");

        Assert.IsTrue(task.Execute());
        Assert.AreEqual(
            "hello -> hello:latest@sha256:1111 (up to date, in the local store)", _engine.Lines(MessageImportance.High).Single());
    }

    [TestMethod]
    public void A_failed_build_shows_only_the_engines_diagnostics()
    {
        var diagnostic = new Diagnostic("CST4001", Severity.Error, "RUN make failed with exit code 2.");
        using var task = Task($"cat > /dev/null\n{Echo(new DiagnosticReported(diagnostic))}\nexit 1");

        Assert.IsFalse(task.Execute());
        Assert.AreEqual("CST4001", _engine.Errors.Single().Code);
        Assert.IsEmpty(_engine.Lines(MessageImportance.High));
    }

    [TestMethod]
    public void A_crash_is_one_line_and_what_the_engine_wrote_stands_in_the_log()
    {
        using var task = Task("printf '\\nUnhandled exception: boom\\n   at Some.Place()\\n' >&2\nexit 134");

        Assert.IsFalse(task.Execute());
        var error = _engine.Errors.Single();
        Assert.AreEqual("CST1003", error.Code);
        Assert.StartsWith("The engine program ended with exit code 134 and said no reason: Unhandled exception: boom ", error.Message!);
        Assert.DoesNotContain("at Some.Place()", error.Message!);
        Assert.Contains("at Some.Place()", string.Concat(_engine.Lines(MessageImportance.Low)));
    }

    [TestMethod]
    public void An_index_has_no_configuration_of_its_own_and_an_item_for_each_platform()
    {
        PlatformImage Image(string platform) =>
            new()
            {
                Platform = platform,
                ManifestDigest = platform,
                ManifestMediaType = "m",
                ConfigDigest = "c",
                Manifest = "{}",
                Configuration = "{}",
                References = [],
                Size = 1,
            };
        var index = Result with
        {
            ConfigDigest = null,
            Configuration = null,
            Platform = null,
            ManifestMediaType = "application/vnd.oci.image.index.v1+json",
            Images = [Image("linux/amd64"), Image("linux/arm64")],
        };
        using var task = Task($"cat > /dev/null\n{Echo(new BuildFinished(index))}");

        Assert.IsTrue(task.Execute());

        Assert.AreEqual("", task.GeneratedContainerConfiguration);
        Assert.AreEqual(Result.Manifest, task.GeneratedImageIndex);
        Assert.AreSequenceEqual(["linux/amd64", "linux/arm64"], task.GeneratedContainer.Select(item => item.GetMetadata("Platform")));
    }

    [TestMethod]
    public void An_interrupted_engine_is_one_error()
    {
        using var task = Task("cat > /dev/null\nexit 130");

        Assert.IsFalse(task.Execute());
        Assert.AreEqual("CST1028", _engine.Errors.Single().Code);
    }

    [TestMethod]
    public void A_line_that_is_no_event_is_shown_as_it_is()
    {
        using var task = Task($"cat > /dev/null\necho 'hello from a library'\n{Echo(new BuildFinished(Result))}");

        Assert.IsTrue(task.Execute());
        Assert.Contains("hello from a library", _engine.Lines(MessageImportance.Normal));
    }

    [TestMethod]
    public async System.Threading.Tasks.Task Cancelling_ends_the_engine_before_the_task_returns()
    {
        using var task = Task("cat > /dev/null\ntrap 'echo ended > ended; exit 130' TERM\necho $$ > pid\nwhile true; do sleep 0.05; done");

        var running = System.Threading.Tasks.Task.Run(task.Execute);
        while (!File.Exists(_folder["pid"]) || File.ReadAllText(_folder["pid"]).Length == 0)
        {
            await System.Threading.Tasks.Task.Delay(20);
        }

        task.Cancel();

        Assert.IsFalse(await running);
        Assert.IsTrue(File.Exists(_folder["ended"]));
        Assert.IsEmpty(_engine.Errors);
        var id = int.Parse(File.ReadAllText(_folder["pid"]));
        Assert.ThrowsExactly<ArgumentException>(() => Process.GetProcessById(id));
    }

    [TestMethod]
    public void A_program_that_is_not_there_is_one_clear_error()
    {
        using var task = Task("");
        task.Program = "nowhere/dotnet-stages";

        Assert.IsFalse(task.Execute());
        Assert.AreEqual("CST1002", _engine.Errors.Single().Code);
    }

    [TestMethod]
    public void The_packages_program_is_made_executable_where_it_is_not()
    {
        using var task = Task("");
        task.Program = "";
        var program = _folder.WriteProgram("tools/linux-x64/dotnet-stages", $"cat > /dev/null\n{Echo(new BuildFinished(Result))}\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);

        Assert.IsTrue(task.Execute());
    }

    [TestMethod]
    [DataRow(
        "cat > /dev/null\necho 'the build definition on standard input is not valid' >&2\nexit 2",
        "exit code 2 and said: the build definition on",
        DisplayName = "an engine program from before contracts")]
    [DataRow("cat", "exit code 0. It is older", DisplayName = "a program that is no engine")]
    [DataRow(
        "cat > /dev/null\necho '{\"type\":\"result\"}'", "exit code 0. It is older", DisplayName = "a program that knows another result")]
    public void A_named_program_that_does_not_know_the_contract_is_one_error_that_says_what_to_do(string script, string said)
    {
        using var task = Task("");
        task.Program = _folder.WriteProgram("other.sh", script + "\n");

        Assert.IsFalse(task.Execute());
        var error = _engine.Errors.Single();
        Assert.AreEqual("CST6331", error.Code);
        Assert.Contains($"The engine program '{task.Program}'", error.Message!);
        Assert.Contains($"does not speak contract {DefinitionDocument.Contract} of this package", error.Message!);
        Assert.Contains(said, error.Message!);
        Assert.Contains("Remove ContainerStagesProgram", error.Message!);
    }

    public void Dispose() => _folder.Dispose();

    private PublishContainerStages Task(string script)
    {
        _folder.Write("go.mod", "module hello\n");
        var task = _folder.Task(_engine);
        task.Program = _folder.WriteProgram("engine.sh", $"{Echo(DefinitionDocument.Greeting)}\n{script}\n");
        return task;
    }

    private static string Echo(BuildEvent buildEvent) => $"echo '{JsonSerializer.Serialize(buildEvent, ContractsJson.Default.BuildEvent)}'";
}
