using System.Diagnostics;
using ContainerStages.Contracts;
using ContainerStages.TestKit;
using ContainerStages.Conventions;
using ContainerStages.Core.Tests.Dockerfile;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;
using ContainerStages.Stages;

namespace ContainerStages.Core.Tests.Conventions;

[TestClass]
public sealed class GoConventionTests
{
    private const string Main = "package main\n\nfunc main() {}\n";
    private static readonly Platform Amd64 = new() { Os = "linux", Architecture = "amd64" };

    [TestMethod]
    public void A_module_without_requirements_builds_on_scratch_in_one_layer()
    {
        using var folder = Module("module example.com/hello\n\ngo 1.22\n");
        Assert.AreEqual(
            """
            FROM golang:1.22-alpine AS builder
            ENV GOCACHE=/root/.cache/go-build GOMODCACHE=/go/pkg/mod
            WORKDIR /src
            COPY . .
            RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -tags timetzdata -ldflags '-s -w -buildid=' -o /out/hello .
            FROM scratch
            COPY (users, /tmp)
            COPY --from=builder /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
            COPY --from=builder /out/hello /usr/local/bin/hello
            ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
            USER 65532:65532
            ENTRYPOINT ["/usr/local/bin/hello"]
            """,
            Text(Create(folder, new GoModule { Directory = folder.Path })));
    }

    [TestMethod]
    public void Requirements_are_fetched_before_the_source_is_copied()
    {
        using var folder = Module("module example.com/hello\ngo 1.14.4\nrequire a.b/c v1.0.0\n");
        File.WriteAllText(folder.Combine("go.sum"), "");
        var project = Project(folder, new GoModule { Directory = folder.Path }) with
        {
            BaseImage = "alpine:3.22",
            Config = new ProjectImageConfig { User = "app", Cmd = ["-v"] },
        };
        Assert.AreEqual(
            """
            FROM golang:1.14.4-alpine AS builder
            ENV GOCACHE=/root/.cache/go-build GOMODCACHE=/go/pkg/mod
            WORKDIR /src
            COPY go.mod go.sum ./
            RUN go mod download
            COPY . .
            RUN CGO_ENABLED=0 go build -trimpath -tags timetzdata -ldflags '-s -w -buildid=' -o /out/hello .
            FROM alpine:3.22
            COPY --from=builder /out/hello /usr/local/bin/hello
            USER app
            ENTRYPOINT ["/usr/local/bin/hello"]
            CMD ["-v"]
            """,
            Text(GoConvention.Create(project, folder.Path, Amd64, Amd64, new Dictionary<string, string>())));
    }

    [TestMethod]
    [DataRow("module m\nrequire a v1\nreplace a => ./a", false, DisplayName = "a requirement is a folder")]
    [DataRow("module m\nrequire a v1", true, DisplayName = "requirements lie in vendor")]
    public void Nothing_is_fetched_where_that_would_fail_or_is_not_needed(string goMod, bool vendor)
    {
        using var folder = Module(goMod);
        if (vendor)
        {
            Directory.CreateDirectory(folder.Combine("vendor"));
        }

        Assert.IsFalse(Text(Create(folder, new GoModule { Directory = folder.Path })).Contains("download", StringComparison.Ordinal));
    }

    [TestMethod]
    public void A_module_below_the_context_is_built_in_its_folder()
    {
        using var folder = new TempFolder();
        var directory = Directory.CreateDirectory(folder.Combine("services/my api")).FullName;
        File.WriteAllText(Path.Combine(directory, "go.mod"), "module example.com/api/v3\nrequire a v1");
        File.WriteAllText(Path.Combine(directory, "main.go"), Main);
        var text = Text(Create(folder, new GoModule { Directory = directory }));
        StringAssert.Contains(
            text,
            "COPY services/my api/go.mod ./services/my api/\nRUN cd 'services/my api/' && go mod download\nCOPY . " +
            ".\nWORKDIR /src/services/my api\nRUN ",
            StringComparison.Ordinal);
        StringAssert.Contains(text, "-o /out/api .\n", StringComparison.Ordinal);
    }

