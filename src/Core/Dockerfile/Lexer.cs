using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Stages;

namespace ContainerStages.Dockerfile;

/// <summary>
/// Text to logical lines, one per call, so that the parser can take the raw lines of a here-document in between.
/// Source: Dockerfile reference, Format, Parser directives and Escape; as BuildKit does it.
/// </summary>
internal sealed class Lexer
{
    private readonly SourceText source;
    private int next;

    /// <param name="source">What to read.</param>
    /// <param name="diagnostics">Receives what is wrong with parser directives.</param>
    /// <param name="withDirectives">True for a file, false for the steps of a project: only a file has parser directives.</param>
    public Lexer(SourceText source, ICollection<Diagnostic> diagnostics, bool withDirectives)
    {
        this.source = source;
        Directives = withDirectives ? ReadDirectives(diagnostics) : [];
        if (Directives.TryGetValue("escape", out var escape))
        {
            Escape = escape.Value[0];
        }
    }

    public char Escape { get; } = WordExpander.DefaultEscape;

    /// <summary>By lower-case name.</summary>
    public ImmutableDictionary<string, Directive> Directives { get; }

    /// <summary>The next instruction, or null at the end. Comments and empty lines are gone, also those between continued lines.</summary>
    public LogicalLine? Read()
    {
        while (next < source.Lines.Length)
        {
            var first = TakeLine(skipIndentation: true);
            if (IsComment(first.Text) || first.Text.Length == 0)
            {
                continue;
            }

            return ReadContinued(first);
        }

        return null;
    }

    /// <summary>
    /// Takes raw lines up to the one that <paramref name="isEnd"/> recognises, which is taken too; null and nothing taken where none does.
    /// </summary>
    public ImmutableArray<string>? ReadRaw(Func<string, bool> isEnd)
    {
        for (var line = next; line < source.Lines.Length; line++)
        {
            if (isEnd(source.Lines[line]))
            {
                var taken = source.Lines[next..line];
                next = line + 1;
                return taken;
            }
        }

        return null;
    }

    /// <summary>
    /// The texts of the comments right above a line, the nearest first, up to one that is blank; directives are no such comments.
    /// </summary>
    /// <param name="line">A line of the file, from 1.</param>
    public IEnumerable<string> CommentsAbove(int line)
    {
        var index = Math.Min(line - source.FirstLine, source.Lines.Length) - 1;
        for (; index >= Directives.Count
            && IsComment(source.Lines[index])
            && source.Lines[index].TrimStart()[1..].Trim() is { Length: > 0 } comment; index--)
        {
            yield return comment;
        }
    }

    private LogicalLine ReadContinued(LogicalLine.Piece first)
    {
        var pieces = ImmutableArray.CreateBuilder<LogicalLine.Piece>();
        var continues = AddPiece(pieces, first);
        var hasEmpty = false;
        while (continues && next < source.Lines.Length)
        {
            var piece = TakeLine(skipIndentation: false);
            var isEmpty = string.IsNullOrWhiteSpace(piece.Text);
            hasEmpty |= isEmpty;
            if (!IsComment(piece.Text) && !isEmpty)
            {
                continues = AddPiece(pieces, piece);
            }
        }

        return new LogicalLine(source, pieces.ToImmutable()) { HasEmptyContinuation = hasEmpty };
    }

    /// <summary>True where the line ends with the escape character (blanks may follow), and not with two of them.</summary>
    private bool AddPiece(ImmutableArray<LogicalLine.Piece>.Builder pieces, LogicalLine.Piece piece)
    {
        var end = piece.Text.TrimEnd(' ', '\t');
        var continues = end.EndsWith(Escape) && !(end.Length > 1 && end[^2] == Escape);
        pieces.Add(continues ? piece with { Text = end[..^1] } : piece);
        return continues;
    }

    private LogicalLine.Piece TakeLine(bool skipIndentation)
    {
        var line = source.Lines[next];
        var text = skipIndentation ? line.TrimStart() : line;
        return new LogicalLine.Piece(text, new Place(next++, line.Length - text.Length));
    }

    private static bool IsComment(string line) => line.TrimStart().StartsWith('#');

    /// <summary>Reads ahead only: to <see cref="Read"/>, directives are comments.</summary>
    private ImmutableDictionary<string, Directive> ReadDirectives(ICollection<Diagnostic> diagnostics)
    {
        var found = ImmutableDictionary.CreateBuilder<string, Directive>(StringComparer.Ordinal);
        for (var line = 0; line < source.Lines.Length; line++)
        {
            var text = source.Lines[line];
            if (Directive.TryParse(text, source.Locate(new Place(line, 0), new Place(line, text.Length))) is not { } directive)
            {
                break;
            }

            if (found.ContainsKey(directive.Name))
            {
                diagnostics.Add(DockerfileDiagnostics.DirectiveRepeated(directive.Name, directive.Location));
            }
            else if (directive.Problem is { } problem)
            {
                diagnostics.Add(problem);
            }
            else
            {
                found.Add(directive.Name, directive);
            }
        }

        return found.ToImmutable();
    }
}
