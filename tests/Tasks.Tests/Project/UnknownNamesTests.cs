using System.Runtime.CompilerServices;
using ContainerStages.Tasks.Project;

namespace ContainerStages.Tasks.Tests.Project;

[TestClass]
public sealed class UnknownNamesTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [TestMethod]
    public void Each_unknown_name_is_one_warning_with_its_place_and_the_nearest_name()
    {
        _folder.Write(
            "Directory.Build.props",
            "<Project>\n<PropertyGroup>\n<ContainerStagesStoor>x</ContainerStagesStoor><containerstagesbuilder>host</containerstagesbuilder>\n</PropertyGroup></Project>");
        _folder.Write(
            "more.targets",
            """<Project><Target Name="T"><ItemGroup><ContainerStageArtefact Include="/a" Destination="/a" /></ItemGroup></Target></Project>""");
        var project = _folder.Write("app.csproj", """
            <Project>
              <PropertyGroup><_ContainerStagesOwn>1</_ContainerStagesOwn><ContainerStagesBuildr>host</ContainerStagesBuildr></PropertyGroup>
              <PropertyGroup Condition="false"><ContainerStagesBuildr>host</ContainerStagesBuildr><ContainerStageSecret>x</ContainerStageSecret></PropertyGroup>
              <ItemGroup>
                <ContainerStages Include="one" From="scratch" />
                <ContainerStage Include="two" From="scratch"><ContainerStageNote>metadata is another's to check</ContainerStageNote></ContainerStage>
                <ContainerStagesOffline Include="true" />
              </ItemGroup>
              <PropertyGroup><ContainerStagesZebraCrossing>1</ContainerStagesZebraCrossing><ContainerStagesEngine>docker</ContainerStagesEngine></PropertyGroup>
              <Import Project="more.targets" />
            </Project>
            """);

        var found = UnknownNames.Find(project, new RecordingEngine()).ToList();

        Assert.AreEqual(
            """
            app.csproj:2 'ContainerStagesBuildr' Did you mean ContainerStagesBuilder?
            app.csproj:3 'ContainerStageSecret' ContainerStageSecret is an item: write it in an ItemGroup, with Include.
            app.csproj:5 'ContainerStages' Did you mean ContainerStage?
            app.csproj:7 'ContainerStagesOffline' ContainerStagesOffline is a property: write it in a PropertyGroup.
            app.csproj:9 'ContainerStagesZebraCrossing' Names that begin with ContainerStage belong to this package; docs/project-language.md lists them.
            Directory.Build.props:3 'ContainerStagesStoor' Did you mean ContainerStagesStore?
            more.targets:1 'ContainerStageArtefact' Did you mean ContainerStageArtifact?
            """,
            string.Join(
                '\n',
                found.Select(
                    problem =>
                        $"{Path.GetFileName(problem.Location!.Value.File)}:{problem.Location.Value.Line} " +
                        $"{problem.Message.Replace(" is no name of ContainerStages and has no effect.", "", StringComparison.Ordinal)}")));
        Assert.IsTrue(found.All(problem => problem.Code == "CST1033"));
    }

    [TestMethod]
    public void The_known_names_are_those_of_the_golden_file()
    {
        var sections = File.ReadAllText(Golden())
            .Split("# ", StringSplitOptions.RemoveEmptyEntries)
            .ToDictionary(section => section.Split('\n')[0], section => section.Split('\n')[1..]);
        Assert.AreSequenceEqual(Ours(sections["properties"]), KnownNames.Properties);
        Assert.AreSequenceEqual(Ours(sections["items"]), KnownNames.Items);
    }

    public void Dispose() => _folder.Dispose();

    private static IEnumerable<string> Ours(IEnumerable<string> names) =>
        names.Where(name => name.StartsWith("ContainerStage", StringComparison.Ordinal));

    private static string Golden([CallerFilePath] string file = "") =>
        Path.GetFullPath("../../Sdk.Tests/public-names.txt", Path.GetDirectoryName(file)!);
}
