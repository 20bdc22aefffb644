using System.Diagnostics;
using ContainerStages.Tasks.Engine;
using Microsoft.Build.Framework;

namespace ContainerStages.Tasks;

/// <summary>Frees space in the local store: <c>dotnet-stages prune</c>.</summary>
public sealed class PruneContainerStages : EngineTask
{
    public string OlderThan { get; set; } = "";

    public string MaxSize { get; set; } = "";

    public bool All { get; set; }

    public bool DryRun { get; set; }

    protected override async System.Threading.Tasks.Task RunAsync(CancellationToken cancellationToken)
    {
        var program = EngineProgram.Find(this);
        var start = new ProcessStartInfo(program.FileName, [.. program.Arguments, "prune", .. Options()])
        {
            WorkingDirectory = ProjectDirectory,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (Store.Length > 0)
        {
            start.Environment["CONTAINERSTAGES_STORE"] = FullPath(Store);
        }

        using var process = Process.Start(start)!;
        await using var stop = cancellationToken.Register(() => process.Kill(entireProcessTree: true));
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        while (await process.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line)
        {
            Log.LogMessage(MessageImportance.High, line);
        }

        await process.WaitForExitAsync(CancellationToken.None);
        cancellationToken.ThrowIfCancellationRequested();
        if (process.ExitCode != 0)
        {
            throw new ProjectException(ProjectDiagnostics.PruneFailed((await error).Trim()));
        }
    }

    private IEnumerable<string> Options() =>
    [
        .. OlderThan.Length > 0 ? (string[])["--older-than", OlderThan] : [],
        .. MaxSize.Length > 0 ? (string[])["--max-size", MaxSize] : [],
        .. All ? (string[])["--all"] : [],
        .. DryRun ? (string[])["--dry-run"] : [],
    ];
}
