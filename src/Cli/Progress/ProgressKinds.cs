using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Cli.Progress;

/// <summary>The values of --progress.</summary>
internal static class ProgressKinds
{
    public static OpenProgress Open(string kind) => kind switch
    {
        "auto" when !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "dumb") => Open("tty"),
        "auto" or "plain" => Owned(new PlainProgress(Console.Error)),
        "tty" => Owned(new TtyProgress(Console.Error)),
        "json" => new OpenProgress(new JsonProgress(Console.OpenStandardOutput()), null),
        "quiet" => new OpenProgress(new QuietProgress(Console.Error), null),
        _ => throw new UsageException($"--progress {kind}: one of auto, plain, tty, json, quiet is expected."),
    };

    private static OpenProgress Owned<T>(T progress)
        where T : IBuildEvents, IDisposable => new(progress, progress);
}

/// <summary>A progress display that ends with its handle.</summary>
internal sealed class OpenProgress(IBuildEvents events, IDisposable? display) : IDisposable
{
    public IBuildEvents Events { get; } = events;

    public void Dispose() => display?.Dispose();
}

/// <summary>Diagnostics only.</summary>
internal sealed class QuietProgress(TextWriter output) : IBuildEvents
{
    public void Report(BuildEvent buildEvent)
    {
        if (buildEvent is DiagnosticReported reported)
        {
            output.WriteLine(reported.Diagnostic);
        }
    }
}
