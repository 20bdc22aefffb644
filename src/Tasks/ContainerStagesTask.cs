using ContainerStages.Contracts;
using ContainerStages.Tasks.Logging;
using Microsoft.Build.Framework;

namespace ContainerStages.Tasks;

/// <summary>What every task of ours does alike: cancellation, the one catch, and diagnostics in the log.</summary>
public abstract class ContainerStagesTask : Microsoft.Build.Utilities.Task, ICancelableTask, IDisposable
{
    private readonly CancellationTokenSource cancellation = new();

    protected ContainerStagesTask() => Diagnostics = new DiagnosticLog(Log);

    protected DiagnosticLog Diagnostics { get; }

    /// <summary>
    /// True when the work is done and no error was logged. A cancelled build ends false without an error of ours, as MSBuild wants it.
    /// </summary>
    public sealed override bool Execute()
    {
        try
        {
            Await(System.Threading.Tasks.Task.Run(() => RunAsync(cancellation.Token)));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return false;
        }
        catch (ProjectException exception)
        {
            Diagnostics.Report(exception.Diagnostic);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Diagnostics.Report(ProjectDiagnostics.NoAccess(exception.Message));
        }
        catch (Exception exception)
        {
            // The boundary to MSBuild: whatever is left is a bug of ours. Its trace is for those who look for it.
            Log.LogMessage(UnforeseenFailure.IsTraceWanted ? MessageImportance.High : MessageImportance.Low, "{0}", exception);
            Diagnostics.Report(ProjectDiagnostics.Unforeseen(GetType().Name, exception));
        }

        return !Log.HasLoggedErrors && !cancellation.IsCancellationRequested;
    }

    public void Cancel() => cancellation.Cancel();

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>The work. Errors that a user can mend are reported or thrown as <see cref="ProjectException"/>.</summary>
    protected abstract System.Threading.Tasks.Task RunAsync(CancellationToken cancellationToken);

    /// <summary>Waits for the work, on the thread of the task.</summary>
    protected virtual void Await(System.Threading.Tasks.Task work) => work.GetAwaiter().GetResult();

    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            cancellation.Dispose();
        }
    }
}

/// <summary>Ends a task for a reason that the user can mend.</summary>
public sealed class ProjectException(Diagnostic diagnostic) : Exception(diagnostic.ToString())
{
    public Diagnostic Diagnostic { get; } = diagnostic;
}
