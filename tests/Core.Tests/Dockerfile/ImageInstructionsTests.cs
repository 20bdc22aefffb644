using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Dockerfile;
using ContainerStages.Stages;

namespace ContainerStages.Tests.Dockerfile;

[TestClass]
public sealed class ImageInstructionsTests
{
    [TestMethod]
    public void Everything_that_only_configures_is_taken_in_its_order()
    {
        const string All = """
            HEALTHCHECK --interval=30s CMD ["/app", "--health"]
            VOLUME /data
            STOPSIGNAL SIGINT
            LABEL a=b
            ENV C=d
            EXPOSE 80
            USER 5
            ENTRYPOINT ["/app"]
            CMD ["x"]
            SHELL ["/bin/bash", "-c"]
            ONBUILD RUN true
            MAINTAINER me
            """;

        var read = Read(All);

        Assert.AreEqual(All, string.Join('\n', read.Select(instruction => instruction.Text)));
        Assert.AreEqual(11, read[1].Location.Line);
    }

    [TestMethod]
    [DataRow("RUN true", "RUN", "Steps of a ContainerStage")]
    [DataRow("copy a /b", "COPY", "Steps of a ContainerStage")]
    [DataRow("ADD <<A /b\nx\nA", "ADD", "Steps of a ContainerStage")]
    [DataRow("FROM alpine", "FROM", "Steps of a ContainerStage")]
    [DataRow("ARG A=b", "ARG", "Steps of a ContainerStage")]
    [DataRow("WORKDIR /srv", "WORKDIR", "Set ContainerWorkingDirectory")]
    public void What_changes_files_is_one_error_that_says_where_it_belongs(string instruction, string keyword, string instead)
    {
        var mistake = Mistakes($"VOLUME /data\n{instruction}\nUSER 5").Single();

        Assert.AreEqual(("CST1118", 11), (mistake.Code, mistake.Location?.Line));
        Assert.StartsWith($"ContainerStagesImageInstructions cannot hold {keyword}:", mistake.Message);
        Assert.Contains(instead, mistake.Message);
    }

    [TestMethod]
    public void Every_mistake_is_told_in_order_with_the_property_and_its_line()
    {
        var mistakes = Mistakes("RUN true\nHEALTCHECK NONE\nEXPOSE\nCOPY a /b");

        Assert.AreEqual(
            "10 CST1118|11 CST2004|12 CST2011|13 CST1118",
            string.Join('|', mistakes.Select(mistake => $"{mistake.Location?.Line} {mistake.Code}")));
        Assert.IsTrue(mistakes.All(mistake => mistake.Message.StartsWith("ContainerStagesImageInstructions", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void Where_the_line_is_not_known_the_file_is_named()
    {
        var failure =
            Assert.ThrowsExactly<BuildFailedException>(() => ImageInstructions.Read(new ImageInstructionText("VOLUME", "app.csproj", 0)));

        Assert.AreEqual(new SourceLocation("app.csproj"), failure.Diagnostics.Single().Location);
    }

    [TestMethod]
    [DataRow(null, 1)]
    [DataRow("First", 0)]
    [DataRow("0", 0)]
    [DataRow("none", -1)]
    public void They_are_appended_to_the_stage_that_becomes_the_image(string? target, int expected)
    {
        var set = DockerfileFrontEnd.Read("FROM scratch AS first\nUSER 1\nFROM scratch\nUSER 1", "f", new FrontEndOptions())
            .Append(target, Read("USER 5"));

        Assert.AreSequenceEqual(
            expected < 0 ? [] : [expected], set.Stages.Where(stage => stage.Instructions.Length == 2).Select(stage => stage.Index));
        Assert.IsTrue(expected < 0 || set.Stages[expected].Instructions[^1].Text == "USER 5");
    }

    private static ImmutableArray<Instruction> Read(string text) =>
        ImageInstructions.Read(new ImageInstructionText(text, "app.csproj", 10));

    private static IReadOnlyList<Diagnostic> Mistakes(string text) =>
        Assert.ThrowsExactly<BuildFailedException>(() => Read(text)).Diagnostics;
}
