using ContainerStages.Diagnostics;
using ContainerStages.Dockerfile;

namespace ContainerStages.Core.Tests.Dockerfile;

[TestClass]
public sealed class ProjectWriterTests
{
    [TestMethod]
    public void Stages_become_items_and_nothing_in_them_means_something_to_MSBuild_or_XML()
    {
        const string text = "ARG V=1 W\nFROM golang:$V AS build\nARG V W\nRUN echo $(date) %20 @(x) && a < b\nRUN <<EOF\n\tx\nEOF\nFROM --platform=linux/amd64 scratch\nCOPY --from=0 [\"a b\", \"/\"]";
        Assert.AreEqual(
            """
            <Project Sdk="ContainerStages.Sdk/1.2.3">
              <ItemGroup>
                <ContainerStage Include="build" From="golang:1">
                  <Steps>
            ARG V=1 W
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
    public void Another_escape_character_is_an_error() => Assert.ThrowsExactly<BuildFailedException>(
        () => ProjectWriter.Write(DockerfileFrontEnd.Read("# escape=`\nFROM scratch", "Dockerfile", new FrontEndOptions()), "Dockerfile", "1"));
}
