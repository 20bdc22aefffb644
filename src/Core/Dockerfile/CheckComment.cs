using ContainerStages.Stages;

namespace ContainerStages.Dockerfile;

/// <summary>
/// Comments right above an instruction that say what is checked of it: <c># check=skip=A,B</c>. Source: BuildKit (2025 and later).
/// </summary>
internal static class CheckComment
{
    private const string Key = "check=";

    public static bool Is(string comment) => comment.StartsWith(Key, StringComparison.OrdinalIgnoreCase);

    public static IEnumerable<InstructionChecks> Read(InstructionLine line, Lexer lexer) =>
        lexer.CommentsAbove(line.Location.Line)
            .Where(Is)
            .Select(comment => new InstructionChecks(line.Location.Line, line.LastLine.Line, comment[Key.Length..]));
}
