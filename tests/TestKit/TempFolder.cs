using ContainerStages.Posix;

namespace ContainerStages.TestKit;

/// <summary>A folder that goes with the test.</summary>
public sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("stages-test-").FullName;

    public string Combine(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    /// <summary>A new folder inside.</summary>
    public string NewFolder(string name) => Directory.CreateDirectory(Combine(name)).FullName;

    /// <summary>A file inside, with its folders; returns its path.</summary>
    public string Write(string name, string content)
    {
        var path = Combine(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    public void Dispose() => TreeRemover.Remove(Path);
}
