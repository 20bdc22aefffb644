using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Cli.Progress;

/// <summary>
/// Keeps events back until it is known whether this process does the build or only finds out that another has to: what the other
/// will report must not be reported twice.
/// </summary>
internal sealed class HeldEvents(IBuildEvents inner) : IBuildEvents
{
    private readonly Lock gate = new();
    private List<BuildEvent>? held = [];

    public void Report(BuildEvent buildEvent)
    {
        lock (gate)
        {
            if (held is not null)
            {
                held.Add(buildEvent);
                return;
            }
        }

        inner.Report(buildEvent);
    }

    /// <summary>Passes everything on, from now at once.</summary>
    public void Release()
    {
        lock (gate)
        {
            foreach (var buildEvent in held ?? [])
            {
                inner.Report(buildEvent);
            }

            held = null;
        }
    }
}
