using ContainerStages.Tasks.Project;

namespace ContainerStages.Tasks.Tests.Project;

[TestClass]
public sealed class ProjectTextTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [TestMethod]
    public void The_line_of_steps_is_where_their_text_begins()
    {
        var item = Load("""
            <Project>
              <ItemGroup>
                <ContainerStage Include="a"
                                From="x">
                  <Steps>
                    RUN one
                  </Steps>
                </ContainerStage>
                <ContainerStage Include="b" From="x" Steps="RUN two" />
              </ItemGroup>
            </Project>
            """);

        Assert.AreEqual(5, item.Find("ContainerStage", "a")!.Steps!.Line);
        Assert.AreEqual(3, item.Find("ContainerStage", "a")!.Line);
        Assert.AreEqual(9, item.Find("ContainerStage", "b")!.Steps!.Line);
        Assert.IsNull(item.Find("ContainerStage", "c"));
    }

    [TestMethod]
    public void Of_two_elements_with_one_name_the_one_with_the_same_steps_is_meant()
    {
        var text = Load("""
            <Project>
              <ItemGroup>
                <ContainerStage Include="a" From="x" Condition="'$(C)' == '1'"><Steps>RUN one</Steps></ContainerStage>
                <ContainerStage Include="a" From="x" Condition="'$(C)' != '1'"><Steps>RUN two</Steps></ContainerStage>
                <ContainerStage Update="a"><Steps>RUN three</Steps></ContainerStage>
              </ItemGroup>
            </Project>
            """);

        Assert.AreEqual(3, text.Find("ContainerStage", "a", "RUN one")!.Line);
        Assert.AreEqual(5, text.Find("ContainerStage", "a", "RUN three")!.Line);
    }

    [TestMethod]
    public void A_name_made_by_msbuild_is_found_when_only_one_element_can_have_made_it()
    {
        var text = Load("""<Project><ItemGroup><ContainerStage Include="$(Name)-builder" From="x" /></ItemGroup></Project>""");

        Assert.AreEqual(1, text.Find("ContainerStage", "app-builder")!.Line);
    }

    [TestMethod]
    public void Lines_after_an_xml_comment_are_still_the_files_lines()
    {
        var steps = Load("""
            <Project>
              <ItemGroup>
                <ContainerStage Include="a" From="x">
                  <Steps>
                    RUN one
                    <!-- a comment
                         of three
                         lines -->
                    RUN $(two)
                  </Steps>
                </ContainerStage>
              </ItemGroup>
            </Project>
            """).Find("ContainerStage", "a")!.Steps!;

        Assert.AreEqual(9, steps.LineAt(steps.Text.IndexOf("$(two)", StringComparison.Ordinal)));
        var lines = steps.WithLinesOfComments(steps.Text).Split('\n');
        Assert.AreEqual("RUN $(two)", lines[9 - steps.Line].Trim());
        Assert.AreSequenceEqual(["#", "#"], lines.Where(line => line == "#").ToList());
    }

    [TestMethod]
    public void A_heredoc_is_never_given_added_lines()
    {
        var steps = new StepsText();
        steps.AddText("RUN <<E\n", 1);
        steps.AddComment("a\nb", 2);
        steps.AddText("\necho\nE\n", 3);

        Assert.AreEqual(steps.Text, steps.WithLinesOfComments(steps.Text));
    }

    [TestMethod]
    public void A_file_that_is_no_xml_has_no_items() => Assert.IsNull(Load("FROM scratch").Find("ContainerStage", "a"));

    public void Dispose() => _folder.Dispose();

    private ProjectText Load(string text) => ProjectText.Load(_folder.Write("a.proj", text));
}
