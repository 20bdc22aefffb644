using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace ContainerStages.Tasks.Tests;

/// <summary>A temporary project folder.</summary>
internal sealed class TestFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("containerstages-").FullName;

    [System.Runtime.CompilerServices.IndexerName("Full")]
    public string this[string name] => System.IO.Path.Combine(Path, name);

    public string Write(string name, string text)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(this[name])!);
        File.WriteAllText(this[name], text);
        return this[name];
    }

    public string WriteProgram(string name, string script)
    {
        var file = Write(name, "#!/bin/sh\n" + script);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return file;
    }

    /// <summary>A task for a project in this folder, set as Sdk.targets sets it where nothing is configured.</summary>
    public PublishContainerStages Task(RecordingEngine engine, string project = "<Project />") => new()
    {
        BuildEngine = engine,
        ProjectFile = Write("hello.goproj", project),
        ProjectDirectory = Path,
        IntermediateDirectory = this["obj/containerstages"],
        ResultFile = this["obj/containerstages/result.json"],
        ToolsDirectory = this["tools"],
        Repository = "hello",
    };

    public void Dispose() => Directory.Delete(Path, recursive: true);

    public static ITaskItem Item(string name, params (string Name, string Value)[] metadata)
    {
        var item = new TaskItem(name);
        foreach (var (key, value) in metadata)
        {
            ((ITaskItem2)item).SetMetadataValueLiteral(key, value);
        }

        return item;
    }
}
