using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace ContainerStages.TestKit;

/// <summary>A folder that is a module proxy, as <c>GOPROXY=file://FOLDER</c> reads it. Source: go.dev/ref/mod, GOPROXY protocol.</summary>
public sealed class GoModuleProxy(string folder)
{
    private const string Version = "v1.0.0";

    public string Folder { get; } = folder;

    /// <summary>Adds a module of one file and returns its lines of go.sum.</summary>
    public string Add(string module, string goFile)
    {
        var place = Directory.CreateDirectory(Path.Combine(Folder, module, "@v")).FullName;
        var goMod = $"module {module}\n\ngo 1.14\n";
        File.WriteAllText(Path.Combine(place, "list"), Version + "\n");
        File.WriteAllText(Path.Combine(place, Version + ".info"), $$"""{"Version":"{{Version}}","Time":"2020-01-01T00:00:00Z"}""");
        File.WriteAllText(Path.Combine(place, Version + ".mod"), goMod);
        (string Name, string Text)[] files = [($"{module}@{Version}/go.mod", goMod), ($"{module}@{Version}/module.go", goFile)];
        using var zip = ZipFile.Open(Path.Combine(place, Version + ".zip"), ZipArchiveMode.Create);
        foreach (var (name, text) in files)
        {
            using var entry = zip.CreateEntry(name).Open();
            entry.Write(Encoding.UTF8.GetBytes(text));
        }

        return $"{module} {Version} {HashOf(files)}\n{module} {Version}/go.mod {HashOf([("go.mod", goMod)])}\n";
    }

    /// <summary>Source: golang.org/x/mod/sumdb/dirhash, Hash1.</summary>
    private static string HashOf(IEnumerable<(string Name, string Text)> files) =>
        "h1:" +
            Convert.ToBase64String(
                SHA256.HashData(
                    Encoding.UTF8.GetBytes(
                        string.Concat(files.Select(
                            file => $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(file.Text)))}  {file.Name}\n")))));
}
