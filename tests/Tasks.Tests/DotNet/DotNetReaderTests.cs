using ContainerStages.Tasks.Definition;
using ContainerStages.Tasks.DotNet;
using ContainerStages.Tasks.Engine;
using ContainerStages.Tasks.Logging;
using ContainerStages.Tasks.Project;
using Microsoft.Build.Framework;
using static ContainerStages.Tasks.Tests.TestFolder;

namespace ContainerStages.Tasks.Tests.DotNet;

[TestClass]
public sealed class DotNetReaderTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly RecordingEngine _engine = new();

    [TestMethod]
    public void A_build_in_a_container_knows_its_files_and_settings()
    {
        var config = _folder.Write(
            "nuget.config", "<configuration><packageSources><add key='feed' value='packages' /></packageSources></configuration>");
        Directory.CreateDirectory(_folder["packages"]);
        Restored(config);

        var build = Read();

        Assert.AreEqual(_folder.Path, build.ContextDirectory);
        Assert.AreEqual("hello.goproj", build.Application.Project);
        Assert.AreSequenceEqual(["hello.goproj"], build.Application.RestoreFiles.ToArray());
        Assert.AreSequenceEqual(["."], build.Application.Sources.ToArray());
        Assert.AreSequenceEqual(["/src/nuget.config", "/nuget.config"], build.Application.Files.Select(file => file.Path).ToArray());
        Assert.AreSequenceEqual(["nuget.config", "**/containerstages.lock.json"], build.Application.IgnoreRules.ToArray());
        Assert.AreEqual("obj/project.assets.json", build.Application.AssetsFile);
        Assert.AreEqual("Release", build.Application.Properties["Configuration"]);
        Assert.Contains(new Contracts.MachineFile(_folder["packages"], "/feeds/0"), build.Access.Files.ToArray());
    }

    [TestMethod]
    [DataRow("linux-musl-x64", "", true)]
    [DataRow("linux-x64", "alpine", true)]
    [DataRow("linux-x64", "noble-chiseled", false)]
    public void The_c_library_follows_from_runtime_identifier_and_family(string rid, string family, bool musl)
    {
        Restored();
        Assert.AreEqual(musl, Read(("ContainerFamily", family), ("rid", rid)).Application.Musl);
    }

    [TestMethod]
    [DataRow(".NETFramework", "v4.8", "", DisplayName = ".NET Framework")]
    [DataRow(".NETStandard", "v2.0", "", DisplayName = ".NET Standard")]
    [DataRow(".NETCoreApp", "v10.0", "windows", DisplayName = "a platform")]
    [DataRow(".NETCoreApp", "v3.1", "", DisplayName = "too old")]
    public void A_framework_without_images_is_an_error(string identifier, string version, string platform)
    {
        var problem = Assert.ThrowsExactly<ProjectException>(
            () => Read(("TargetFrameworkIdentifier", identifier), ("TargetFrameworkVersion", version), ("TargetPlatform", platform)));
        Assert.AreEqual("CST1501", problem.Diagnostic.Code);
    }

    [TestMethod]
    public void A_project_that_was_not_restored_is_told_so() =>
        Assert.AreEqual("CST1502", Assert.ThrowsExactly<ProjectException>(() => Read()).Diagnostic.Code);

    [TestMethod]
    public void On_this_machine_the_publish_folder_is_all_there_is()
    {
        var build = Read(("Builder", "host"), ("PublishDirectory", @"bin\Release\publish\"));
        Assert.AreEqual(_folder["bin/Release/publish"], build.Application.PublishDirectory);
        Assert.IsEmpty(build.Access.Files);
        Assert.IsEmpty(build.Access.Secrets);
    }

    [TestMethod]
    public void Each_platform_has_the_folder_that_was_published_for_it()
    {
        var application = Read(
            ("Builder", "host"),
            ("PublishDirectory", "out"),
            ("rid", "linux-x64;linux-arm64"),
            ("published", "linux-x64;linux-arm64")).Application;
        Assert.AreEqual(_folder["out"], application.PublishDirectory);
        Assert.AreEqual(_folder["out-linux-x64"], application.PlatformDirectories["linux/amd64"]);
        Assert.AreEqual(_folder["out-linux-arm64"], application.PlatformDirectories["linux/arm64"]);

        Assert.IsEmpty(
            Read(("Builder", "host"), ("PublishDirectory", "out"), ("rid", "linux-x64;linux-arm64")).Application.PlatformDirectories);
    }

    [TestMethod]
    public void A_file_far_from_the_project_is_written_where_the_project_names_it()
    {
        Restored();
        var build = Read(("input", "/etc/os-release"));
        Assert.AreEqual(_folder.Path, build.ContextDirectory);
        Assert.AreEqual(new Contracts.WrittenFile("/etc/os-release", File.ReadAllText("/etc/os-release")), build.Application.Files[^1]);
        Assert.AreSequenceEqual(["."], build.Application.Sources.ToArray());

        foreach (var path in new[] { "/usr/bin/env", "/etc/ssl" })
        {
            var problem = Assert.ThrowsExactly<ProjectException>(() => Read(("input", path)));
            Assert.AreEqual("CST6321", problem.Diagnostic.Code);
            Assert.Contains($"'{path}'", problem.Diagnostic.Message);
        }
    }

    [TestMethod]
    public void Machine_access_can_be_switched_off()
    {
        Restored();
        var build = Read(("HostCertificates", "false"), ("HostCredentials", "false"));
        Assert.IsEmpty(build.Access.Files);
        Assert.IsEmpty(build.Access.Secrets);
    }

    public void Dispose() => _folder.Dispose();

    private void Restored(params string[] configs)
    {
        var list = string.Join(",", configs.Select(config => $"\"{config}\""));
        _folder.Write(
            "obj/hello.goproj.nuget.dgspec.json",
            $$"""{ "projects": { "{{_folder["hello.goproj"]}}": { "restore": { "configFilePaths": [{{list}}] } } } }""");
    }

    private DotNetBuild Read(params (string Name, string Value)[] changes)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["AssemblyName"] = "hello", ["OutputType"] = "Exe", ["Configuration"] = "Release", ["TargetFramework"] = "net10.0",
            ["TargetFrameworkIdentifier"] = ".NETCoreApp",
            ["TargetFrameworkVersion"] = "v10.0", ["AssetsFile"] = "obj/project.assets.json",
            ["RestoreGraphFile"] = "obj/hello.goproj.nuget.dgspec.json", ["PackageFolder"] = ".",
        };
        foreach (var (name, value) in changes)
        {
            values[name] = value;
        }

        var task = _folder.Task(_engine);
        task.RuntimeIdentifiers = values.GetValueOrDefault("rid", "linux-x64");
        task.DotNetProject = [Item(task.ProjectFile, [.. values.Select(pair => (pair.Key, pair.Value))])];
        task.DotNetInputs = [.. values.Where(pair => pair.Key == "input").Select(pair => Item(pair.Value))];
        task.PublishedFolders = [.. values.GetValueOrDefault("published", "")
            .Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(rid => Item($"out-{rid}/", ("RuntimeIdentifier", rid)))];
        var problems = new ProblemList(new DiagnosticLog(task.Log));
        return new DotNetReader(task, problems, new EngineSecrets()).Read(new PlatformReader(task, problems).Read());
    }
}
