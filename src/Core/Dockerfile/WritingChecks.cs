using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Stages;

namespace ContainerStages.Dockerfile;

/// <summary>Build checks of how a file is written: letter case, empty lines, old forms, comments.</summary>
internal static class WritingChecks
{
    public static IEnumerable<Diagnostic> Run(CheckedFile file) =>
    [
        .. file.Stages.Where(stage => stage.Stage.Name is { } name && name.Any(char.IsUpper))
            .Select(stage => BuildChecks.StageNameCasing.Warn($"Stage name '{stage.Stage.Name}' should be lowercase", stage.Line.Location)),
        .. FromAs(file),
        .. file.Read.Lines
            .Where(line => line.HasEmptyContinuation)
            .Select(line => BuildChecks.NoEmptyContinuation.Warn("Empty continuation line", line.LastLine)),
        .. InstructionCase(file),
        .. OldForms(file),
        .. Descriptions(file),
    ];

    /// <summary>A FROM of mixed case is told as such; which case the AS beside it should have, it does not say.</summary>
    private static IEnumerable<Diagnostic> FromAs(CheckedFile file)
    {
        foreach (var line in file.Stages.Select(stage => stage.Line).Where(line => IsLower(line.Written) || line.Written == line.Keyword))
        {
            if (line.SplitAtBlanks() is [_, var keyword, _]
                && keyword.Text != (IsLower(line.Written) ? keyword.Text.ToLowerInvariant() : keyword.Text.ToUpperInvariant()))
            {
                yield return BuildChecks.FromAsCasing.Warn(
                    $"'{keyword.Text}' and '{line.Written}' keywords' casing do not match",
                    line.Location);
            }
        }
    }

    /// <summary>
    /// The majority of the words that are all upper or all lower case decides; upper case where there is none. ARG before the first FROM
    /// does not count.
    /// </summary>
    private static IEnumerable<Diagnostic> InstructionCase(CheckedFile file)
    {
        var lines = file.Read.Lines.SkipWhile(line => line.Keyword != "FROM").ToArray();
        var isLower = lines.Count(line => IsLower(line.Written)) > lines.Count(line => line.Written == line.Keyword);
        return lines.Where(line => line.Written != (isLower ? line.Written.ToLowerInvariant() : line.Keyword)).Select(line =>
            BuildChecks.ConsistentInstructionCasing.Warn(
                $"Command '{line.Written}' should match the case of the command majority ({(isLower ? "lowercase" : "uppercase")})",
                line.Location));
    }

    private static IEnumerable<Diagnostic> OldForms(CheckedFile file)
    {
        foreach (var line in file.Read.Lines)
        {
            if (line.Keyword is "ENV" or "LABEL"
                && line.SplitQuoted(file.Read.Escape) is [var first, ..]
                && !first.Text.Contains('=', StringComparison.Ordinal))
            {
                yield return BuildChecks.LegacyKeyValueFormat.Warn(
                    $"\"{line.Keyword} key=value\" should be used instead of legacy \"{line.Keyword} key value\" format",
                    line.Location);
            }
        }

        foreach (var maintainer in file.Instructions.OfType<MaintainerInstruction>())
        {
            yield return BuildChecks.MaintainerDeprecated.Warn(
                "Maintainer instruction is deprecated in favor of using label",
                maintainer.Location);
        }
    }

    private static IEnumerable<Diagnostic> Descriptions(CheckedFile file)
    {
        foreach (var line in file.Read.Lines)
        {
            string[] names = line.Keyword switch
            {
                "ARG" => [.. line.SplitQuoted(file.Read.Escape).Select(word => word.Text.Split('=')[0])],
                "FROM" when line.SplitAtBlanks() is [_, _, var name] => [name.Text],
                _ => [],
            };
            if (names.Length > 0
                && file.Read.Lexer.CommentsAbove(line.Location.Line).FirstOrDefault(comment => !CheckComment.Is(comment)) is { } comment
                && !names.Contains(comment.Split(' ')[0]))
            {
                var example = names.Length == 1 ? names[0] : "<arg_key>";
                yield return BuildChecks.InvalidDefinitionDescription.Warn(
                    $"Comment for {line.Keyword} should follow the format: `# {example} <description>`",
                    line.Location);
            }
        }
    }

    private static bool IsLower(string text) => !text.Any(char.IsUpper);
}
