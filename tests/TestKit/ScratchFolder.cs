using ContainerStages.Posix;

namespace ContainerStages.TestKit;

/// <summary>A fresh folder that goes with its handle.</summary>
public sealed class ScratchFolder : IDisposable
{
    public ScratchFolder() => Path = Directory.CreateTempSubdirectory("containerstages-test-").FullName;

    public string Path { get; }

    /// <summary>A folder inside, made.</summary>
    public string Folder(string name) => Directory.CreateDirectory(System.IO.Path.Combine(Path, name)).FullName;

    /// <summary>A file inside, with its folders.</summary>
    public string Write(string name, string content)
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    public void Dispose() => FileTree.Delete(Path);
}
