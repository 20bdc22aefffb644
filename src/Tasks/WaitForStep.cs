using Microsoft.Build.Framework;

namespace ContainerStages.Tasks;

/// <summary>Runs as long as a step of a build that another task follows: until the file that stands for the step is gone.</summary>
public sealed class WaitForStep : ContainerStagesTask
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    [Required] public string File { get; set; } = "";

    protected override async System.Threading.Tasks.Task RunAsync(CancellationToken cancellationToken)
    {
        while (System.IO.File.Exists(File))
        {
            await System.Threading.Tasks.Task.Delay(Interval, cancellationToken);
        }
    }
}
