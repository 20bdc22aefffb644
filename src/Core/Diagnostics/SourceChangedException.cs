using ContainerStages.Contracts;

namespace ContainerStages.Diagnostics;

/// <summary>A file of a build context is no longer what it was a moment ago. Whoever can begins again from what is there now.</summary>
internal sealed class SourceChangedException(string path, SourceLocation? location = null)
    : BuildFailedException(StepDiagnostics.SourceChanged(path, location))
{
    public string Path { get; } = path;
}
