using System.Text;

namespace ContainerStages.Contracts;

/// <summary>How much a diagnostic matters: an error ends the build, a warning does not.</summary>
public enum Severity
{
    Error,
    Warning,
}

/// <summary>A place in a file that a user wrote. Lines and columns count from 1; 0 means the whole file or line.</summary>
public readonly record struct SourceLocation(string File, int Line = 0, int Column = 0, int EndLine = 0, int EndColumn = 0)
{
    public override string ToString() => Line == 0 ? File : Column == 0 ? $"{File}({Line})" : $"{File}({Line},{Column})";
}

/// <summary>Something to tell the user: what, which value, and what to do next. Codes are listed in docs/diagnostics.md.</summary>
public sealed record Diagnostic(string Code, Severity Severity, string Message, SourceLocation? Location = null)
{
    /// <summary>The code of a command that failed, where no more is known than that.</summary>
    public const string CommandFailed = "CST4209";

    /// <summary>Without the passwords that a user may have written into an image name.</summary>
    public string Message { get; init => field = ShownText.WithoutPasswords(value); } = ShownText.WithoutPasswords(Message);

    /// <summary>The form that compilers print: <c>file(line,column): error CODE: message</c>, fit for a terminal.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        if (Location is { } location)
        {
            text.Append(location).Append(": ");
        }

        text.Append(Severity == Severity.Error ? "error " : "warning ").Append(Code).Append(": ").Append(Message);
        return TerminalText.Plain(text.ToString());
    }
}
