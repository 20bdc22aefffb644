using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Stages;

namespace ContainerStages.Dockerfile;

/// <summary>Text to the sequence of its instructions, FROM among them. All that is wrong is gathered; what is right is still returned.</summary>
internal static class InstructionReader
{
    public static (ImmutableArray<Instruction> Instructions, char Escape) Read(SourceText source, bool withDirectives, ICollection<Diagnostic> diagnostics)
    {
        var lexer = new Lexer(source, diagnostics, withDirectives);
        var parser = new InstructionParser(lexer.Escape, diagnostics);
        var instructions = ImmutableArray.CreateBuilder<Instruction>();
        while (lexer.Read() is { } logicalLine)
        {
            var line = new InstructionLine(logicalLine);
            if (!TakeHeredocs(line, lexer, diagnostics))
            {
                break;
            }

            if (parser.Parse(line) is { } instruction)
            {
                instructions.Add(instruction);
            }
        }

        return (instructions.ToImmutable(), lexer.Escape);
    }

    /// <summary>Skips the texts of here-documents, which are not supported yet, so that they are not taken for instructions. False: no end was found.</summary>
    private static bool TakeHeredocs(InstructionLine line, Lexer lexer, ICollection<Diagnostic> diagnostics)
    {
        foreach (var heredoc in Heredoc.Find(line))
        {
            diagnostics.Add(DockerfileDiagnostics.NotSupportedYet($"The here-document '{heredoc.Word.Text}' of {line.Keyword}", heredoc.Word.Location));
            if (lexer.ReadRaw(heredoc.IsEnd) is null)
            {
                diagnostics.Add(DockerfileDiagnostics.HeredocWithoutEnd(heredoc.Name, heredoc.Word.Location));
                return false;
            }
        }

        return true;
    }
}
