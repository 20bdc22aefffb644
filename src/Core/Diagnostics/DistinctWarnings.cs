using ContainerStages.Contracts;

namespace ContainerStages.Diagnostics;

/// <summary>Passes every warning on once: the plans for several platforms are made of the same text.</summary>
internal sealed class DistinctWarnings(IBuildEvents events) : IBuildEvents
{
    private readonly HashSet<Diagnostic> reported = [];

    public void Report(BuildEvent buildEvent)
    {
        lock (reported)
        {
            if (buildEvent is DiagnosticReported warning && !reported.Add(warning.Diagnostic))
            {
                return;
            }
        }

        events.Report(buildEvent);
    }
}
