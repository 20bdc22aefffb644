using ContainerStages.Contracts;
using ContainerStages.Tasks.Definition;
using ContainerStages.Tasks.DotNet;
using ContainerStages.Tasks.Engine;
using ContainerStages.Tasks.Logging;
using static ContainerStages.Tasks.Tests.TestFolder;

namespace ContainerStages.Tasks.Tests.Definition;

[TestClass]
public sealed class BuildDefinitionReaderTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly RecordingEngine _engine = new();

    [TestMethod]
    public void Stages_and_artifacts_arrive_with_their_lines()
    {
        var steps = "\n        WORKDIR /src\n        RUN make\n      ";
        var task = _folder.Task(_engine, $"""
            <Project>
              <ItemGroup>
                <ContainerStage Include="builder" From="golang:1.14.4-alpine">
                  <Steps>{steps}</Steps>
                </ContainerStage>
                <ContainerStageArtifact Include="/go/bin/app" From="builder" Destination="/app" />
              </ItemGroup>
            </Project>
            """);
        task.Stages = [Item("builder", ("From", "golang:1.14.4-alpine"), ("Steps", steps))];
        task.Artifacts = [Item("/go/bin/app", ("From", "builder"), ("Destination", "/app"), ("Chmod", "755"))];
        task.BaseImage = "alpine:latest";

        var project = Read(task).Source.Project!;

        Assert.AreEqual(new ProjectStage("builder", "golang:1.14.4-alpine", null, steps, task.ProjectFile, 4), project.Stages.Single());
        Assert.AreEqual(
            new ProjectArtifact("/go/bin/app", "builder", "/app", "755", null, task.ProjectFile, 9), project.Artifacts.Single());
        Assert.AreEqual("alpine:latest", project.BaseImage);
        Assert.IsNull(project.Go);
    }

    [TestMethod]
    public void A_log_that_MSBuild_has_open_is_no_input_of_a_convention()
    {
        using var log = new StreamWriter(_folder["msbuild.log"]);
        var read = _folder.Write("data.txt", "");
        using var data = File.OpenRead(read);
        var task = _folder.Task(_engine);
        task.Stages = [Item("one", ("From", "scratch"), ("Steps", "COPY . /"))];
        Assert.DoesNotContain(_folder["msbuild.log"], Read(task).Source.OwnOutput.ToArray());

        _folder.Write("go.mod", "module example.com/hello\n");
        task = _folder.Task(_engine);
        Assert.Contains(_folder["msbuild.log"], Read(task).Source.OwnOutput.ToArray());
        Assert.DoesNotContain(read, Read(task).Source.OwnOutput.ToArray());
    }

    [TestMethod]
    public void A_folder_with_go_mod_is_a_go_module()
    {
        _folder.Write("go.mod", "module example.com/hello\n");
        var task = _folder.Task(_engine);
        task.GoPackage = "./cmd/app";
        task.GoLdFlags = "-s -w";
        task.GoCgoEnabled = "true";

        var go = Read(task).Source.Project!.Go;

        Assert.AreEqual(new GoModule { Directory = _folder.Path, Package = "./cmd/app", LdFlags = "-s -w", CgoEnabled = true }, go);
    }

    [TestMethod]
    public void Paths_begin_at_the_project_whatever_the_current_directory_is()
    {
        _folder.Write("docker/Dockerfile", "FROM scratch\n");
        var task = _folder.Task(_engine);
        task.Dockerfile = "docker/Dockerfile";
        task.ContextDirectory = "docker/";
        task.Store = "../store";
        task.ArchiveOutputPath = @"out\image.tar";

        var definition = Read(task);

        Assert.AreEqual(_folder["docker/Dockerfile"], definition.Source.Dockerfile);
        Assert.AreEqual(_folder["docker"], definition.Source.ContextDirectory);
        Assert.AreEqual(Path.GetFullPath(_folder["../store"]), definition.Policy.Store);
        Assert.AreEqual(_folder["out/image.tar"], definition.Outputs.Destinations.Single().Value);
        Assert.IsNull(definition.Source.Project);
    }

    [TestMethod]
    public void Without_a_registry_the_image_only_gets_names_in_the_store()
    {
        var task = GoTask();
        task.ImageTag = "1.0";

        var definition = Read(task);

        Assert.AreSequenceEqual(["hello:1.0"], definition.Outputs.Tags);
        Assert.IsEmpty(definition.Outputs.Destinations);
    }

    [TestMethod]
    [DataRow("1.0;latest")]
    [DataRow("\"1.0;latest\"")]
    [DataRow("1.0, latest")]
    [DataRow("\n 1.0\n latest ;")]
    public void Every_tag_of_a_list_is_pushed(string tags)
    {
        var task = GoTask();
        task.Registry = "localhost:5000";
        task.ImageTags = tags;

        var definition = Read(task);

        Assert.AreSequenceEqual(["localhost:5000/hello:1.0", "localhost:5000/hello:latest"], definition.Outputs.Tags);
        Assert.AreSequenceEqual(definition.Outputs.Tags, definition.Outputs.Destinations.Select(destination => destination.Value).ToList());
    }

    [TestMethod]
    [DataRow("Docker", "linux-x64", MediumKind.DockerArchive)]
    [DataRow("OCI", "", MediumKind.OciArchive)]
    [DataRow("", "", MediumKind.DockerArchive, DisplayName = "one that every engine loads")]
    [DataRow("", "linux-x64;linux-arm64", MediumKind.OciArchive, DisplayName = "an index")]
    public void An_archive_is_written_instead_of_a_push_and_a_folder_gets_a_file_named_after_the_repository(
        string format, string platforms, MediumKind kind)
    {
        var task = GoTask();
        task.Registry = "ghcr.io";
        task.Repository = "acme/hello";
        task.ArchiveOutputPath = "images/";
        task.ImageFormat = format;
        task.RuntimeIdentifiers = platforms;

        var destination = Read(task).Outputs.Destinations.Single();

        Assert.AreEqual(kind, destination.Medium.Kind);
        Assert.AreEqual(_folder["images/acme-hello.tar"], destination.Value);
        Assert.AreSequenceEqual(["ghcr.io/acme/hello:latest"], destination.Names);
    }

    [TestMethod]
    public void Further_destinations_are_layouts_archives_and_registries()
    {
        var task = GoTask();
        task.ImageTags = "1;2";
        task.Destinations =
            [Item("oci-layout:layout"), Item("docker-archive:/tmp/a.tar"), Item("ghcr.io/acme/app"), Item("localhost:5000/app:x")];

        var destinations = Read(task).Outputs.Destinations.Select(destination => (destination.Medium.Kind, destination.Value)).ToList();

        Assert.AreSequenceEqual(
            [
                (MediumKind.OciLayout, _folder["layout"]),
                (MediumKind.DockerArchive, "/tmp/a.tar"),
                (MediumKind.Registry, "ghcr.io/acme/app:1"),
                (MediumKind.Registry, "ghcr.io/acme/app:2"),
                (MediumKind.Registry, "localhost:5000/app:x"),
            ],
            destinations);
    }

    [TestMethod]
    public void A_module_proxy_that_is_a_folder_is_there_for_commands_too()
    {
        var folder = Directory.CreateDirectory(_folder["my proxy"]).FullName;
        Assert.AreSequenceEqual(
            [new MachineFile(folder, folder)],
            MachineAccessReader.GoProxies(
                $"https://proxy.example.com,file://{folder.Replace(" ", "%20", StringComparison.Ordinal)}" +
                $"|file:///nowhere,file:///,off,direct"));
    }

    [TestMethod]
    public void An_address_alone_means_the_engine_buildkit()
    {
        var task = GoTask();
        task.EngineAddress = "tcp://builders.example.com:1234; cluster";
        task.EngineCertificates = "certificates";
        var policy = Read(task).Policy;
        Assert.AreEqual(
            ("buildkit", "tcp://builders.example.com:1234 cluster", _folder["certificates"]),
            (policy.Engine, string.Join(' ', policy.EngineAddresses), policy.EngineCertificates));
    }

    [TestMethod]
    public void Values_are_read()
    {
        var task = GoTask();
        task.NoCache = "TRUE";
        task.Engine = "Docker";
        task.Sandbox = "Namespaces";
        task.NoNewPrivileges = "true";
        task.MaxParallelism = " 3 ";
        task.Allow = "Security.Insecure; network.host;";
        task.MaxSize = " 25MB";
        task.Reports = "report.HTML; obj/report.json;";
        task.BuilderImage = "example.com/go:1";
        task.Pull = "true";
        task.Timestamp = "2025-01-01T00:00:00Z";
        task.SourceDateEpoch = "5";
        task.RuntimeIdentifiers = "linux-musl-arm64";
        task.ImageFormat = "oci";
        task.Target = "builder";
        task.BuildArgs = [Item("A", ("Value", "1")), Item("B_THAT_NO_ENVIRONMENT_HAS")];
        task.Labels = [Item("org.example.url", ("Value", "https://example.org/a:b"))];
        task.Mirrors = [Item("docker.io", ("Location", "localhost:5000"), ("Insecure", "true"))];

        var definition = Read(task);

        Assert.IsTrue(definition.Policy.NoCache);
        Assert.AreEqual("docker", definition.Policy.Engine);
        Assert.AreEqual("namespaces", definition.Policy.Sandbox);
        Assert.IsTrue(definition.Commands.NoNewPrivileges);
        Assert.AreEqual(3, definition.Commands.MaxParallelism);
        Assert.AreSequenceEqual(["security.insecure", "network.host"], definition.Commands.Allow);
        Assert.AreEqual(25_000_000, definition.Outputs.MaxSize);
        Assert.AreSequenceEqual([_folder["report.HTML"], _folder["obj/report.json"]], definition.Outputs.Reports);
        Assert.AreEqual("example.com/go:1", definition.Source.Project!.Go!.BuilderImage);
        Assert.IsTrue(definition.Policy.Pull);
        Assert.AreEqual(1735689600, definition.Form.SourceDateEpoch);
        Assert.AreSequenceEqual(["linux/arm64"], definition.Source.Platforms);
        Assert.AreEqual(ImageFormat.Oci, definition.Form.Format);
        Assert.AreEqual("builder", definition.Source.Target);
        Assert.AreEqual("1", definition.Source.BuildArgs.Single().Value);
        Assert.AreEqual("https://example.org/a:b", definition.Metadata.Labels["org.example.url"]);
        Assert.AreEqual(
            new RegistryMirror { Registry = "docker.io", Location = "localhost:5000", Insecure = true },
            definition.Policy.Mirrors.Single());
        Assert.AreEqual(_folder["obj/containerstages/result.json"], definition.Outputs.ResultFile);
    }

    [TestMethod]
    public void Platforms_are_listed_once_and_get_tags_only_when_asked()
    {
        var task = GoTask();
        task.RuntimeIdentifiers = "linux-x64; linux-musl-x64;linux-arm64\n";
        Assert.AreSequenceEqual(["linux/amd64", "linux/arm64"], Read(task).Source.Platforms);
        Assert.IsEmpty(Read(task).Outputs.PlatformTags);

        task.PlatformTags = "true";
        Assert.AreSequenceEqual(["linux-x64", "linux-arm64"], Read(task).Outputs.PlatformTags);
    }

    [TestMethod]
    public void The_image_of_another_project_stands_for_it()
    {
        var task = GoTask();
        const string image = "localhost:5000/base:latest@sha256:0000";
        task.ProjectImages = [Item(_folder["base.goproj"], ("Image", image))];
        task.Stages = [Item("a", ("From", "project:base.goproj"))];
        task.Artifacts = [Item("/a", ("From", "project:./base.goproj"), ("Destination", "/a"))];
        _folder.Write("src/file", "text");
        task.Contexts = [Item("base", ("Project", "base.goproj")), Item("sources", ("Path", "src")), Item("tools", ("Image", "alpine"))];

        var definition = Read(task);

        Assert.AreEqual(image, definition.Source.Project!.Stages[0].From);
        Assert.AreEqual(image, definition.Source.Project.Artifacts[0].From);
        Assert.AreEqual("docker-image://" + image, definition.Source.BuildContexts["base"]);
        Assert.AreEqual(_folder["src"], definition.Source.BuildContexts["sources"]);
        Assert.AreEqual("docker-image://alpine", definition.Source.BuildContexts["tools"]);
    }

    [TestMethod]
    public void A_certificate_that_cannot_be_read_is_one_error()
    {
        var task = GoTask();
        task.Certificates = [Item("none.pem")];
        Assert.IsNull(TryRead(task));
        Assert.AreEqual("CST1611", _engine.Errors.Single().Code);
    }

    [TestMethod]
    public void The_kit_says_what_the_project_says()
    {
        var task = GoTask();
        task.Kit = "true";
        task.KitUsers = "false";
        task.Certificates = [Item("company.pem")];
        _folder.Write("company.pem", "text");

        var kit = Read(task).Source.Project!.Kit;

        Assert.IsTrue(kit.Enabled);
        Assert.IsFalse(kit.Users);
        Assert.IsNull(kit.Certificates);
        Assert.AreEqual(new CertificateFile(_folder["company.pem"], "text"), kit.OwnCertificates.Single());
    }

    [TestMethod]
    public void Everything_wrong_is_said_at_once()
    {
        var task = _folder.Task(_engine);
        task.Stages = [Item("a", ("Steps", "RUN x"))];
        task.Artifacts = [Item("/a")];
        task.Registry = "https://ghcr.io";
        task.Repository = "Hello World";
        task.ImageTag = "a b/c";
        task.ImageTags = "-x";
        task.ImageFormat = "tar";
        task.RuntimeIdentifiers = "win-x64";
        task.NoCache = "yes";
        task.Engine = "rkt";
        task.Sandbox = "youki";
        task.EngineAddress = "tcp://joe:hush-hush@10.0.0.1:1234";
        task.MaxParallelism = "0";
        task.Allow = "network.host;device";
        task.MaxSize = "small";
        task.Reports = "report.md;report.pdf";
        task.Sboms = "image.cdx.json;image.json";
        task.Timestamp = "today";
        task.Ports = [Item("99999")];
        task.Destinations = [Item("podman:"), Item("example")];
        task.Mirrors = [Item("docker.io")];
        task.ContextDirectory = "nowhere";
        task.UnsupportedNames = [Item("ContainerFamily")];

        Assert.IsNull(TryRead(task));

        var codes = _engine.Errors.Select(error => error.Code).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        Assert.AreSequenceEqual(
            ["CST1006", "CST1008", "CST1010", "CST1011", "CST1012", "CST1013", "CST1014", "CST1015",
            "CST1016", "CST1017", "CST1018", "CST1020", "CST1021", "CST1026", "CST1027", "CST1035", "CST3113", "CST6307",
            "CST6410", "CST6414", "CST6422", "CST6503", "CST6514"],
            codes);
        Assert.IsFalse(_engine.Errors.Any(error => error.Message!.Contains("hush-hush", StringComparison.Ordinal)));
        Assert.Contains("'hello-world'", _engine.Errors.Single(error => error.Code == "CST1011").Message!);
    }

    [TestMethod]
    public void A_project_that_names_nothing_is_told_what_it_may_name()
    {
        Assert.IsNull(TryRead(_folder.Task(_engine)));
        Assert.AreEqual("CST1004", _engine.Errors.Single().Code);
    }

    [TestMethod]
    public void A_missing_dockerfile_and_what_it_would_have_said_are_errors()
    {
        var task = _folder.Task(_engine);
        task.Dockerfile = "Dockerfile";
        task.User = "app";

        Assert.IsNull(TryRead(task));
        Assert.AreSequenceEqual(["CST1025", "CST1029"], _engine.Errors.Select(error => error.Code).ToList());
    }

    [TestMethod]
    public void Metadata_without_a_meaning_is_a_warning_at_the_item()
    {
        var task = _folder.Task(_engine, """
            <Project>
              <ItemGroup>
                <ContainerStage Include="a" Form="alpine" From="alpine" />
              </ItemGroup>
            </Project>
            """);
        task.Stages = [Item("a", ("From", "alpine"), ("Form", "alpine"))];

        _ = Read(task);

        var warning = _engine.Warnings.Single();
        Assert.AreEqual(("CST1009", 3, task.ProjectFile), (warning.Code, warning.LineNumber, warning.File));
        Assert.Contains("From, Platform, Steps", warning.Message!);
    }

    [TestMethod]
    public void Shell_expressions_that_msbuild_swallowed_are_warned_of_on_their_line()
    {
        var task = _folder.Task(_engine, """
            <Project>
              <PropertyGroup><Flags></Flags></PropertyGroup>
              <ItemGroup>
                <ContainerStage Include="a" From="alpine">
                  <Steps>
                    RUN make $(Flags)
                    RUN echo $(date) > /built
                  </Steps>
                </ContainerStage>
              </ItemGroup>
            </Project>
            """);
        task.Stages = [Item("a", ("From", "alpine"), ("Steps", "\n        RUN make \n        RUN echo  > /built\n      "))];

        _ = Read(task);

        var warning = _engine.Warnings.Single();
        Assert.AreEqual(("CST1007", 7), (warning.Code, warning.LineNumber));
        Assert.Contains("'$(date)'", warning.Message!);
    }

    public void Dispose() => _folder.Dispose();

    private PublishContainerStages GoTask()
    {
        _folder.Write("go.mod", "module hello\n");
        return _folder.Task(_engine);
    }

    private BuildDefinition Read(PublishContainerStages task)
    {
        var definition = TryRead(task);
        Assert.IsEmpty(_engine.Errors);
        return definition!;
    }

    private static BuildDefinition? TryRead(PublishContainerStages task) =>
        new BuildDefinitionReader(task, new DiagnosticLog(task.Log), new EngineSecrets()).Read();
}
