namespace ContainerStages.TestKit;

/// <summary>An engine that is found in PATH as a script, which writes down how it is called.</summary>
public sealed class WatchedEngine : IDisposable
{
    private readonly TempFolder folder = new();

    public WatchedEngine(RealEngine engine)
    {
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0x1ED);
        folder.Write(
            Path.Combine("bin", engine.Name),
            $"#!/bin/sh\necho \"{engine.Name} $*\" >>{folder.Combine("calls")}\nexec {engine.Program} \"$@\"\n");
        File.SetUnixFileMode(folder.Combine("bin", engine.Name), (UnixFileMode)0x1ED);
        folder.Write("calls", "");
        File.SetUnixFileMode(folder.Combine("calls"), (UnixFileMode)0x1B6);
        Variables = new Dictionary<string, string>(engine.Variables)
        {
            ["PATH"] = $"{folder.Combine("bin")}:{Environment.GetEnvironmentVariable("PATH")}",
        };
    }

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