    [TestMethod]
    public void A_module_of_a_workspace_is_built_with_its_siblings_by_the_newest_go()
    {
        using var folder = Workspace("go 1.23\nuse (\n\t./app\n\t./lib\n\t./libs/other\n)");
        var text = Text(Create(folder, new GoModule { Directory = folder.Combine("app") }));
        StringAssert.Contains(
            text,
            "FROM golang:1.23-alpine AS builder\nENV GOCACHE=/root/.cache/go-build GOMODCACHE=/go/pkg/mod\nWORKDIR /src\nCOPY . " +
            ".\nWORKDIR /src/app\nRUN CGO_ENABLED=0 go build",
            StringComparison.Ordinal);
    }

    [TestMethod]
    [DataRow("go 1.20\nuse ./lib", true, DisplayName = "a workspace that does not use the module")]
    [DataRow("go 1.20\nuse ./app\nuse ../elsewhere", false, DisplayName = "a workspace with a module elsewhere")]
    [DataRow("go 1.20\nuse ./app\nreplace x => ../x", false, DisplayName = "a workspace that replaces one by a folder elsewhere")]
    [DataRow("go 1.20\nuse ./app\nuse ./bad", false, DisplayName = "a module of the workspace that does so")]
    public void A_workspace_counts_where_it_uses_the_module_and_must_lie_in_the_context(string goWork, bool isBuilt)
    {
        using var folder = Workspace(goWork);
        Directory.CreateDirectory(folder.Combine("bad"));
        File.WriteAllText(folder.Combine("bad/go.mod"), "module example.com/bad\nreplace y => ../../y");
        StageSet Built() => Create(folder, new GoModule { Directory = folder.Combine("app") });
        if (!isBuilt)
        {
            Assert.AreEqual("CST1510", Assert.ThrowsExactly<BuildFailedException>(Built).Diagnostics[0].Code);
        }
        else
        {
            StringAssert.Contains(Text(Built()), "go mod download", StringComparison.Ordinal);
        }
    }

    [TestMethod]
    [DataRow("../lib", false, ".. ", DisplayName = "beside the module")]
    [DataRow("../../a/lib", false, "../..", DisplayName = "further up")]
    [DataRow("/a/lib", false, "relative", DisplayName = "an absolute path")]
    [DataRow("../lib", true, null, DisplayName = "vendored")]
    public void A_folder_that_the_builder_does_not_see_is_an_error_that_names_the_property(string path, bool vendor, string? next)
    {
        using var folder = Workspace("");
        var app = folder.Combine("app");
        File.WriteAllText(
            Path.Combine(app, "go.mod"), "module example.com/app\nrequire example.com/lib v0.0.0\nreplace example.com/lib => " + path);
        if (vendor)
        {
            Directory.CreateDirectory(Path.Combine(app, "vendor"));
        }

        var project = Project(folder, new GoModule { Directory = app }) with { File = Path.Combine(app, "app.goproj") };
        StageSet Built() => GoConvention.Create(project, app, Amd64, Amd64, new Dictionary<string, string>());
        if (next is null)
        {
            Assert.IsFalse(Text(Built()).Contains("download", StringComparison.Ordinal));
            return;
        }

        var diagnostic = Assert.ThrowsExactly<BuildFailedException>(Built).Diagnostics[0];
        Assert.AreEqual("CST1510", diagnostic.Code);
        Assert.AreEqual(3, diagnostic.Location!.Value.Line);
        StringAssert.Contains(diagnostic.Message + " ", next, StringComparison.Ordinal);
        StringAssert.Contains(diagnostic.Message, $"'{path}'", StringComparison.Ordinal);
        StringAssert.Contains(diagnostic.Message, "ContainerStagesContextDirectory", StringComparison.Ordinal);
    }

    [TestMethod]
    public void What_go_lacks_of_a_workspace_above_the_context_is_explained()
    {
        using var folder = Workspace("go 1.20\nuse ./app\nuse ./lib");
        var app = folder.Combine("app");
        var project = Project(folder, new GoModule { Directory = app }) with { File = Path.Combine(app, "app.goproj") };
        var run = GoConvention.Create(project, app, Amd64, Amd64, new Dictionary<string, string>()).Stages[0].Instructions
            .OfType<RunInstruction>()
            .First();

        var explained = run.Explain!(["go: example.com/lib@v0.0.0: unrecognized import path"]);

        Assert.AreEqual("CST1510", explained?.Code);
        StringAssert.Contains(explained!.Message, "holds both: ..", StringComparison.Ordinal);
        Assert.IsNull(run.Explain(["go: example.org/other@v0.0.0: unrecognized import path"]));
    }

