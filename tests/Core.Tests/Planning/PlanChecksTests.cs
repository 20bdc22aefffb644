using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Dockerfile;
using ContainerStages.Oci;
using ContainerStages.Planning;
using ContainerStages.Stages;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Planning;

/// <summary>The two build checks that need base images. Texts are BuildKit's.</summary>
[TestClass]
public sealed class PlanChecksTests
{
    [TestMethod]
    [DataRow("FROM alpine\nARG foo\nCOPY $fooo .", "Usage of undefined variable '$fooo'. ")]
    [DataRow("FROM alpine\nENV a=$PAHT", "Usage of undefined variable '$PAHT' (did you mean $PATH?)")]
    [DataRow("FROM alpine\nENV a=$GOPAT", "Usage of undefined variable '$GOPAT' (did you mean $GOPATH?)")]
    [DataRow("FROM scratch\nENV a=${nope:-x}", "Usage of undefined variable '$nope'. ")]
    [DataRow("FROM scratch\nCOPY <<X /t\n$nope\nX", "Usage of undefined variable '$nope'. ")]
    [DataRow("FROM scratch\nLABEL a=$HTTP_PROXY", "Usage of undefined variable '$HTTP_PROXY'. ")]
    public void An_unknown_variable_is_warned_of(string dockerfile, string text)
    {
        var found = Check(dockerfile).Single();
        Assert.AreEqual("CST2231", found.Code);
        Assert.StartsWith("UndefinedVar: " + text, found.Message);
        Assert.IsGreaterThan(1, found.Location!.Value.Line);
    }

    [TestMethod]
    [DataRow("FROM alpine\nENV a=$PATH b=$GOPATH", DisplayName = "what the base defines")]
    [DataRow("FROM scratch\nARG foo\nENV a=$foo", DisplayName = "an argument without value")]
    [DataRow("FROM scratch AS one\nENV x=1\nFROM one\nENV a=$x", DisplayName = "what the stage below defines")]
    [DataRow("FROM scratch AS unused\nENV a=$nope\nFROM scratch\nENV a=b", DisplayName = "a stage that is not built")]
    [DataRow("# check=skip=UndefinedVar\nFROM scratch\nENV a=$nope", DisplayName = "skipped")]
    public void A_known_variable_is_not(string dockerfile) =>
        Assert.IsEmpty(Check(dockerfile).Select(diagnostic => diagnostic.ToString()));

    [TestMethod]
    public void The_base_of_another_platform_is_warned_of()
    {
        var found = Check("FROM alpine", architecture: "arm64").Single();
        Assert.AreEqual("CST2234", found.Code);
        Assert.StartsWith(
            "InvalidBaseImagePlatform: Base image alpine was pulled with platform \"linux/arm64\", expected " +
            "\"linux/amd64\" for current build. ",
            found.Message);
        Assert.AreEqual(1, found.Location!.Value.Line);
        Assert.IsEmpty(Check("FROM --platform=linux/arm64 alpine AS arm64", architecture: "arm64"));
    }

    [TestMethod]
    public void An_image_that_FROM_makes_for_another_platform_than_was_asked_for_is_warned_of()
    {
        var found = Check("FROM --platform=linux/arm64 alpine AS arm64\nFROM arm64", architecture: "arm64", isPlatformAsked: true).Single();
        Assert.AreEqual("CST2243", found.Code);
        Assert.StartsWith("FinalStagePlatform: The image for linux/amd64 stands on a base for linux/arm64", found.Message);
        Assert.AreEqual(1, found.Location!.Value.Line);
        Assert.IsEmpty(Check(
            "FROM --platform=linux/arm64 alpine AS arm64\nFROM scratch\nCOPY --from=arm64 a b",
            architecture: "arm64",
            isPlatformAsked: true));
        Assert.IsEmpty(Check("FROM --platform=linux/arm64 alpine AS arm64\nFROM arm64", architecture: "arm64"));
    }

    [TestMethod]
    [DataRow("FROM scratch\nARG p=1:80\nEXPOSE $p", "CST2242", "found '1:80'")]
    [DataRow("FROM scratch\nARG p=80/TCP\nEXPOSE ${p}", "CST2241", "'80/TCP'")]
    public void Ports_are_checked_with_the_values_of_their_variables(string dockerfile, string code, string text)
    {
        var found = Check(dockerfile).Single();
        Assert.AreEqual(code, found.Code);
        StringAssert.Contains(found.Message, text);
    }

    [TestMethod]
    [DataRow("# check=skip=UndefinedVar\n", "")]
    [DataRow("# why\n# check=skip=all\n", "")]
    [DataRow("# check=skip=UndefinedVar\n# why\n", "")]
    [DataRow("# check=skip=UndefinedVar\n#\n", "CST2231")]
    [DataRow("# check=skip=UndefinedVar\n\n", "CST2231")]
    [DataRow("# check=skip=JSONArgsRecommended\n", "CST2231")]
    public void A_comment_above_an_instruction_skips_checks_of_it_alone(string comment, string expected)
    {
        var found = Check($"FROM scratch\n{comment}ENV a=\\\n$nope\nENV b=$none");
        Assert.AreEqual(expected, string.Join(' ', found.SkipLast(1).Select(diagnostic => diagnostic.Code)));
        StringAssert.Contains(found[^1].Message, "$none");
    }

    [TestMethod]
    public void A_file_may_ask_for_errors()
    {
        var failure = Assert.ThrowsExactly<BuildFailedException>(() => Check("# check=error=true\nFROM scratch\nENV a=$nope"));
        Assert.AreEqual("CST2231", failure.Diagnostics.Single().Code);
    }

    private static IReadOnlyList<Diagnostic> Check(string text, string architecture = "amd64", bool isPlatformAsked = false)
    {
        var platform = new Platform { Os = "linux", Architecture = "amd64" };
        var set = DockerfileFrontEnd.Read(text, "Dockerfile", new FrontEndOptions { Target = platform });
        var graph = StageGraph.Create(set, null);
        var images = graph.Stages.Select(node => (node.Base as StageSource.Image, node.Stage.Platform)).Where(
            item => item.Item1 is not null)
            .ToDictionary(item => new NamedBase(item.Item1!.Reference, item.Platform), item => Base(item.Item1!.Reference, architecture));
        var events = new RecordedEvents();
        Planner.Plan(graph, images, new Dictionary<string, string>(), platform, events, isPlatformAsked: isPlatformAsked);
        return [.. events.Events.OfType<DiagnosticReported>().Select(reported => reported.Diagnostic)];
    }

    private static ImageBase Base(ImageReference reference, string architecture) => new(
        reference,
        new Manifest { Config = new Descriptor { MediaType = MediaTypes.OciConfig, Digest = Digest.Of("{}"u8), Size = 2 }, Layers = [] },
        new ImageConfig
        {
            Os = "linux",
            Architecture = architecture,
            RootFs = new RootFs { DiffIds = [] },
            Config = new ContainerConfig { Env = ["PATH=/bin", "GOPATH=/go"] },
        });
}
