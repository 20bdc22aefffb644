using ContainerStages.Tasks.DotNet;

namespace ContainerStages.Tasks.Tests.DotNet;

[TestClass]
public sealed class ProjectInputsTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [TestMethod]
    public void An_application_of_one_file_has_no_project_and_its_far_files_go_all_the_same()
    {
        var inputs = new ProjectInputs([], ["/etc/os-release"], _folder.Write("app.cs", ""));
        Assert.AreSequenceEqual(["/etc/os-release"], inputs.RemoveFar().ToArray());
        Assert.AreEqual(_folder.Path, inputs.Root);
        Assert.IsEmpty(inputs.RemoveFar());
    }

    [TestMethod]
    public void A_project_alone_is_its_own_context()
    {
        var project = _folder.Write("app/app.csproj", "<Project Sdk='Microsoft.NET.Sdk' />");
        _folder.Write("app/packages.lock.json", "{}");

        var inputs = new ProjectInputs([project], []);

        Assert.AreEqual(_folder["app"], inputs.Root);
        Assert.AreSequenceEqual([project, _folder["app/packages.lock.json"]], inputs.RestoreFiles.ToArray());
        Assert.AreSequenceEqual([_folder["app"]], inputs.Sources.ToArray());
    }

    [TestMethod]
    public void References_and_what_folders_above_say_widen_the_context()
    {
        var app = _folder.Write(
            "src/app/app.csproj", "<Project><ItemGroup><ProjectReference Include='../../lib/lib.csproj' /></ItemGroup></Project>");
        var lib = _folder.Write("lib/lib.csproj", "<Project />");
        _folder.Write("Directory.Build.props", "<Project><Import Project='$(MSBuildThisFileDirectory)eng\\Versions.props' /></Project>");
        _folder.Write("eng/Versions.props", "<Project />");
        _folder.Write("Directory.Packages.props", "<Project />");
        _folder.Write("global.json", "{}");
        _folder.Write(".editorconfig", "root = true");
        _folder.Write("other/other.csproj", "<Project />");

        var inputs = new ProjectInputs([app, lib], []);

        Assert.AreEqual(_folder.Path, inputs.Root);
        Assert.AreSequenceEqual(
            [
                "Directory.Build.props", "Directory.Packages.props", "eng/Versions.props", "global.json", "lib/lib.csproj",
                "src/app/app.csproj",
            ],
            Relative(inputs.RestoreFiles));
        Assert.AreSequenceEqual([".editorconfig", "lib", "src/app"], Relative(inputs.Sources));
    }

    [TestMethod]
    public void Only_the_nearest_file_of_a_name_counts_unless_it_asks_for_the_next()
    {
        var app = _folder.Write("a/b/app.csproj", "<Project />");
        _folder.Write("a/b/Directory.Build.props", "<Project />");
        _folder.Write("a/Directory.Build.props", "<Project />");
        _folder.Write(
            "a/b/Directory.Build.targets",
            "<Project><Import Project=\"$([MSBuild]::GetPathOfFileAbove('Directory.Build.targets', " +
            "'$(MSBuildThisFileDirectory)../'))\" /></Project>");
        _folder.Write("a/Directory.Build.targets", "<Project />");

        var inputs = new ProjectInputs([app], []);

        Assert.AreSequenceEqual(
            ["Directory.Build.targets", "b/Directory.Build.props", "b/Directory.Build.targets", "b/app.csproj"],
            Relative(inputs.RestoreFiles, "a"));
    }

    [TestMethod]
    public void Linked_files_and_shared_projects_come_along()
    {
        var app = _folder.Write("app/app.csproj", """
            <Project>
              <PropertyGroup><AssemblyOriginatorKeyFile>..\keys\key.snk</AssemblyOriginatorKeyFile><Missing>../nowhere</Missing></PropertyGroup>
              <ItemGroup><Compile Include="../common/**/*.cs;../$(Unknown)/x.cs" /></ItemGroup>
              <Import Project="../shared/shared.projitems" />
            </Project>
            """);
        _folder.Write("keys/key.snk", "");
        _folder.Write("common/A.cs", "");
        _folder.Write("shared/shared.projitems", "<Project />");

        var inputs = new ProjectInputs([app], []);

        Assert.AreSequenceEqual(["app", "common", "keys/key.snk", "shared"], Relative(inputs.Sources));
        Assert.AreSequenceEqual(["app/app.csproj", "shared/shared.projitems"], Relative(inputs.RestoreFiles));
    }

    [TestMethod]
    public void Files_that_the_user_names_are_read_by_restore_and_compilation()
    {
        var app = _folder.Write("app/app.csproj", "<Project />");
        var named = _folder.Write("build/odd.props", "<Project />");

        var inputs = new ProjectInputs([app], [named]);

        Assert.AreSequenceEqual(["app/app.csproj", "build/odd.props"], Relative(inputs.RestoreFiles));
        Assert.AreSequenceEqual(["app", "build/odd.props"], Relative(inputs.Sources));
    }

    public void Dispose() => _folder.Dispose();

    private string[] Relative(IEnumerable<string> paths, string below = "") =>
        [.. paths.Select(path => Path.GetRelativePath(_folder[below], path))];
}
