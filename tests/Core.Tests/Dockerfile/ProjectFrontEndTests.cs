using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Dockerfile;
using ContainerStages.Oci;
using ContainerStages.Stages;
using ContainerStages.TestKit.Dockerfiles;

namespace ContainerStages.Core.Tests.Dockerfile;

[TestClass]
public sealed class ProjectFrontEndTests
{
    private const string Steps =
        "\n        WORKDIR /go/src/app\n        COPY main.go .\n        RUN go build -o /go/bin/app main.go\n      ";

    private static readonly ProjectDefinition Docs = new()
    {
        File = "app.goproj",
        Stages = [new ProjectStage("builder", "golang:1.14.4-alpine", null, Steps, "app.goproj", 8)],
        Artifacts = [new ProjectArtifact("/go/bin/app", "builder", "/usr/local/bin/app", null, null, "app.goproj", 14)],
        BaseImage = "alpine:latest",
        Config = new ProjectImageConfig { Cmd = ["app"] },
    };

    [TestMethod]
    public void The_example_of_the_documentation_reads_as_its_Dockerfile_would()
    {
        const string Expected = """
            stage 0 builder from <golang:1.14.4-alpine> [8:0-0:0] [8:0-0:0]
              [9:9-9:28] WORKDIR /go/src/app
                  </go/src/app>
              [10:9-10:23] COPY main.go .
                  <main.go> -> <.>
              [11:9-11:44] RUN go build -o /go/bin/app main.go
                  shell <go build -o /go/bin/app main.go>
            stage 1 - from <alpine:latest> [0:0-0:0] [0:0-0:0]
              [14:0-0:0] COPY --from=builder /go/bin/app /usr/local/bin/app
                  [14:0-0:0] COPY --from=builder /go/bin/app /usr/local/bin/app
                      </go/bin/app> -> </usr/local/bin/app>
                      from <builder> [14:0-0:0]
              [0:0-0:0] CMD ["app"]
                  exec <app>

            """;
        Assert.AreEqual(Expected, StageDump.Of(Read(Docs)));
    }

    [TestMethod]
    public void Mistakes_in_steps_have_their_line_in_the_project_file()
    {
        var project = Docs with
        {
            Stages =
            [
                new ProjectStage(
                    "one", "alpine", null, "RNU a\n      FROM alpine\n\n      COPY a \\\n        --from=x\n      ADD a", "app.goproj", 5),
                new ProjectStage("two", "alpine", null, "\nRUN --mount=type=sh x", "Directory.Build.props", 20),
                new ProjectStage("three", "alpine", null, "\nEXPOSE", "app.goproj", 0),
            ],
        };
        Assert.AreEqual(
            """
            app.goproj(5): error CST2004: Unknown instruction 'RNU'. Did you mean 'RUN'?
            app.goproj(6,7): error CST2007: FROM cannot stand in the steps of a project's stage: the stage's base is its From, and another stage is another ContainerStage item.
            app.goproj(10,7): error CST2012: ADD needs at least one source and a destination: ADD SOURCE... DESTINATION.
            Directory.Build.props(21,5): error CST2210: Unsupported mount type 'sh'. Did you mean 'ssh'? Valid: bind, cache, tmpfs, secret, ssh.
            app.goproj: error CST2011: EXPOSE needs a port, for example 8080/tcp.
            """,
            Failure(project));
    }

    [TestMethod]
    public void A_comment_that_looks_like_a_directive_is_a_comment_in_steps()
    {
        var instructions = DockerfileFrontEnd.ReadSteps("# escape=`\nRUN a \\\n  b", "app.goproj", 3);
        Assert.AreEqual("RUN a b", instructions.Single().Text);
    }

    [TestMethod]
    public void Several_artifacts_are_one_instruction()
    {
        var project = Docs with
        {
            Artifacts =
            [
                new ProjectArtifact("/a b/$x", null, "/b/", "0755", "1:1", "app.goproj", 14),
                new ProjectArtifact("/etc/nginx/", "nginx:1", "/etc/nginx/", null, null, "app.goproj", 15),
            ],
        };
        var artifacts = (ArtifactsInstruction)Read(project).Stages[^1].Instructions[0];
        Assert.AreEqual("COPY --from=container-stage-artifacts / /", artifacts.Text);
        Assert.AreEqual("""COPY --from=builder --chown=1:1 --chmod=0755 ["/a\\ b/\\$x","/b/"]""", artifacts.Copies[0].Text);
        Assert.AreEqual(
            "/a b/$x",
            new WordExpander().ExpandWord(artifacts.Copies[0].Sources[0], new Dictionary<string, string> { ["x"] = "no" }, default));
    }

    [TestMethod]
    public void Without_a_base_artifacts_land_on_scratch() =>
        Assert.AreEqual("scratch", Read(Docs with { BaseImage = null }).Stages[^1].From);

