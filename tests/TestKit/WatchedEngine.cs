namespace ContainerStages.TestKit;

/// <summary>An engine that is found in PATH as a script, which writes down how it is called.</summary>
public sealed class WatchedEngine : IDisposable
{
    private readonly TempFolder folder = new();

    public WatchedEngine(RealEngine engine)
    {
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0x1ED);
        folder.Write(
            Path.Combine("bin", engine.Command),
            $"#!/bin/sh\necho \"{engine.Command} $*\" >>{folder.Combine("calls")}\nexec {engine.Program} \"$@\"\n");
        File.SetUnixFileMode(folder.Combine("bin", engine.Command), (UnixFileMode)0x1ED);
        folder.Write("calls", "");
        File.SetUnixFileMode(folder.Combine("calls"), (UnixFileMode)0x1B6);
        (Build, Options) = (engine.Build, engine.Options);
        Variables = new Dictionary<string, string>(engine.Variables)
        {
            ["PATH"] = $"{folder.Combine("bin")}:{Environment.GetEnvironmentVariable("PATH")}",
        };
    }

    /// <summary>What its program is called with before the options of a build.</summary>
    public string Build { get; }

    /// <summary>The options of ours that choose it.</summary>
    public IReadOnlyList<string> Options { get; }

    /// <summary>With which a program finds it.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; }

    /// <summary>The arguments of each call since the last time, a line each.</summary>
    public string TakeCalls()
    {
        var calls = File.ReadAllText(folder.Combine("calls"));
        File.WriteAllText(folder.Combine("calls"), "");
        return calls;
    }

    public void Dispose() => folder.Dispose();
}
