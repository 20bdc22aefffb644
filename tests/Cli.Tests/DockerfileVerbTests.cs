using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary><c>build --check</c>, <c>export</c> and <c>import</c>.</summary>
[TestClass]
public sealed class DockerfileVerbTests
{
    [TestMethod]
    [DataRow("FROM alpine\nRUN true\n", 0, "Check complete, no warnings found.")]
    [DataRow("FROM alpine\nCMD echo hi\n", 1, "warning CST2227: JSONArgsRecommended")]
    [DataRow("FROM alpine\nENV a=$PAHT\n", 1, "Usage of undefined variable '$PAHT' (did you mean $PATH?)")]
    [DataRow(
        "FROM foreign\n",
        1,
        "Base image foreign was pulled with platform \"linux/arm64\", expected \"linux/amd64\" for current build",
        DisplayName = "one image of another platform")]
    [DataRow("FROM --platform=linux/s390x both AS both-s390x\n", 1, "error CST5006", DisplayName = "an index without the platform")]
    [DataRow(
        "FROM alpine AS parent\nONBUILD ENV b=$PAHT\nFROM parent\n", 1, "Usage of undefined variable '$PAHT'", DisplayName = "a trigger")]
    [DataRow(
        "FROM 127.0.0.1:9/none\nCMD echo hi\n",
        1,
        "warning CST2227: JSONArgsRecommended",
        DisplayName = "a base that cannot be had does not hide a warning")]
    [DataRow("FROM 127.0.0.1:9/none\nCMD echo hi\n", 1, "error CST5001", DisplayName = "a base that cannot be had is said")]
    [DataRow("# check=skip=all\nFROM alpine\nCMD echo hi\n", 0, "Check complete, no warnings found.")]
    [DataRow("# check=error=true\nFROM alpine\nCMD echo hi\n", 1, "error CST2227: JSONArgsRecommended")]
    [DataRow(
        "FROM alpine\nCOPPY a b\nCMD echo hi\n",
        1,
        "Check complete, 2 warnings have been found.",
        DisplayName = "a mistake does not hide a warning")]
    public async Task Check_says_what_it_finds_and_builds_nothing(string dockerfile, int code, string text)
    {
        using var context = Hello.Context(dockerfile);
        var result = await Hello.Program.RunAsync("build", "--check", context.Path);
        Assert.Contains(text, result.Output);
        Assert.AreEqual(code, result.ExitCode, result.Report);
    }

    [TestMethod]
    [DataRow("# check=error=true\nFROM alpine\nENV a=$nope\n", "error CST2231", 1)]
    [DataRow("FROM alpine\nENV a=$nope\n", "warning CST2231", 0)]
    [DataRow("FROM foreign\nCOPY Dockerfile /\n", "warning CST2234", 0)]
    [DataRow("FROM alpine AS context\nFROM alpine AS one\nFROM alpine AS one\n", "warning CST2225", 0)]
    public async Task A_build_warns_too(string dockerfile, string text, int code)
    {
        using var context = Hello.Context(dockerfile);
        var result = await Hello.Program.BuildAsync(context.Path);
        Assert.Contains(text, result.Output + result.Error);
        Assert.AreEqual(code, result.ExitCode, result.Error);
    }

    [TestMethod]
    public async Task An_exported_Dockerfile_gives_the_same_image()
    {
        using var context =
            Hello.Context(
                "from alpine as one\nrun echo a > /x\nFROM alpine:latest\ncopy --from=ONE /x /y\nENV A=b C=\"d e\"\nCOPY <<X " +
                "/z\n$A\nX\nCMD [\"cat\", \"/y\"]\n");
        var written = await Hello.Program.BuildAsync(context.Path);
        Assert.AreEqual(0, written.ExitCode, written.Error);
        var exported = await Hello.Program.RunAsync("export", context.Combine("Dockerfile"));
        Assert.AreEqual(0, exported.ExitCode, exported.Error);
        context.Write("Exported", exported.Output);
        var again = await Hello.Program.BuildAsync(context.Path, "-f", context.Combine("Exported"));
        Assert.AreEqual(0, again.ExitCode, again.Error);
        Assert.AreEqual(written.Digest, again.Digest);
    }

    [TestMethod]
    [DataRow("export")]
    [DataRow("import")]
    public async Task A_file_that_is_missing_or_wrong_is_said_at_its_line(string verb)
    {
        using var context = Hello.Context("FROM alpine\nCOPPY a b\n");
        var wrong = await Hello.Program.RunAsync(verb, context.Combine("Dockerfile"));
        Assert.AreEqual(1, wrong.ExitCode);
        Assert.Contains("Dockerfile(2,1): error", wrong.Error);
        Assert.AreEqual("", wrong.Output);
        Assert.AreEqual(1, (await Hello.Program.RunAsync(verb, context.Combine("None"))).ExitCode);
        Assert.AreEqual(2, (await Hello.Program.RunAsync(verb)).ExitCode);
    }

    [TestMethod]
    public async Task An_imported_project_names_every_stage()
    {
        using var context = Hello.Context();
        var imported = await Hello.Program.RunAsync("import", context.Combine("Dockerfile"));
        Assert.AreEqual(0, imported.ExitCode, imported.Error);
        var project = System.Xml.Linq.XDocument.Parse(imported.Output);
        Assert.AreEqual(
            "builder golang:1.14.4-alpine",
            string.Join(' ', project.Descendants("ContainerStage").First().Attributes().Select(attribute => attribute.Value)));
        Assert.HasCount(2, project.Descendants("ContainerStage").ToArray());
    }
}
