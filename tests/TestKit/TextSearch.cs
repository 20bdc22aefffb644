namespace ContainerStages.TestKit;

/// <summary>Looks for a text in everything below some folders, to show that a secret is nowhere.</summary>
public static class TextSearch
{
    private const string Script = """
        text=$1
        shift
        find "$@" -exec grep -laF -- "$text" {} + || true
        find "$@" '(' -path '*/blobs/*' -o -name '*.binlog' -o -name '*.gz' -o -name '*.tgz' ')' -exec zgrep -laF -- "$text" {} + || true
        """;

    /// <summary>Names of the files that hold the text, one a line; packed ones (layers, logs of MSBuild) are unpacked.</summary>
    /// <remarks>Unpacking is a program or more for each file: only blobs and what has the name of a packed file may be.</remarks>
    /// <param name="text">Taken literally.</param>
    /// <param name="folders">Or files.</param>
    /// <param name="newerThan">Only files that changed after this one; null: all.</param>
    public static Task<string> FilesWithAsync(string text, IEnumerable<string> folders, string? newerThan = null)
    {
        string[] since = newerThan is null ? [] : ["-cnewer", newerThan];
        return RealTool.RunAsync("sh", ["-c", Script, "sh", text, .. folders, "-type", "f", .. since]);
    }
}
