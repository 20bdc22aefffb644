namespace ContainerStages.Conventions;

/// <summary>Words of commands that a POSIX shell reads.</summary>
internal static class ShellText
{
    /// <summary>The word as the shell reads it back.</summary>
    public static string Quote(string word) =>
        word.Length > 0
            && word.All(character => char.IsAsciiLetterOrDigit(character) || "-_./:=,+@%".Contains(character, StringComparison.Ordinal))
            ? word
            : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
