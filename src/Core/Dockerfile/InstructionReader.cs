using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Stages;

namespace ContainerStages.Dockerfile;

/// <summary>
/// Text to the sequence of its instructions, FROM among them. All that is wrong is gathered; what is right is still returned.
/// </summary>
internal static class InstructionReader
{
    public static ReadInstructions Read(SourceText source, bool withDirectives, ICollection<Diagnostic> diagnostics)
    {
        var lexer = new Lexer(source, diagnostics, withDirectives);
        var parser = new InstructionParser(lexer.Escape, diagnostics);
        var instructions = ImmutableArray.CreateBuilder<Instruction>();
        var lines = ImmutableArray.CreateBuilder<InstructionLine>();
        while (lexer.Read() is { } logicalLine)
        {
            var line = new InstructionLine(logicalLine);
            if (TakeHeredocs(line, lexer, diagnostics) is not { } documents)
            {
                break;
            }

            lines.Add(line);
            if (parser.Parse(line, documents) is { } instruction)
            {
                instructions.Add(instruction);
            }
        }

        return new ReadInstructions(instructions.ToImmutable(), lines.ToImmutable(), lexer);
    }

    /// <summary>Null: one has no end, so that nothing after it can be read.</summary>
    private static ImmutableArray<HereDocument>? TakeHeredocs(InstructionLine line, Lexer lexer, ICollection<Diagnostic> diagnostics)
    {
        var documents = ImmutableArray.CreateBuilder<HereDocument>();
        foreach (var heredoc in Heredoc.Find(line))
        {
            var lines = lexer.ReadRaw(heredoc.IsEnd);
            if (heredoc.IsWronglyApart && (lines is not null || line.Keyword != "RUN"))
            {
                diagnostics.Add(DockerfileDiagnostics.HeredocNameApart(
                    line.Keyword, heredoc.DropsTabs ? "<<-" : "<<", heredoc.Name, heredoc.Word.Location));
            }
            else if (lines is { } content)
            {
                documents.Add(heredoc.ToDocument(content));
            }
            else if (!IsText(heredoc, line))
            {
                diagnostics.Add(DockerfileDiagnostics.HeredocWithoutEnd(heredoc.Name, heredoc.Word.Location));
                return null;
            }
        }

        return documents.ToImmutable();
    }

    /// <summary>
    /// What no line ends is the shell's own business where it can be: <c>&lt;&lt;- NAME</c>, and the shift in <c>$((1 &lt;&lt; 2))</c>.
    /// </summary>
    private static bool IsText(Heredoc heredoc, InstructionLine line) =>
        heredoc.IsWronglyApart || (heredoc.IsApart && line.Rest.Contains("((", StringComparison.Ordinal));
}

/// <summary>
/// What one text holds: its instructions, and for the checks the lines that they were read from and the lexer with its directives.
/// </summary>
internal sealed record ReadInstructions(ImmutableArray<Instruction> Instructions, ImmutableArray<InstructionLine> Lines, Lexer Lexer)
{
    public char Escape => Lexer.Escape;
}
