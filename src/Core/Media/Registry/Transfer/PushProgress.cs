using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;

namespace ContainerStages.Media.Registry;

/// <summary>Adds up what several uploads have done and tells of it ten times a second at most.</summary>
internal sealed class PushProgress(IBuildEvents events, string stepId, long total)
{
    private const int Interval = 100;
    private readonly Dictionary<Digest, long> done = [];
    private readonly Lock gate = new();
    private long lastReport;

    /// <summary>So many bytes of a blob are there; fewer than before when an upload starts again.</summary>
    public void Report(Digest blob, long bytes)
    {
        lock (gate)
        {
            done[blob] = bytes;
            if (Environment.TickCount64 - lastReport >= Interval)
            {
                lastReport = Environment.TickCount64;
                events.Report(new ProgressChanged(stepId, done.Values.Sum(), total));
            }
        }
    }

    public void Finish() => events.Report(new ProgressChanged(stepId, total, total));
}
