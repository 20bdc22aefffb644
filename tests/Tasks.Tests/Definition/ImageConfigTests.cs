using ContainerStages.Contracts;
using ContainerStages.Tasks.Definition;
using ContainerStages.Tasks.Engine;
using ContainerStages.Tasks.Logging;
using Microsoft.Build.Framework;
using static ContainerStages.Tasks.Tests.TestFolder;

namespace ContainerStages.Tasks.Tests.Definition;

[TestClass]
public sealed class ImageConfigTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly RecordingEngine _engine = new();

    [TestMethod]
    public void The_applications_command_becomes_the_entrypoint_and_clears_the_bases_cmd()
    {
        var config = Read(task => task.AppCommand = Items("app", "--serve"));

        Assert.AreSequenceEqual(["app", "--serve"], config.Entrypoint!);
        Assert.AreSequenceEqual([], config.Cmd!);
    }

    [TestMethod]
    public void Default_args_come_after_the_application_when_it_is_no_entrypoint()
    {
        var config = Read(task =>
        {
            task.AppCommand = Items("app");
            task.AppCommandArgs = Items("-v");
            task.DefaultArgs = Items("serve");
            task.AppCommandInstruction = "DefaultArgs";
        });

        Assert.IsNull(config.Entrypoint);
        Assert.AreSequenceEqual(["app", "-v", "serve"], config.Cmd!);
    }

    [TestMethod]
    public void An_entrypoint_of_the_project_is_kept_with_its_arguments()
    {
        var config = Read(task =>
        {
            task.Entrypoint = Items("/init");
            task.EntrypointArgs = Items("--");
            task.DefaultArgs = Items("app");
        });

        Assert.AreSequenceEqual(["/init", "--"], config.Entrypoint!);
        Assert.AreSequenceEqual(["app"], config.Cmd!);
    }

    [TestMethod]
    public void A_project_that_names_no_command_leaves_the_bases()
    {
        var config = Read(_ => { });

        Assert.IsNull(config.Entrypoint);
        Assert.IsNull(config.Cmd);
        Assert.IsNull(config.User);
        Assert.IsNull(config.WorkingDirectory);
    }

    [TestMethod]
    public void Ports_environment_user_and_folder_are_read()
    {
        var config = Read(task =>
        {
            task.Ports = [Item("8080"), Item("53", ("Type", "UDP")), Item("54/udp")];
            task.EnvironmentVariables = [Item("LANG", ("Value", "C.UTF-8"))];
            task.User = "1000";
            task.WorkingDirectory = "/srv";
        });

        Assert.AreSequenceEqual(["8080/tcp", "53/udp", "54/udp"], config.Ports);
        Assert.AreEqual("C.UTF-8", config.Environment["LANG"]);
        Assert.AreEqual(("1000", "/srv"), (config.User, config.WorkingDirectory));
    }

    [TestMethod]
    public void Contradictions_are_errors()
    {
        var task = GoTask();
        task.Entrypoint = Items("/init");
        task.AppCommand = Items("app");

        Assert.IsNull(new BuildDefinitionReader(task, new DiagnosticLog(task.Log), new EngineSecrets()).Read());
        Assert.AreEqual("CST1019", _engine.Errors.Single().Code);
    }

    public void Dispose() => _folder.Dispose();

    private static ITaskItem[] Items(params string[] names) => [.. names.Select(name => Item(name))];

    private PublishContainerStages GoTask()
    {
        _folder.Write("go.mod", "module hello\n");
        return _folder.Task(_engine);
    }

    private ProjectImageConfig Read(Action<PublishContainerStages> configure)
    {
        var task = GoTask();
        configure(task);
        var definition = new BuildDefinitionReader(task, new DiagnosticLog(task.Log), new EngineSecrets()).Read();
        Assert.IsEmpty(_engine.Errors);
        return definition!.Project!.Config;
    }
}
