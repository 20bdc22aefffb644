using ContainerStages.Contracts;

namespace ContainerStages.Diagnostics;

/// <summary>Receives what happens in a build. Safe for several threads; never throws; returns quickly.</summary>
public interface IBuildEvents
{
    void Report(BuildEvent buildEvent);
}

/// <summary>Hears nothing.</summary>
internal sealed class NoBuildEvents : IBuildEvents
{
    public static NoBuildEvents Instance { get; } = new();

    public void Report(BuildEvent buildEvent)
    {
    }
}
