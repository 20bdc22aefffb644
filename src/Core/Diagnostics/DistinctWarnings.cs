using ContainerStages.Contracts;

namespace ContainerStages.Diagnostics;

/// <summary>
/// Passes every warning on once: the plans for several platforms are made of the same text. Where another process may have to do the build,
/// warnings wait until that is decided, since it would report them again; what is held is passed on at the end in any case.
/// </summary>
internal sealed class DistinctWarnings(IBuildEvents events, bool hold = false) : IBuildEvents, IDisposable
{
    private readonly Lock gate = new();
    private readonly HashSet<Diagnostic> reported = [];
    private List<BuildEvent>? held = hold ? [] : null;

    public void Report(BuildEvent buildEvent)
    {
        lock (gate)
        {
            if (buildEvent is DiagnosticReported warning)
            {
                if (!reported.Add(warning.Diagnostic))
                {
                    return;
                }

                if (held is not null)
                {
                    held.Add(buildEvent);
                    return;
                }
            }
        }

        events.Report(buildEvent);
    }

    /// <summary>Passes on what was held, and from now on at once.</summary>
    public void Release()
    {
        lock (gate)
        {
            foreach (var buildEvent in held ?? [])
            {
                events.Report(buildEvent);
            }

            held = null;
        }
    }

    public void Dispose() => Release();
}
