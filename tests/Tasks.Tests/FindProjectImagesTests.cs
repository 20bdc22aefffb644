using ContainerStages.Contracts;

namespace ContainerStages.Tasks.Tests;

[TestClass]
public sealed class FindProjectImagesTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly RecordingEngine _engine = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void Every_project_that_is_named_is_found_once()
    {
        _folder.Write("base/base.goproj", "<Project />");
        _folder.Write("tools/tools.goproj", "<Project />");
        using var task = Task("<Project />");
        task.Stages =
        [
            TestFolder.Item("a", ("From", "project:base/base.goproj")),
            TestFolder.Item("b", ("From", @"project:.\base\base.goproj")),
            TestFolder.Item("c", ("From", "alpine")),
        ];
        task.Contexts = [TestFolder.Item("tools", ("Project", "tools/tools.goproj")), TestFolder.Item("image", ("Image", "alpine"))];

        Assert.IsTrue(task.Execute());

        Assert.AreSequenceEqual(
            [_folder["base/base.goproj"], _folder["tools/tools.goproj"]], task.Projects.Select(project => project.ItemSpec));
    }

    [TestMethod]
    public void A_missing_project_is_one_error_at_its_item()
    {
        using var task = Task(
            "<Project>\n  <ItemGroup>\n    <ContainerStage Include=\"a\" From=\"project:../none.goproj\" />\n  </ItemGroup>\n</Project>");
        task.Stages = [TestFolder.Item("a", ("From", "project:../none.goproj"))];

        Assert.IsFalse(task.Execute());

        var error = _engine.Errors.Single();
        Assert.AreEqual("CST1602", error.Code);
        Assert.AreEqual(3, error.LineNumber);
    }

    [TestMethod]
    [DataRow(
        "<ContainerStage Include=\"a\" From=\"project:../hello.goproj\" />",
        "hello.goproj -> b/b.goproj -> hello.goproj",
        DisplayName = "as an attribute")]
    [DataRow(
        "<ContainerStage Include=\"a\"><From> project:../c.goproj </From></ContainerStage>",
        "hello.goproj -> b/b.goproj -> c.goproj -> hello.goproj",
        DisplayName = "as an element, and longer")]
    [DataRow(
        "<ContainerStageContext Include=\"a\" Project=\"../hello.goproj\" />",
        "hello.goproj -> b/b.goproj -> hello.goproj",
        DisplayName = "as a context")]
    public void A_circle_is_one_error_that_names_the_way(string item, string way)
    {
        _folder.Write("b/b.goproj", $"<Project><ItemGroup>{item}</ItemGroup></Project>");
        _folder.Write(
            "c.goproj",
            "<Project><ItemGroup><ContainerStageArtifact Include=\"/a\" From=\"project:hello.goproj\" /></ItemGroup></Project>");
        using var task = Task("<Project><ItemGroup><ContainerStage Include=\"a\" From=\"project:b/b.goproj\" /></ItemGroup></Project>");
        task.Stages = [TestFolder.Item("a", ("From", "project:b/b.goproj"))];

        Assert.IsFalse(task.Execute());

        Assert.AreEqual("CST1601", _engine.Errors.Single().Code);
        Assert.Contains(way, _engine.Errors.Single().Message!);
    }

    [TestMethod]
    public void A_project_that_two_others_build_on_is_no_circle()
    {
        _folder.Write("base.goproj", "<Project />");
        _folder.Write(
            "b.goproj", "<Project><ItemGroup><ContainerStage Include=\"a\" From=\"project:base.goproj\" /></ItemGroup></Project>");
        using var task =
            Task(
                "<Project><ItemGroup><ContainerStage Include=\"a\" From=\"project:b.goproj\" /><ContainerStage Include=\"c\" " +
                "From=\"project:base.goproj\" /></ItemGroup></Project>");
        task.Stages = [TestFolder.Item("a", ("From", "project:b.goproj")), TestFolder.Item("c", ("From", "project:base.goproj"))];

        Assert.IsTrue(task.Execute());
    }

    private FindProjectImages Task(string project) => new() { BuildEngine = _engine, ProjectFile = _folder.Write("hello.goproj", project) };
}
