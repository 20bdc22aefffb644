using System.Text;

namespace ContainerStages.Tasks.Project;

/// <summary>
/// The raw text of a Steps metadata, or of a property that holds instructions, as it stands in the project file, before MSBuild expands it;
/// XML comments are left out, as MSBuild leaves them out.
/// </summary>
public sealed class StepsText
{
    private readonly StringBuilder text = new();
    private readonly List<Comment> comments = [];

    /// <summary>Line of the project file where the text begins.</summary>
    public int Line { get; private set; }

    public string Text => text.ToString();

    public void AddText(string text, int line)
    {
        if (this.text.Length == 0)
        {
            Line = line;
        }

        this.text.Append(text);
    }

    public void AddComment(string comment, int line)
    {
        if (text.Length == 0 && comments.Count == 0)
        {
            Line = line;
        }

        if (CountLines(comment) is > 0 and var lines)
        {
            comments.Add(new Comment(CountLines(text.ToString()), lines));
        }
    }

    /// <summary>Line of the project file for an offset in <see cref="Text"/>.</summary>
    public int LineAt(int offset)
    {
        var line = CountLines(Text.AsSpan(0, offset));
        return Line + line + comments.Where(comment => comment.AfterLines <= line).Sum(comment => comment.Lines);
    }

    /// <summary>False where an expansion added lines, so that a line of the evaluated text is not known in the project file.</summary>
    public bool HasLinesOf(string evaluated) => CountLines(evaluated) == CountLines(Text);

    /// <summary>
    /// The evaluated text with as many Dockerfile comment lines as XML comments took, so that its lines count as the project file's do.
    /// Unchanged where an expansion added lines, or where a heredoc would swallow the added ones.
    /// </summary>
    public string WithLinesOfComments(string evaluated)
    {
        if (comments.Count == 0 || evaluated.Contains("<<", StringComparison.Ordinal) || !HasLinesOf(evaluated))
        {
            return evaluated;
        }

        var lines = evaluated.Split('\n').ToList();
        foreach (var comment in Enumerable.Reverse(comments))
        {
            lines.InsertRange(comment.AfterLines + 1, Enumerable.Repeat("#", comment.Lines));
        }

        return string.Join('\n', lines);
    }

    private static int CountLines(ReadOnlySpan<char> text) => text.Count('\n');

    private readonly record struct Comment(int AfterLines, int Lines);
}
