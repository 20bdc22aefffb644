using System.Collections.Immutable;
using ContainerStages.Contracts;

namespace ContainerStages.Diagnostics;

/// <summary>Ends a build for a reason that the user can mend. Everything else that is thrown is a bug.</summary>
public class BuildFailedException : Exception
{
    public BuildFailedException(Diagnostic diagnostic, Exception? cause = null)
        : this([diagnostic], cause)
    {
    }

    public BuildFailedException(ImmutableArray<Diagnostic> diagnostics, Exception? cause = null)
        : base(string.Join(Environment.NewLine, diagnostics), cause) => Diagnostics = diagnostics;

    public ImmutableArray<Diagnostic> Diagnostics { get; }

    /// <summary>The same with a changed message, and with a place where there is none.</summary>
    public BuildFailedException With(Func<string, string> message, SourceLocation place) =>
        new(
            [.. Diagnostics.Select(
                diagnostic => diagnostic with { Message = message(diagnostic.Message), Location = diagnostic.Location ?? place })],
            this);
}
