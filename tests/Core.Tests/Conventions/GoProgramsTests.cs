using ContainerStages.Contracts;
using ContainerStages.Conventions;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;
using ContainerStages.Stages;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Conventions;

/// <summary>Which packages become programs, and what is said where the builder cannot compile them.</summary>
[TestClass]
public sealed class GoProgramsTests
{
    private static readonly Platform Amd64 = new() { Os = "linux", Architecture = "amd64" };

    [TestMethod]
    public void Several_packages_are_programs_of_one_image_that_starts_the_first()
    {
        using var folder = Module();
        var stages = Create(folder, new GoModule { Directory = folder.Path, Package = " ./cmd/b ; cmd/a;" }).Stages;
        StringAssert.EndsWith(stages[0].Instructions[^1].Text, " -o /out ./cmd/b ./cmd/a", StringComparison.Ordinal);
        StringAssert.StartsWith(stages[0].Instructions[^1].Text, "RUN mkdir -p /out && CGO_ENABLED=0 go build", StringComparison.Ordinal);
        var copies = stages[1].Instructions.OfType<ArtifactsInstruction>().Single().Copies;
        Assert.AreSequenceEqual(
            new[] { "COPY --from=builder /out/b /usr/local/bin/b", "COPY --from=builder /out/a /usr/local/bin/a" },
            copies.Select(copy => copy.Text).TakeLast(2).ToArray());
        Assert.AreEqual("ENTRYPOINT [\"/usr/local/bin/b\"]", stages[1].Instructions.OfType<EntrypointInstruction>().Single().Text);
    }

    [TestMethod]
    [DataRow(".", "CST3114", "Set GoPackage to one that does: ./cmd/a, ./cmd/b.", DisplayName = "a folder without Go")]
    [DataRow("lib", "CST3114", "./cmd/a, ./cmd/b", DisplayName = "a library with a generator")]
    [DataRow("./cmd/a;./missing", "CST3114", "'./missing'", DisplayName = "a folder that is not there")]
    [DataRow("./cmd/...", "CST3114", "./cmd/a, ./cmd/b", DisplayName = "a pattern")]
    [DataRow("./cmd/a;./other/a", "CST3120", "'a': ./cmd/a, ./other/a", DisplayName = "two of one name")]
    public void A_package_that_makes_no_program_is_an_error_that_names_those_that_do(string package, string code, string text)
    {
        using var folder = Module();
        var failure = Assert.ThrowsExactly<BuildFailedException>(
            () => Create(folder, new GoModule { Directory = folder.Path, Package = package })).Diagnostics[0];
        Assert.AreEqual(code, failure.Code);
        StringAssert.Contains(failure.Message, text, StringComparison.Ordinal);
    }

    [TestMethod]
    public void A_package_of_another_module_is_left_to_go()
    {
        using var folder = Module();
        StringAssert.EndsWith(
            Create(folder, new GoModule { Directory = folder.Path, Package = "example.org/tool/cmd/x" }).Stages[0].Instructions[^1].Text,
            " -o /out/x example.org/tool/cmd/x",
            StringComparison.Ordinal);
    }

    [TestMethod]
    [DataRow("1.21.5", "1.22", true)]
    [DataRow("1.22.1", "1.22.3", true)]
    [DataRow("1.22", "1.22.3", false, DisplayName = "the newest 1.22")]
    [DataRow("1.22.3", "1.22.3", false)]
    [DataRow("1.20", "1.22", false, DisplayName = "a Go that tries all the same")]
    public void A_Go_that_would_refuse_the_module_is_named_before_anything_is_fetched(string chosen, string needed, bool isRefused)
    {
        using var folder = Module($"go {needed}\ntoolchain go1.99.0\n");
        StageSet Built() => Create(folder, new GoModule { Directory = folder.Path, Package = "cmd/a", Version = chosen });
        if (isRefused)
        {
            Assert.AreEqual("CST3116", Assert.ThrowsExactly<BuildFailedException>(Built).Diagnostics[0].Code);
        }
        else
        {
            Assert.AreEqual($"golang:{chosen}-alpine", Built().Stages[0].From);
        }
    }

