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

    [TestMethod]
    public void Instructions_come_with_their_place_in_the_project_file()
    {
        var instructions = ReadInstructions(
            """
            <Project>
              <PropertyGroup>
                <ContainerStagesImageInstructions Condition="'$(Other)' == 'true'">VOLUME /other</ContainerStagesImageInstructions>
                <ContainerStagesImageInstructions>
                  VOLUME /data
                  <!-- of two
                       lines -->
                  STOPSIGNAL $(Signal)
                </ContainerStagesImageInstructions>
                <Signal>SIGINT</Signal>
              </PropertyGroup>
            </Project>
            """,
            "\n      VOLUME /data\n      \n      STOPSIGNAL SIGINT\n    ");

        Assert.AreEqual((_folder["hello.goproj"], 4), (instructions.File, instructions.Line));
        Assert.AreEqual("STOPSIGNAL SIGINT", instructions.Text.Split('\n')[8 - instructions.Line].Trim());
        Assert.IsEmpty(_engine.Warnings);
    }

    [TestMethod]
    public void Instructions_of_a_Directory_Build_props_have_its_lines_and_others_none()
    {
        _folder.Write(
            "Directory.Build.props",
            "<Project>\n  <PropertyGroup>\n    <ContainerStagesImageInstructions>VOLUME /data</ContainerStagesImageInstructions>\n  " +
            "</PropertyGroup>\n</Project>");
        const string Own =
            "<Project>\n  <PropertyGroup>\n    <ContainerStagesImageInstructions>$(ContainerStagesImageInstructions)\n USER " +
            "5</ContainerStagesImageInstructions>\n  </PropertyGroup>\n</Project>";

        var shared = ReadInstructions("<Project />", "VOLUME /data");
        var appended = ReadInstructions(Own, "VOLUME /a\nVOLUME /b\n USER 5");
        var imported = ReadInstructions("<Project />", "USER 1");

        Assert.AreEqual((_folder["Directory.Build.props"], 3), (shared.File, shared.Line));
        Assert.AreEqual((_folder["hello.goproj"], 0), (appended.File, appended.Line));
        Assert.AreEqual((_folder["hello.goproj"], 0, "USER 1"), (imported.File, imported.Line, imported.Text));
        Assert.IsEmpty(_engine.Warnings);
    }

    [TestMethod]
    public void Shell_expressions_that_msbuild_swallowed_in_instructions_are_warned_of_on_their_line()
    {
        _ = ReadInstructions(
            "<Project>\n  <PropertyGroup>\n    <ContainerStagesImageInstructions>\n      HEALTHCHECK CMD test $(date) != x\n    " +
            "</ContainerStagesImageInstructions>\n  </PropertyGroup>\n</Project>",
            "\n      HEALTHCHECK CMD test  != x\n    ");

        var warning = _engine.Warnings.Single();
        Assert.AreEqual(("CST1007", 4), (warning.Code, warning.LineNumber));
        Assert.Contains("'$(date)' in ContainerStagesImageInstructions", warning.Message!);
    }

    [TestMethod]
    public void Blank_instructions_are_none() => Assert.IsNull(Read(task => task.ImageInstructions = "\n  ").Instructions);

    [TestMethod]
    public void A_Dockerfile_says_its_instructions_itself()
    {
        var task = _folder.Task(_engine);
        task.Dockerfile = _folder.Write("Dockerfile", "FROM scratch\n");
        task.ImageInstructions = "VOLUME /data";

        Assert.IsNull(new BuildDefinitionReader(task, new DiagnosticLog(task.Log), new EngineSecrets()).Read());
        Assert.AreEqual("CST1029", _engine.Errors.Single().Code);
        Assert.Contains("'ContainerStagesImageInstructions'", _engine.Errors.Single().Message!);
    }

    public void Dispose() => _folder.Dispose();

    private ImageInstructionText ReadInstructions(string project, string evaluated)
    {
        _folder.Write("go.mod", "module hello\n");
        var task = _folder.Task(_engine, project);
        task.ImageInstructions = evaluated;
        return new BuildDefinitionReader(task, new DiagnosticLog(task.Log), new EngineSecrets())
            .Read()!.Source.Project!.Config.Instructions!;
    }

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
        return definition!.Source.Project!.Config;
    }
}
