namespace ContainerStages.TestKit;

/// <summary>Looks for a text in everything below some folders, to show that a secret is nowhere.</summary>
public static class TextSearch
{
    /// <summary>Names of the files that hold the text, one a line; packed ones (layers, logs of MSBuild) are unpacked.</summary>
    /// <param name="text">Taken literally.</param>
    /// <param name="folders">Or files.</param>
    /// <param name="newerThan">Only files that changed after this one; null: all.</param>
    public static Task<string> FilesWithAsync(string text, IEnumerable<string> folders, string? newerThan = null)
    {
        string[] since = newerThan is null ? [] : ["-cnewer", newerThan];
        return RealTool.RunAsync("sh", ["-c", "text=$1; shift; find \"$@\" -exec zgrep -laF -- \"$text\" {} + || true", "sh", text, .. folders, "-type", "f", .. since]);
    }
}