    [TestMethod]
    public void Without_artifacts_the_last_stage_is_the_image_and_gets_the_settings()
    {
        var set = Read(
            Docs with { Artifacts = [], Stages = [Docs.Stages[0], new ProjectStage("final", "builder", null, "RUN x", "app.goproj", 20)] });
        Assert.HasCount(2, set.Stages);
        Assert.IsInstanceOfType<CmdInstruction>(set.Stages[1].Instructions[^1]);
        Assert.IsNotInstanceOfType<CmdInstruction>(set.Stages[0].Instructions[^1]);
    }

    [TestMethod]
    public void A_target_is_the_image_and_gets_the_settings()
    {
        var set = Read(Docs, "Builder");
        Assert.IsInstanceOfType<CmdInstruction>(set.Stages[0].Instructions[^1]);
        Assert.HasCount(1, StageGraph.Create(set, "Builder").Stages);
    }

    [TestMethod]
    public void Settings_become_instructions_in_a_fixed_order()
    {
        var config = new ProjectImageConfig
        {
            Environment = new Dictionary<string, string> { ["Z"] = "$A 'q'", ["A"] = "1" },
            WorkingDirectory = "/work",
            Ports = ["8080/tcp", "53/udp"],
            User = "app",
            Entrypoint = ["/app", "a\"b"],
            Cmd = [],
        };
        var texts = ImageSettings.ToInstructions(config, new SourceLocation("p")).Select(instruction => instruction.Text);
        Assert.AreEqual(
            "ENV A=1|ENV Z=\\$A\\ \\'q\\'|WORKDIR /work|EXPOSE 8080/tcp 53/udp|USER app|ENTRYPOINT [\"/app\",\"a\\\"b\"]|CMD []",
            string.Join('|', texts));
        var env = (EnvInstruction)ImageSettings.ToInstructions(config, default)[1];
        Assert.AreEqual(
            "$A 'q'", new WordExpander().ExpandWord(env.Variables[0].Value!, new Dictionary<string, string> { ["A"] = "x" }, default));
    }

    [TestMethod]
    public void A_project_that_names_nothing_says_so() =>
        StringAssert.StartsWith(Failure(Docs with { Stages = [], Artifacts = [] }), "app.goproj: error CST1101:", StringComparison.Ordinal);

    [TestMethod]
    public void Wrong_items_are_named_with_their_lines()
    {
        var project = Docs with
        {
            Stages =
            [
                new ProjectStage("a b", " ", "x/", "", "app.goproj", 5),
                new ProjectStage("c", "project:../x.goproj", null, "", "app.goproj", 7),
            ],
            Artifacts = [new ProjectArtifact("/a", "project:x", " ", null, null, "app.goproj", 9)],
        };
        var codes = string.Join(' ', Failure(project).Split('\n')
            .Select(line => line[..line.IndexOf(": ", line.IndexOf("error", StringComparison.Ordinal), StringComparison.Ordinal)]));
        Assert.AreEqual(
            "app.goproj(5): error CST2014 app.goproj(5): error CST1102 app.goproj(5): error CST2016 app.goproj(7): error CST1103 " +
            "app.goproj(9): error CST1103 app.goproj(9): error CST1105",
            codes);
    }

    [TestMethod]
    public void An_artifact_without_any_stage_says_so()
    {
        var project = Docs with { Stages = [], Artifacts = [Docs.Artifacts[0] with { From = null }] };
        StringAssert.StartsWith(Failure(project), "app.goproj(14): error CST1104:", StringComparison.Ordinal);
    }

    [TestMethod]
    public void A_mistyped_stage_in_From_is_named_with_the_nearest()
    {
        var project = Docs with
        {
            Artifacts = [Docs.Artifacts[0] with { From = "buidler" }],
            Stages = [Docs.Stages[0], new ProjectStage("other", "bilder", null, "RUN x", "app.goproj", 20)],
        };
        var failure = Assert.ThrowsExactly<BuildFailedException>(() => StageGraph.Create(Read(project), null));
        Assert.AreEqual("app.goproj(20) CST3001 builder|app.goproj(14) CST3001 builder", string.Join('|', failure.Diagnostics.Select(diagnostic =>
            $"{diagnostic.Location} {diagnostic.Code} {diagnostic.Message.Split("Did you mean '")[1].Split('\'')[0]}")));
    }

    [TestMethod]
    public void Platform_arguments_are_there_for_every_stage()
    {
        var set =
            ProjectFrontEnd.Read(Docs, new FrontEndOptions
            {
                Target = Platform.TryParse("linux/arm/v7")!,
                BuildArgs = new Dictionary<string, string> { ["TARGETOS"] = "plan9" },
            }, null);
        Assert.AreEqual("linux/arm/v7", set.GlobalArguments["TARGETPLATFORM"]);
        Assert.AreEqual("v7", set.GlobalArguments["TARGETVARIANT"]);
        Assert.AreEqual("plan9", set.GlobalArguments["TARGETOS"]);
    }

    private static StageSet Read(ProjectDefinition project, string? target = null) =>
        ProjectFrontEnd.Read(project, new FrontEndOptions(), target);

    private static string Failure(ProjectDefinition project) =>
        string.Join('\n', Assert.ThrowsExactly<BuildFailedException>(() => Read(project)).Diagnostics);
}
