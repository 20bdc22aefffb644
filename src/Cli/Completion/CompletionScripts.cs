namespace ContainerStages.Cli.Completion;

/// <summary>The scripts that make shells complete the command line: each asks the hidden verb <c>complete</c>.</summary>
internal static class CompletionScripts
{
    public static IReadOnlyList<string> Shells { get; } = ["bash", "zsh", "fish", "pwsh"];

    /// <returns>Null: there is no script for that shell.</returns>
    public static string? Find(string shell)
    {
        if (!Shells.Contains(shell))
        {
            return null;
        }

        using var stream = typeof(CompletionScripts).Assembly.GetManifestResourceStream($"completion.{shell}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