    [TestMethod]
    public void A_module_outside_the_context_is_an_error()
    {
        using var folder = Module("module m");
        using var other = new TempFolder();
        var failure =
            Assert.ThrowsExactly<BuildFailedException>(() => GoConvention.Create(
                Project(folder, new GoModule { Directory = folder.Path }), other.Path, Amd64, Amd64, new Dictionary<string, string>()));
        Assert.AreEqual("CST1115", failure.Diagnostics[0].Code);
    }

    [TestMethod]
    public void Properties_tune_the_build()
    {
        using var folder = Module("module m\ngo 1.20");
        folder.Write("cmd/my app/main.go", Main);
        var module = new GoModule
        {
            Directory = folder.Path,
            Package = "cmd/my app",
            Version = "1.26.1",
            BuildFlags = "-race -tags \"a b\" -gcflags='all=-N -l' --tags=c $(evil)",
            LdFlags = "-X 'main.v=it''s'",
            ProgramName = "tool",
        };
        StringAssert.Contains(
            Text(Create(folder, module)),
            @"RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -tags timetzdata,a,b,c -ldflags '-X '\''main.v=it'\'''\''s'\''' -race '-gcflags=all=-N -l' '$(evil)' -o /out/tool './cmd/my app'",
            StringComparison.Ordinal);
        StringAssert.StartsWith(Text(Create(folder, module)), "FROM golang:1.26.1-alpine AS builder", StringComparison.Ordinal);
    }

    [TestMethod]
    public void With_cgo_the_builder_has_a_compiler_and_the_program_is_static_still()
    {
        using var folder = Module("module m\ngo 1.20");
        var text = Text(Create(folder, new GoModule { Directory = folder.Path, CgoEnabled = true }));
        StringAssert.StartsWith(text, "FROM golang:1.20 AS builder", StringComparison.Ordinal);
        StringAssert.Contains(
            text,
            "CGO_ENABLED=1 go build -trimpath -buildvcs=false -tags timetzdata,netgo,osusergo -ldflags '-s -w -buildid= -linkmode " +
            "external -extldflags \"-static\"' -o",
            StringComparison.Ordinal);
    }

    [TestMethod]
    public void What_go_downloads_is_shared_by_all_and_what_it_compiles_by_builders_of_the_same_image()
    {
        using var folder = Module("module m\ngo 1.20\nrequire a v1");
        var runs = Create(folder, new GoModule { Directory = folder.Path }).Stages[0].Instructions.OfType<RunInstruction>().ToArray();
        Assert.HasCount(2, runs);
        foreach (var run in runs)
        {
            Assert.AreSequenceEqual(
                new RunMount[]
                {
                    new CacheMount("/go/pkg/mod") { Id = "containerstages-go-modules", Convention = "go" },
                    new CacheMount("/root/.cache/go-build") { Id = "containerstages-go-build-1.20", Convention = "go", OfBase = true },
                },
                run.Mounts);
        }
    }

    [TestMethod]
    public void A_vendored_module_does_not_see_what_others_downloaded()
    {
        using var folder = Module("module m\ngo 1.20\nrequire a v1");
        folder.Write("vendor/modules.txt", "# a v1\n");
        var run = Create(folder, new GoModule { Directory = folder.Path }).Stages[0].Instructions.OfType<RunInstruction>().Single();
        Assert.AreEqual("/root/.cache/go-build", ((CacheMount)run.Mounts.Single()).Target);
    }

    [TestMethod]
    public void For_another_platform_the_builder_compiles_across()
    {
        using var folder = Module("module m\ngo 1.20");
        var set = GoConvention.Create(
            Project(folder, new GoModule { Directory = folder.Path }),
            folder.Path,
            Platform.TryParse("linux/arm/v7")!,
            Amd64,
            new Dictionary<string, string>());
        Assert.AreEqual("linux/amd64", set.Stages[0].Platform);
        Assert.IsNull(set.Stages[1].Platform);
        StringAssert.Contains(Text(set), "RUN CGO_ENABLED=0 GOOS=linux GOARCH=arm GOARM=7 go build", StringComparison.Ordinal);
    }

