namespace ContainerStages.Reporting;

/// <summary>Something that a step depends on, and that is not as it was in the build before.</summary>
/// <param name="Input">
/// <c>instruction</c>, <c>setting</c>, <c>argument</c>, <c>variable</c>, <c>baseImage</c>, <c>file</c>, <c>source</c>.
/// </param>
/// <param name="Name">Which of them.</param>
/// <param name="Before">What it was; null where it was not there, or nobody is to see it.</param>
/// <param name="After">What it is; null where it is gone, or nobody is to see it.</param>
public sealed record ReportedChange(string Input, string Name, DifferenceKind Kind, string? Before = null, string? After = null)
{
    private const int ShownDigits = 12;
    private const int Shown = 5;

    /// <summary>The change in words.</summary>
    public string Text => Kind switch
    {
        DifferenceKind.Added => $"{Subject} is new{(After is { } value && Input != "baseImage" ? $" ({value})" : "")}",
        DifferenceKind.Removed => $"{Subject} is gone",
        _ when Input == "baseImage" => OfBaseImage(),
        _ => $"{Subject} changed{(Before is { } before && After is { } after ? $" from {Quoted(before)} to {Quoted(after)}" : "")}",
    };

    /// <summary>The first of several changes in words.</summary>
    public static string TextOf(IReadOnlyList<ReportedChange> changes) =>
        string.Join(", ", changes.Take(Shown).Select(change => change.Text))
        + (changes.Count > Shown ? $" and {changes.Count - Shown} more" : "");

    private string Subject => Input switch
    {
        "instruction" => "the instruction",
        "setting" => $"the {Name}",
        "argument" => $"build argument {Name}",
        "variable" => $"environment variable {Name}",
        "baseImage" => "the base image",
        _ => Name,
    };

    private string OfBaseImage() => (Split(Before), Split(After)) switch
    {
        var ((before, from), (after, to)) when before == after => $"the base image {after} moved from {from} to {to}",
        var ((before, from), (after, to)) => $"the base image changed from {before} {from} to {after} {to}",
    };

    private static (string Name, string Digest) Split(string? reference)
    {
        var at = (reference ?? "").IndexOf('@', StringComparison.Ordinal);
        return at < 0 ? (reference ?? "", "") : (reference![..at], Digits(reference[(at + 1)..]));
    }

    private static string Digits(string digest) => digest[..Math.Min(digest.Length, "sha256:".Length + ShownDigits)];

    private static string Quoted(string value) => value.Length == 0 ? "nothing" : value;
}
