using ContainerStages.Tasks.Definition;
using ContainerStages.Tasks.Engine;
using ContainerStages.Tasks.Logging;
using static ContainerStages.Tasks.Tests.TestFolder;

namespace ContainerStages.Tasks.Tests.Definition;

/// <summary>ContainerStageContext, ContainerStageSecret and ContainerStageSsh items.</summary>
[TestClass]
public sealed class ContextReaderTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly RecordingEngine _engine = new();

    [TestMethod]
    [DataRow("Path", "./", "{folder}")]
    [DataRow("Path", "https://example.com/a.git#v1:sub", "https://example.com/a.git#v1:sub")]
    [DataRow("Path", "git@example.com:a/b.git", "git@example.com:a/b.git")]
    [DataRow("Image", "alpine:3", "docker-image://alpine:3")]
    [DataRow("OciLayout", "layout", "oci-layout://{folder}/layout")]
    public void A_context_becomes_what_the_command_line_says(string metadata, string value, string expected)
    {
        var task = Task();
        task.Contexts = [Item("other", (metadata, value))];
        var definition = new BuildDefinitionReader(task, new DiagnosticLog(task.Log), new EngineSecrets()).Read();
        Assert.IsEmpty(_engine.Errors);
        Assert.AreEqual(expected.Replace("{folder}", _folder.Path, StringComparison.Ordinal), definition!.Source.BuildContexts["other"]);
    }

    [TestMethod]
    public void Contexts_that_cannot_be_are_errors()
    {
        var task = Task();
        task.Contexts =
        [
            Item("none"),
            Item("both", ("Path", "."), ("Image", "alpine")),
            Item("absent", ("Path", "nowhere")),
            Item("twice", ("Image", "a")),
            Item("twice", ("Image", "b")),
            Item("odd", ("Image", "a"), ("Digest", "b")),
        ];
        Assert.IsNull(new BuildDefinitionReader(task, new DiagnosticLog(task.Log), new EngineSecrets()).Read());
        Assert.AreSequenceEqual(["CST1301", "CST1301", "CST1302", "CST1303"], _engine.Errors.Select(error => error.Code!).ToList());
        Assert.AreEqual("CST1009", _engine.Warnings.Single().Code);
    }

    [TestMethod]
    [DataRow("golang", "golang:latest", true)]
    [DataRow("golang", "docker.io/library/golang", true)]
    [DataRow("index.docker.io/golang:1.19", "library/golang:1.19", true)]
    [DataRow("Golang", "golang", true)]
    [DataRow("localhost:5000/base", "localhost:5000/base:latest", true)]
    [DataRow("golang:1.19", "golang", false)]
    [DataRow("golang:A", "golang:a", false)]
    [DataRow("library/golang", "quay.io/library/golang", false)]
    public void Two_names_of_one_image_are_one_context(string one, string other, bool same)
    {
        var task = Task();
        task.Contexts = [Item(one, ("Image", "a")), Item(other, ("Image", "b"))];
        var definition = new BuildDefinitionReader(task, new DiagnosticLog(task.Log), new EngineSecrets()).Read();
        Assert.AreSequenceEqual(same ? ["CST1303"] : [], _engine.Errors.Select(error => error.Code!).ToList());
        Assert.AreEqual(same, definition is null);
        Assert.IsTrue(!same
            || _engine.Errors[0].Message!.Contains($"'{other}' is there twice: '{one}' names the same image", StringComparison.Ordinal));
    }

    [TestMethod]
    public void Secrets_and_agents_say_where_they_are()
    {
        var task = Task();
        task.Secrets = [Item("file", ("Path", "secret.txt")), Item("variable", ("EnvironmentVariable", "TOKEN"))];
        task.Agents = [Item("socket", ("Path", "/run/agent")), Item("keys", ("Path", "one; two"))];
        var definition = new BuildDefinitionReader(task, new DiagnosticLog(task.Log), new EngineSecrets()).Read()!;
        Assert.AreEqual($"{_folder.Path}/secret.txt", definition.Commands.Secrets["file"].File);
        Assert.AreEqual("TOKEN", definition.Commands.Secrets["variable"].EnvironmentVariable);
        Assert.AreSequenceEqual(["/run/agent"], definition.Commands.Ssh["socket"].ToList());
        Assert.AreSequenceEqual([$"{_folder.Path}/one", $"{_folder.Path}/two"], definition.Commands.Ssh["keys"].ToList());
        task.Secrets = [Item("value", ("Value", "x"))];
        Assert.IsNull(new BuildDefinitionReader(task, new DiagnosticLog(task.Log), new EngineSecrets()).Read());
        Assert.AreEqual("CST1201", _engine.Errors.Single().Code);
    }

    public void Dispose() => _folder.Dispose();

    private PublishContainerStages Task()
    {
        _folder.Write("go.mod", "module hello\n");
        return _folder.Task(_engine);
    }
}