    [TestMethod]
    public void Where_no_version_is_chosen_the_toolchain_of_go_mod_builds()
    {
        using var folder = Module("go 1.22\ntoolchain go1.99.0\n");
        var stage = Create(folder, new GoModule { Directory = folder.Path, Package = "cmd/a" }).Stages[0];
        Assert.AreEqual("golang:1.99.0-alpine", stage.From);
        StringAssert.Contains(stage.FromAdvice!, "go.mod names: set GoVersion", StringComparison.Ordinal);
    }

    [TestMethod]
    public void The_builder_may_be_an_image_of_ones_own()
    {
        using var folder = Module();
        var stage =
            Create(folder, new GoModule { Directory = folder.Path, Package = "cmd/a", BuilderImage = "example.com/go:1" }).Stages[0];
        Assert.AreEqual("example.com/go:1", stage.From);
        StringAssert.Contains(stage.FromAdvice!, "ContainerStagesBuilderImage", StringComparison.Ordinal);
    }

    // The lines are those of go 1.19 and 1.26.
    [TestMethod]
    [DataRow("package example.com/app: build constraints exclude all Go files in /src", "CST3115")]
    [DataRow("package example.com/app: C source files not allowed when not using cgo or SWIG: add.c", "CST3115")]
    [DataRow("go: go.mod requires go >= 1.27 (running go 1.26.1; GOTOOLCHAIN=local)", "CST3116")]
    [DataRow("note: module requires Go 1.30", "CST3116")]
    [DataRow("go: errors parsing go.mod:", null)]
    [DataRow("/src/go.mod:3: invalid go version '1.22.3': must match format 1.23", "CST3116")]
    [DataRow("go: example.com/private@v1.0.0: exec: \"git\": executable file not found in $PATH", "CST3117")]
    [DataRow("/bin/sh: go: not found", "CST3117")]
    [DataRow("cgo: C compiler \"gcc\" not found: exec: \"gcc\": executable file not found in $PATH", "CST3117")]
    [DataRow("\tfatal: could not read Username for 'https://github.com': terminal prompts disabled", "CST3118")]
    [DataRow("go: example.com/private@v1.0.0: reading https://proxy.example.com/list: 401 Unauthorized", "CST3118")]
    [DataRow("main.go:5:12: pattern site/*: no matching files found", "CST3119")]
    [DataRow("./main.go:5:2: undefined: x", null)]
    public void What_go_says_is_explained_where_it_does_not_say_what_to_do(string line, string? code)
    {
        using var folder = Module();
        var run = (RunInstruction)Create(folder, new GoModule { Directory = folder.Path, Package = "cmd/a" }).Stages[0].Instructions[^1];
        var explained = run.Explain!(["go: downloading", line]);
        Assert.AreEqual(code, explained?.Code);
        if (code is not null)
        {
            StringAssert.Contains(explained!.Message, line.Trim(), StringComparison.Ordinal);
        }
    }

    private static TempFolder Module(string more = "go 1.20\n")
    {
        var folder = new TempFolder();
        folder.Write("go.mod", "module example.com/app\n" + more);
        folder.Write("lib/lib.go", "package lib // package main\n");
        folder.Write("lib/generate.go", "//go:build ignore\n\npackage main\n");
        folder.Write("cmd/a/main.go", "// Package main.\npackage main\n\nfunc main() {}\n");
        folder.Write("cmd/b/b.go", "package main\n\nfunc main() {}\n");
        folder.Write("vendor/example.com/x/main.go", "package main\n");
        folder.Write("nested/go.mod", "module example.com/nested\n");
        folder.Write("nested/main.go", "package main\n");
        folder.Write("tests/only_test.go", "package main\n");
        return folder;
    }

    private static StageSet Create(TempFolder folder, GoModule module)
    {
        if (module.Package.Contains("other", StringComparison.Ordinal))
        {
            folder.Write("other/a/main.go", "package main\n");
        }

        var project = new ProjectDefinition { File = folder.Combine("app.goproj"), Go = module, Config = new ProjectImageConfig() };
        return GoConvention.Create(project, folder.Path, Amd64, Amd64, new Dictionary<string, string>());
    }
}
