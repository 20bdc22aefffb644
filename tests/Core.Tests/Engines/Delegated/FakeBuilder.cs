using System.Formats.Tar;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Engines;

namespace ContainerStages.Core.Tests.Engines.Delegated;

/// <summary>An engine that runs nothing: the files that it gives back are the test's.</summary>
internal sealed class FakeBuilder : IRemoteBuilder
{
    public string Name => "fake";

    public bool WorkdirIsOfUser => true;

    public Diagnostic? Problem { get; set; }

    /// <summary>By path in the stage, the text of a file of the first stage that is gathered.</summary>
    public Dictionary<string, string> Files { get; } = new(StringComparer.Ordinal) { ["/app"] = "built" };

    /// <summary>What it was asked for, in order.</summary>
    public List<RemoteBuild> Builds { get; } = [];

    /// <summary>Names in the context of the last build.</summary>
    public List<string> Context { get; private set; } = [];

    /// <summary>True: it is content without the context.</summary>
    public bool ReadsNothing { get; set; }

    public Action<StageProgress> Progress { get; set; } = _ => { };

    public Task<EngineProbe> ProbeAsync(CancellationToken cancellationToken) => Task.FromResult(new EngineProbe(Problem, "1.0"));

    public async Task BuildAsync(RemoteBuild build, StageProgress progress, CancellationToken cancellationToken)
    {
        Builds.Add(build);
        using var context = new MemoryStream();
        if (!ReadsNothing)
        {
            build.WriteContext(context, cancellationToken);
        }

        context.Position = 0;
        Context = [.. await NamesAsync(context)];
        Progress(progress);
        var gathered = build.Text.Stages[^1].Lines[0].Text.Split(' ')[^1].Split('/')[1];
        await using var file = File.Create(build.Result);
        await using var tar = new TarWriter(file);
        foreach (var (path, text) in Files)
        {
            await tar.WriteEntryAsync(
                new PaxTarEntry(
                    TarEntryType.RegularFile,
                    gathered + path) { DataStream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)), Uid = 7 },
                cancellationToken);
        }
    }

    private static async Task<IEnumerable<string>> NamesAsync(Stream stream)
    {
        var names = new List<string>();
        await using var reader = new TarReader(stream);
        while (await reader.GetNextEntryAsync() is { } entry)
        {
            names.Add(entry.Name);
        }

        return names;
    }
}
