using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ContainerStages.Stages;

namespace ContainerStages.Planning;

/// <summary>The words that a RUN executes, and the script file it needs where a here-document names its own interpreter.</summary>
internal sealed partial record RunCommand(ImmutableArray<string> Arguments, PlannedScript? Script)
{
    /// <summary>
    /// A line that is nothing but one here-document is the document itself: text for the shell, or a program when it begins with <c>#!</c>.
    /// Any other line with here-documents is the shell's own business. Source: Dockerfile reference, Here-Documents; BuildKit, dispatchRun.
    /// </summary>
    public static RunCommand Of(CommandLine command, ImmutableArray<string> shell)
    {
        switch (command)
        {
            case ExecForm exec:
                return new RunCommand(exec.Arguments, null);
            case ShellForm text:
                return new RunCommand([.. shell, text.Text], null);
            case HeredocForm { Documents: [var only] } heredoc when Alone().IsMatch(heredoc.Text.Trim()):
                var script = only.Content.StartsWith("#!", StringComparison.Ordinal)
                    ? new PlannedScript("/dev/pipes/" + only.Name, only.Content)
                    : null;
                return new RunCommand([.. shell, script is null ? only.Content : script.Target!], script);
            case HeredocForm heredoc:
                return new RunCommand(
                    [.. shell, heredoc.Text + string.Concat(heredoc.Documents.Select(document => $"\n{document.Content}{document.Name}"))],
                    null);
            default:
                throw new NotSupportedException($"The planner does not know {command.GetType().Name}.");
        }
    }

    [GeneratedRegex("""^\d*<<-?\s*["']?[^\s<"']+["']?$""", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Alone();
}
