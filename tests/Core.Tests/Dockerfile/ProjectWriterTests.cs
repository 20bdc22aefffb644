using ContainerStages.Diagnostics;
using ContainerStages.Dockerfile;

namespace ContainerStages.Core.Tests.Dockerfile;

[TestClass]
public sealed class ProjectWriterTests
{
    [TestMethod]
    public void Stages_become_items_and_nothing_in_them_means_something_to_MSBuild_or_XML()
    {
        const string text =
            "ARG V=1 W\nFROM golang:$V AS build\nARG V W\nRUN echo $(date) %20 @(x) && a < b\nRUN <<EOF\n\tx\nEOF\nFROM " +
            "--platform=linux/amd64 scratch\nCOPY --from=0 [\"a b\", \"/\"]";
        Assert.AreEqual(
            """
            <Project Sdk="ContainerStages.Sdk/1.2.3">
              <ItemGroup>
                <ContainerStageBuildArg Include="V" Value="1" />
                <ContainerStage Include="build" From="golang:1">
                  <Steps>
            ARG V W
            RUN echo %24(date) %2520 %40(x) &amp;&amp; a &lt; b
            RUN &lt;&lt;EOF
            	x
            EOF
                  </Steps>
                </ContainerStage>
                <ContainerStage Include="stage-1" From="scratch" Platform="linux/amd64">
                  <Steps>
            COPY --from=0 [&quot;a b&quot;, &quot;/&quot;]
                  </Steps>
                </ContainerStage>
              </ItemGroup>
            </Project>

            """,
            ProjectWriter.Write(DockerfileFrontEnd.Read(text, "Dockerfile", new FrontEndOptions()), "Dockerfile", "1.2.3"));
    }

    [TestMethod]
    public void A_stage_with_a_default_of_its_own_keeps_it()
    {
        var project = Write("ARG A=\"1 <\"\nFROM x\nARG A\nFROM y\nARG A=2");
        Assert.Contains("ARG A=1\\ &lt;\n", project);
        Assert.Contains("ARG A=2\n", project);
        Assert.DoesNotContain("ContainerStageBuildArg", project);
    }

    [TestMethod]
    public void Names_are_unique_and_FROM_means_what_it_meant()
    {
        var project = Write("FROM a AS one\nFROM one AS two\nFROM alpine AS one\nFROM one AS alpine\nCOPY --from=one /x /y");
        Assert.AreSequenceEqual(
            ["one-0 a", "two one-0", "one alpine:latest", "alpine one"],
            System.Xml.Linq.XDocument.Parse(project)
                .Descendants("ContainerStage")
                .Select(stage => $"{stage.Attribute("Include")!.Value} {stage.Attribute("From")!.Value}"));
    }

    [TestMethod]
    [DataRow("FROM scratch")]
    [DataRow("FROM scratch\nRUN a `\n  \\b `c`")]
    public void Another_escape_character_goes_where_it_means_nothing(string text) =>
        Assert.Contains("From=\"scratch\"", Write($"# escape=`\n{text}"));

    [TestMethod]
    [DataRow("FROM scratch\nENV A=`\"")]
    [DataRow("FROM scratch\nCOPY a\\b /")]
    [DataRow("FROM scratch\nRUN <<EOF\na `$b\nEOF")]
    public void Another_escape_character_that_escapes_is_an_error(string text) =>
        Assert.AreEqual(
            "CST2205", Assert.ThrowsExactly<BuildFailedException>(() => Write($"# escape=`\n{text}")).Diagnostics.Single().Code);

    private static string Write(string text) =>
        ProjectWriter.Write(DockerfileFrontEnd.Read(text, "Dockerfile", new FrontEndOptions()), "Dockerfile", "1");
}
