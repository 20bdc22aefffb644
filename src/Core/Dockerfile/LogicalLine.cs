using System.Collections.Immutable;
using System.Text;
using ContainerStages.Contracts;

namespace ContainerStages.Dockerfile;

/// <summary>
/// One instruction as text: physical lines joined where the escape character ended one. It knows the place of every character.
/// </summary>
internal sealed class LogicalLine
{
    private readonly SourceText source;
    private readonly ImmutableArray<Piece> pieces;

    public LogicalLine(SourceText source, ImmutableArray<Piece> pieces)
    {
        (this.source, this.pieces) = (source, pieces);
        Text = string.Concat(pieces.Select(piece => piece.Text));
    }

    public string Text { get; }

    /// <summary>True where an empty line stands between the pieces.</summary>
    public bool HasEmptyContinuation { get; init; }

    /// <summary>The text for people: the indentation of continued lines is one blank.</summary>
    public string OneLine
    {
        get
        {
            var text = new StringBuilder();
            foreach (var piece in pieces.Select(piece => piece.Text))
            {
                var isApart = piece.Length > 0 && (char.IsWhiteSpace(piece[0]) || (text.Length > 0 && char.IsWhiteSpace(text[^1])));
                while (text.Length > 0 && char.IsWhiteSpace(text[^1]))
                {
                    text.Length--;
                }

                text.Append(isApart && text.Length > 0 ? " " : "").Append(isApart ? piece.TrimStart() : piece);
            }

            return text.ToString().Trim();
        }
    }

    public SourceLocation Location
    {
        get
        {
            var start = Text.Length - Text.TrimStart().Length;
            return Locate(start, Math.Max(start, Text.TrimEnd().Length));
        }
    }

    /// <summary>The whole physical line that the instruction ends in.</summary>
    public SourceLocation LastLine => source.Locate(pieces[^1].Start, pieces[^1].Start) with { Column = 0, EndColumn = 0 };

    /// <summary>The place of the characters from <paramref name="start"/> up to, not with, <paramref name="end"/>.</summary>
    public SourceLocation Locate(int start, int end)
    {
        var last = end > start ? PlaceOf(end - 1) : PlaceOf(start);
        return source.Locate(PlaceOf(start), end > start ? last with { Column = last.Column + 1 } : last);
    }

    private Place PlaceOf(int offset)
    {
        var before = 0;
        foreach (var piece in pieces)
        {
            if (offset < before + piece.Text.Length)
            {
                return piece.Start with { Column = piece.Start.Column + offset - before };
            }

            before += piece.Text.Length;
        }

        var end = pieces[^1];
        return end.Start with { Column = end.Start.Column + end.Text.Length };
    }

    /// <summary>What one physical line contributes.</summary>
    public readonly record struct Piece(string Text, Place Start);
}
