using ContainerStages.Contracts;

namespace ContainerStages.Diagnostics;

/// <summary>
/// The boundary of a program: failures that nobody foresaw become one diagnostic, and a trace on standard error where it is wanted.
/// </summary>
public static class LastResort
{
    /// <summary>From here on a failure on any thread ends the program with a diagnostic and <paramref name="exitCode"/>.</summary>
    public static void Install(Action<Diagnostic> report, int exitCode)
    {
        AppDomain.CurrentDomain.UnhandledException += (_, ended) =>
        {
            Report(ended.ExceptionObject as Exception ?? new InvalidOperationException($"{ended.ExceptionObject}"), report);
            Environment.Exit(exitCode);
        };

        // Work that was given up because something else failed first fails unobserved: only those who look for bugs want to see it.
        if (UnforeseenFailure.IsTraceWanted)
        {
            TaskScheduler.UnobservedTaskException += (_, unobserved) => Console.Error.WriteLine(unobserved.Exception);
        }
    }

    public static void Report(Exception failure, Action<Diagnostic> report)
    {
        report(UnforeseenFailure.Of(failure));
        if (UnforeseenFailure.IsTraceWanted)
        {
            Console.Error.WriteLine(failure);
        }
    }
}
