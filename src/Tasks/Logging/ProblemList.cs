using ContainerStages.Contracts;

namespace ContainerStages.Tasks.Logging;

/// <summary>What a reader found wrong, told at once to the log.</summary>
internal sealed class ProblemList(DiagnosticLog log)
{
    public bool HasErrors { get; private set; }

    public void Add(Diagnostic diagnostic)
    {
        HasErrors |= diagnostic.Severity == Severity.Error;
        log.Report(diagnostic);
    }
}
