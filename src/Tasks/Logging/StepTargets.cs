using System.Security;
using ContainerStages.Contracts;
using Microsoft.Build.Framework;

namespace ContainerStages.Tasks.Logging;

/// <summary>
/// Shows which step takes long in the live lines of the terminal logger. These hold the names of a project and of the target that runs, and
/// nothing else: so the step becomes a target, in a project made for it, which runs as long as the step.
/// </summary>
public sealed class StepTargets(IBuildEngine engine, LongSteps steps, string projectName, string directory)
{
    /// <summary>The terminal logger leaves out the target where a line is wider than the terminal.</summary>
    private const int LineWidth = 66;
    private const int ShortestTitle = 24;
    private readonly string run = Guid.NewGuid().ToString("N");
    private int count;

    /// <summary>Returns with the work. Runs on the thread of the task, the only one that may build.</summary>
    public void ShowUntil(System.Threading.Tasks.Task work)
    {
        try
        {
            while (!Wait(work))
            {
                if (steps.First is { } step && !Show(step, work))
                {
                    return;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Where nothing can be written, the build itself says so; nothing depends on what is shown.
        }
    }

    /// <summary>A name of a target that reads as the title does: some signs are not allowed in one.</summary>
    internal static string TargetName(string title, int width)
    {
        var name = string.Concat(title.Select(letter => letter switch
        {
            '.' => '․',
            '(' => '[',
            ')' => ']',
            ';' => ',',
            '$' or '@' or '%' or '*' or '?' => '_',
            _ => letter,
        })).Trim();
        return name.Length <= width ? name : name[..(width - 1)] + "…";
    }

    private static bool Wait(System.Threading.Tasks.Task work) =>
        ((IAsyncResult)work).AsyncWaitHandle.WaitOne(TimeSpan.FromMilliseconds(100));

    // False where MSBuild builds no more: it was cancelled, and the work ends soon.
    private bool Show(LongStep step, System.Threading.Tasks.Task work)
    {
        var size = step.Total > 0 ? $", {ByteSize.Format(step.Total)}" : "";
        var target = TargetName(step.Title + size, Math.Max(ShortestTitle, LineWidth - projectName.Length));
        // The live line has the name without the extension, which is another one for each, because MSBuild reads a file once. Their folder
        // stays: MSBuild works in it.
        var file = Path.Combine(directory, $"{projectName}.step-{run}-{++count}");
        Directory.CreateDirectory(directory);
        File.WriteAllText(file, Project(target, file));
        _ = System.Threading.Tasks.Task.WhenAny(step.Ended, work).ContinueWith(
            _ => File.Delete(file),
            CancellationToken.None,
            TaskContinuationOptions.None,
            TaskScheduler.Default);
        try
        {
            return engine.BuildProjectFile(file, [target], null, null);
        }
        catch (Exception) when (!work.IsCompleted)
        {
            // MSBuild's way to end a task that waits for another project; ours ends with the work.
            return false;
        }
    }

    private static string Project(string target, string file) => $"""
        <Project>
          <UsingTask TaskName="{typeof(WaitForStep).FullName}"
                     AssemblyFile="{SecurityElement.Escape(typeof(WaitForStep).Assembly.Location)}"
                     Runtime="NET" />
          <Target Name="{SecurityElement.Escape(target)}">
            <WaitForStep File="{SecurityElement.Escape(file)}" />
          </Target>
        </Project>
        """;
}
