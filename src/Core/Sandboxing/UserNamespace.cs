using System.Collections;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using ContainerStages.Diagnostics;
using ContainerStages.Posix;

namespace ContainerStages.Sandboxing;

/// <summary>
/// An ordinary user's way to work as root among its own ids: the program starts itself again in a user and mount namespace, with the ids of
/// /etc/subuid and /etc/subgid. Inside, everything is done as root does it.
/// </summary>
public static class UserNamespace
{
    private const string Marker = "CONTAINERSTAGES_IN_USERNS";

    /// <summary>Not root: mounting and owning files of several ids are only possible inside.</summary>
    public static bool IsNeeded => FileCalls.EffectiveUserId() != 0;

    /// <summary>This process was started by <see cref="ReExecute"/>.</summary>
    public static bool IsInside => !IsNeeded && Environment.GetEnvironmentVariable(Marker) == "1";

    /// <summary>
    /// Replaces this process (same process id, no parent stays behind) by this program with <paramref name="arguments"/> inside. Nothing of
    /// this process goes on: flush what must be flushed before.
    /// </summary>
    /// <param name="arguments">Without the program.</param>
    /// <param name="standardInput">What the program reads there; null: what this process would read.</param>
    /// <exception cref="BuildFailedException">The machine does not allow it; says what to install or switch on.</exception>
    [DoesNotReturn]
    public static void ReExecute(IReadOnlyList<string> arguments, ReadOnlyMemory<byte>? standardInput = null)
    {
        if (IsInside)
        {
            throw new InvalidOperationException("This process is in its user namespace already.");
        }

        var unshare = UserNamespaceChecks.FindProgram("unshare")
            ?? throw new BuildFailedException(RunDiagnostics.NoUserNamespaceTool("unshare"));
        UserNamespaceChecks.CheckSubordinateIds();
        Try(unshare);
        if (standardInput is { } bytes)
        {
            ProcessReplacement.SetStandardInput(bytes.Span);
        }

        ProcessReplacement.Execute(
            [unshare, .. Options, .. SandboxInitCommand.ThisProgram(), .. arguments],
            [.. Variables(), Marker + "=1"]);
    }

    /// <summary>The same; where the machine does not allow it, the reason is returned.</summary>
    /// <inheritdoc cref="ReExecute"/>
    public static BuildFailedException TryReExecute(IReadOnlyList<string> arguments, ReadOnlyMemory<byte>? standardInput = null)
    {
        try
        {
            ReExecute(arguments, standardInput);
            throw new UnreachableException();
        }
        catch (BuildFailedException refused)
        {
            return refused;
        }
    }

    /// <summary>Why this process can have no namespace to run commands in; null where it can, or is root with all rights.</summary>
    public static BuildFailedException? FindProblem()
    {
        if (!IsNeeded)
        {
            return ProcessCapabilities.MayMount() ? null : new BuildFailedException(RunDiagnostics.NamespacesRefused(Errno.EPERM));
        }

        try
        {
            var unshare = UserNamespaceChecks.FindProgram("unshare")
                ?? throw new BuildFailedException(RunDiagnostics.NoUserNamespaceTool("unshare"));
            UserNamespaceChecks.CheckSubordinateIds();
            Try(unshare);
            return null;
        }
        catch (BuildFailedException refused)
        {
            return refused;
        }
    }

    private static string[] Options => ["--user", "--map-root-user", "--map-auto", "--mount", "--propagation", "private", "--"];

    // After the replacement nobody is left to explain an error, so the same is tried with a program that does nothing.
    private static void Try(string unshare)
    {
        var start = new ProcessStartInfo(unshare) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in (string[])[.. Options, "/bin/true"])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var detail = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new BuildFailedException(UserNamespaceChecks.Explain(unshare, detail));
        }
    }

    private static IEnumerable<string> Variables() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Where(variable => (string)variable.Key != Marker)
            .Select(variable => $"{variable.Key}={variable.Value}");
}
