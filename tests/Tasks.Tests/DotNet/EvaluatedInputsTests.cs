using ContainerStages.Tasks.DotNet;

namespace ContainerStages.Tasks.Tests.DotNet;

/// <summary>Projects that MSBuild itself evaluates.</summary>
[TestClass]
public sealed class EvaluatedInputsTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [TestMethod]
    public void Imports_and_items_whose_paths_are_properties_are_found()
    {
        _folder.Write("props/given.props", "<Project><PropertyGroup><Shared>../shared/</Shared></PropertyGroup></Project>");
        _folder.Write("props/never.props", "<Project />");
        _folder.Write("shared/A.cs", "");
        _folder.Write("shared/deep/B.cs", "");
        _folder.Write("shared/C.txt", "");
        _folder.Write("protos/a.proto", "");
        _folder.Write("keys/key.snk", "");
        _folder.Write("lib/L.dll", "");
        var app = _folder.Write("app/app.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <Import Project="$(Named).props" />
              <Import Project="../props/never.props" Condition="'$(Named)' == ''" />
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Up>..</Up>
                <AssemblyOriginatorKeyFile>$(Up)/keys/key.snk</AssemblyOriginatorKeyFile>
              </PropertyGroup>
              <ItemGroup>
                <Compile Include="$(Shared)**/*.cs" />
                <Protobuf Include="$(Up)\protos\a.proto" ProtoRoot="$(Up)/protos" />
                <Reference Include="L" HintPath="$(Up)/lib/L.dll" />
                <None Include="$(Up)/gone.txt" />
              </ItemGroup>
            </Project>
            """);

        var found = Read(new(StringComparer.Ordinal) { ["Named"] = _folder["props/given"] }, app);

        Assert.AreSequenceEqual(["props/given.props"], Relative(found.Imports.Where(file => file != app)));
        Assert.AreSequenceEqual(
            ["keys/key.snk", "lib/L.dll", "protos", "protos/a.proto", "shared/A.cs", "shared/deep/B.cs"], Relative(found.Files));
    }

    [TestMethod]
    public void Projects_that_a_restore_does_not_follow_take_part_too()
    {
        var app = _folder.Write("app/app.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework><Generators>../gen</Generators></PropertyGroup>
              <ItemGroup><ProjectReference Include="$(Generators)/gen.csproj" OutputItemType="Analyzer" ReferenceOutputAssembly="false" /></ItemGroup>
            </Project>
            """);
        _folder.Write("gen/gen.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFrameworks>netstandard2.0;net10.0</TargetFrameworks></PropertyGroup>
              <ItemGroup><ProjectReference Include="../deep/deep.csproj" /></ItemGroup>
            </Project>
            """);
        _folder.Write(
            "deep/deep.csproj",
            "<Project Sdk='Microsoft.NET.Sdk'><PropertyGroup><TargetFramework>netstandard2.0</TargetFramework></PropertyGroup></Project>");

        Assert.AreSequenceEqual(["app/app.csproj", "deep/deep.csproj", "gen/gen.csproj"], Relative(Read([], app).Projects));
    }

    [TestMethod]
    public void One_component_stands_for_all_that_a_restore_asks_for()
    {
        _folder.Write("app/Pages/Home.razor", "");
        _folder.Write("app/App.razor", "");
        _folder.Write("app/Program.cs", "");
        _folder.Write("plain/Program.cs", "");
        var app = _folder.Write("app/app.csproj", """
            <Project Sdk="Microsoft.NET.Sdk.Web">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
              <ItemGroup><ProjectReference Include="../plain/plain.csproj" /></ItemGroup>
            </Project>
            """);
        _folder.Write(
            "plain/plain.csproj",
            "<Project Sdk='Microsoft.NET.Sdk.Web'><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>");

        Assert.AreSequenceEqual(["app/App.razor"], Relative(Read([], app).Components));
    }

    [TestMethod]
    public void Each_framework_of_a_project_has_its_own_files()
    {
        _folder.Write("old/Old.cs", "");
        _folder.Write("new/New.cs", "");
        var lib = _folder.Write("lib/lib.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFrameworks>netstandard2.0;net10.0</TargetFrameworks><Up>..</Up></PropertyGroup>
              <ItemGroup><Compile Include="$(Up)/old/*.cs" Condition="'$(TargetFramework)' == 'netstandard2.0'" /></ItemGroup>
              <ItemGroup><Compile Include="$(Up)/new/*.cs" Condition="'$(TargetFramework)' == 'net10.0'" /></ItemGroup>
            </Project>
            """);

        Assert.AreSequenceEqual(["new/New.cs", "old/Old.cs"], Relative(Read([], lib).Files));
    }

    public void Dispose() => _folder.Dispose();

    private EvaluatedInputs Read(Dictionary<string, string> global, string project)
    {
        var graph = _folder.Write(
            "obj/x.dgspec.json",
            $$"""{ "projects": { "{{project}}": { "restore": { "originalTargetFrameworks": ["netstandard2.0", "net10.0"] } } } }""");
        return EvaluatedInputs.Read(RestoreGraph.Read(graph, project), global);
    }

    private List<string> Relative(IEnumerable<string> files) => [.. files.Select(file => Path.GetRelativePath(_folder.Path, file))];
}
