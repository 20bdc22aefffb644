namespace ContainerStages.Diagnostics;

/// <summary>Makes text of strangers fit for a message.</summary>
internal static class OneLine
{
    /// <summary>The text with a space for each control character.</summary>
    public static string Of(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter)) : text;
}