    [TestMethod]
    [DataRow("example.com/hello", ".", null, "hello")]
    [DataRow("hello", ".", null, "hello")]
    [DataRow("example.com/hello/v2", ".", null, "hello")]
    [DataRow("example.com/hello/v10", "./", null, "hello")]
    [DataRow("example.com/v1", ".", null, "v1")]
    [DataRow("example.com/m", "./cmd/tool", null, "tool")]
    [DataRow("example.com/m", "./cmd/tool/", null, "tool")]
    [DataRow("example.com/m", "./cmd/tool", "other", "other")]
    public void The_program_is_named_after_package_or_module(string modulePath, string package, string? programName, string expected)
    {
        using var folder = Module("module " + modulePath);
        folder.Write("cmd/tool/main.go", Main);
        StringAssert.EndsWith(
            Text(Create(folder, new GoModule { Directory = folder.Path, Package = package, ProgramName = programName })),
            $"ENTRYPOINT [\"/usr/local/bin/{expected}\"]",
            StringComparison.Ordinal);
    }

    [TestMethod]
    [DataRow("a/b")]
    [DataRow("..")]
    [DataRow(" ")]
    public void A_program_name_is_a_file_name(string name)
    {
        using var folder = Module("module m");
        var failure =
            Assert.ThrowsExactly<BuildFailedException>(() => Create(folder, new GoModule { Directory = folder.Path, ProgramName = name }));
        Assert.AreEqual("CST1116", failure.Diagnostics[0].Code);
    }

    [TestMethod]
    [DataRow("x", null, "CST1114")]
    [DataRow(null, "-gcflags 'a", "CST1117")]
    public void Wrong_properties_are_named(string? version, string? flags, string code)
    {
        using var folder = Module("module m");
        var failure = Assert.ThrowsExactly<BuildFailedException>(
            () => Text(Create(folder, new GoModule { Directory = folder.Path, Version = version, BuildFlags = flags })));
        Assert.AreEqual(code, failure.Diagnostics[0].Code);
    }

    [TestMethod]
    public void The_stages_pass_the_graph()
    {
        using var folder = Module("module m");
        var graph = StageGraph.Create(Create(folder, new GoModule { Directory = folder.Path }), null);
        Assert.HasCount(2, graph.Stages);
        Assert.AreEqual(new StageSource.OtherStage(0), graph.Target.CopySources["builder"]);
        Assert.IsTrue(((ArtifactsInstruction)graph.Target.Stage.Instructions[0]).Copies[1].SkipMissing);
    }

    private static TempFolder Workspace(string goWork)
    {
        var folder = new TempFolder();
        foreach (var (name, go) in new[] { ("app", "1.20\nrequire example.com/lib v0.0.0"), ("lib", "1.19"), ("libs/other", "1.19") })
        {
            Directory.CreateDirectory(folder.Combine(name));
            File.WriteAllText(folder.Combine(name + "/go.mod"), $"module example.com/{name}\ngo {go}\n");
            File.WriteAllText(folder.Combine(name + "/main.go"), Main);
        }

        if (goWork.Length > 0)
        {
            File.WriteAllText(folder.Combine("go.work"), goWork);
        }

        return folder;
    }

    private static TempFolder Module(string goMod)
    {
        var folder = new TempFolder();
        File.WriteAllText(folder.Combine("go.mod"), goMod);
        File.WriteAllText(folder.Combine("main.go"), Main);
        return folder;
    }

    private static ProjectDefinition Project(TempFolder folder, GoModule module) =>
        new() { File = folder.Combine("app.goproj"), Go = module, Config = new ProjectImageConfig() };

    private static StageSet Create(TempFolder folder, GoModule module) =>
        GoConvention.Create(Project(folder, module), folder.Path, Amd64, Amd64, new Dictionary<string, string>());

    private static string Text(StageSet set) => string.Join('\n', set.Stages.SelectMany(stage =>
        stage.Instructions.SelectMany(Lines).Prepend($"FROM {stage.From}{(stage.Name is null ? "" : $" AS {stage.Name}")}")));

    private static IEnumerable<string> Lines(Instruction instruction) => instruction switch
    {
        ArtifactsInstruction artifacts => artifacts.Copies.Select(copy => copy.Text),
        _ => [instruction.Text],
    };
}
