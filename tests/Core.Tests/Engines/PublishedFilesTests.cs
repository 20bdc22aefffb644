using ContainerStages.Engines;
using ContainerStages.Snapshots;
using ContainerStages.Stages;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Engines;

[TestClass]
public sealed class PublishedFilesTests
{
    private const string Dependencies = """
        {
          "runtimeTarget": { "name": ".NETCoreApp,Version=v10.0/linux-x64" },
          "targets": {
            ".NETCoreApp,Version=v10.0": {},
            ".NETCoreApp,Version=v10.0/linux-x64": {
              "App/1.0.0": { "runtime": { "App.dll": {} } },
              "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/10.0.0": { "runtime": { "System.Private.CoreLib.dll": {} }, "native": { "libcoreclr.so": {} } },
              "Acme.Json/13.0.0": {
                "runtime": { "lib/net8.0/Acme.Json.dll": {} },
                "resources": { "lib/net8.0/de/Acme.Json.resources.dll": { "locale": "de" } },
                "runtimeTargets": { "runtimes/win/lib/net8.0/Acme.Native.dll": { "rid": "win", "assetType": "runtime" } }
              },
              "Lib/1.0.0": { "runtime": { "Lib.dll": {} } }
            }
          },
          "libraries": {
            "App/1.0.0": { "type": "project" }, "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/10.0.0": { "type": "runtimepack" },
            "Acme.Json/13.0.0": { "type": "package" }, "Lib/1.0.0": { "type": "project" }
          }
        }
        """;

    private static readonly string[] Files =
    [
        "App", "App.dll", "App.pdb", "System.Private.CoreLib.dll", "libcoreclr.so", "Acme.Json.dll", "Acme.Json.xml",
        "de/Acme.Json.resources.dll",
        "runtimes/win/lib/net8.0/Acme.Native.dll", "Lib.dll", "Lib.pdb", "wwwroot/css/site.css", "appsettings.json",
    ];

    [TestMethod]
    [DataRow(nameof(PublishedLayer.Runtime), "System.Private.CoreLib.dll libcoreclr.so")]
    [DataRow(
        nameof(PublishedLayer.Packages), "Acme.Json.dll Acme.Json.xml de de/Acme.Json.resources.dll runtimes runtimes/win " +
            "runtimes/win/lib runtimes/win/lib/net8.0 runtimes/win/lib/net8.0/Acme.Native.dll")]
    [DataRow(nameof(PublishedLayer.Projects), "Lib.dll Lib.pdb")]
    [DataRow(nameof(PublishedLayer.Assets), "wwwroot wwwroot/css wwwroot/css/site.css")]
    [DataRow(nameof(PublishedLayer.Application), "App App.deps.json App.dll App.pdb appsettings.json")]
    public void Every_file_is_in_the_layer_of_what_brought_it(string layer, string expected)
    {
        using var folder = Publish(Dependencies);
        Assert.AreSequenceEqual(expected.Split(' '), Select(folder, Enum.Parse<PublishedLayer>(layer)));
    }

    [TestMethod]
    [DataRow(null, DisplayName = "none: native code, or one file")]
    [DataRow("{", DisplayName = "no JSON")]
    [DataRow("""{ "runtimeTarget": 7 }""", DisplayName = "another JSON")]
    [DataRow("[]", DisplayName = "a list")]
    [DataRow("""{ "runtimeTarget": { "name": null }, "targets": {} }""", DisplayName = "a target without a name")]
    public void Without_a_list_of_what_brought_the_files_they_are_the_applications(string? dependencies)
    {
        using var folder = Publish(dependencies);
        Assert.IsEmpty(Select(folder, PublishedLayer.Packages));
        Assert.Contains("Acme.Json.dll", Select(folder, PublishedLayer.Application));
    }

    private static TempFolder Publish(string? dependencies)
    {
        var folder = new TempFolder();
        foreach (var file in Files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder.Combine(file))!);
            File.WriteAllText(folder.Combine(file), file);
        }

        if (dependencies is not null)
        {
            File.WriteAllText(folder.Combine("App.deps.json"), dependencies);
        }

        return folder;
    }

    private static string[] Select(TempFolder folder, PublishedLayer layer) =>
    [
        .. PublishedFiles.Select(
            new SourceSelection(new UnionView([folder.Path]), filter: null).Select("/"), new PublishedPart("App", layer))
            .SelectMany(source => source.Entries).Select(entry => entry.RelativePath).Where(path => path.Length > 0).Order(
                StringComparer.Ordinal),
    ];
}
