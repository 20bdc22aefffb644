namespace ContainerStages.Contracts;

/// <summary>What is told of a failure that nobody foresaw: one line, and the trace to those who ask for it.</summary>
public static class UnforeseenFailure
{
    /// <summary>Set to anything but 0, it shows the traces of such failures.</summary>
    public const string TraceVariable = "CONTAINERSTAGES_TRACE";

    public static bool IsTraceWanted => Environment.GetEnvironmentVariable(TraceVariable) is { Length: > 0 } and not "0";

    public static Diagnostic Of(Exception failure) => Of(Describe(failure));

    /// <param name="what">See <see cref="Describe"/>.</param>
    public static Diagnostic Of(string what)
    {
        const string code = "CST9001";
        return new Diagnostic(code, Severity.Error, $"{what} Nobody foresaw this: it is a bug of ContainerStages. "
            + $"Please report it with this line and the trace that {TraceVariable}=1 shows; 'dotnet-stages explain {code}' says where.");
    }

    /// <summary>Kind and message in one line.</summary>
    public static string Describe(Exception failure)
    {
        var first = failure is AggregateException { InnerExceptions: [var only] } ? only : failure;
        var message = string.Concat(first.Message.Select(letter => char.IsControl(letter) ? ' ' : letter)).Trim();
        return $"{first.GetType().Name}: {message}{(message.EndsWith('.') ? "" : ".")}";
    }
}
