using System.Text;
using System.Text.RegularExpressions;

namespace ContainerStages.Tasks.Git;

/// <summary>
/// The settings of a repository for a builder: what says how it is read, and the addresses of its remotes. Credentials stand in such files
/// too (an <c>http.extraheader</c> that CI systems write, users in addresses), and so does where a submodule's files lie on this machine.
/// Source: git-config(1).
/// </summary>
internal sealed partial record GitSettings(string Text)
{
    private static readonly string[] Core =
        ["repositoryformatversion", "filemode", "bare", "symlinks", "ignorecase", "precomposeunicode", "logallrefupdates"];
    private static readonly string[] Extensions = ["objectformat", "refstorage", "compatobjectformat", "partialclone"];

    /// <param name="folder">The folder that holds <c>config</c>.</param>
    public static GitSettings Read(string folder)
    {
        var file = Path.Combine(folder, "config");
        return File.Exists(file) ? Of(File.ReadAllLines(file)) : new GitSettings("");
    }

    /// <summary>The settings that a builder gets of these lines.</summary>
    public static GitSettings Of(IEnumerable<string> lines)
    {
        var text = new StringBuilder();
        var (section, written) = ("", "");
        foreach (var line in lines.Select(line => line.Trim()))
        {
            if (Heading().Match(line) is { Success: true } heading)
            {
                section = heading.Value;
            }
            else if (Setting().Match(line) is { Success: true } setting && IsKept(section, setting.Groups["name"].Value))
            {
                text.Append(written == section ? "" : section + "\n").Append('\t').Append(WithoutUser(line)).Append('\n');
                written = section;
            }
        }

        return new GitSettings(text.ToString());
    }

    /// <summary>An address without the user and password in it; one that ssh reads keeps its user, who is no secret.</summary>
    public static string WithoutUser(string address) => User().Replace(address, "${scheme}");

    private static bool IsKept(string section, string name)
    {
        bool Is(string wanted) => section.StartsWith($"[{wanted}", StringComparison.OrdinalIgnoreCase);
        return Is("core]") ? Core.Contains(name, StringComparer.OrdinalIgnoreCase)
            : Is("extensions]") ? Extensions.Contains(name, StringComparer.OrdinalIgnoreCase)
            : Is("remote ") ? name.ToUpperInvariant() is "URL" or "FETCH" or "PROMISOR"
            : Is("branch ") && name.ToUpperInvariant() is "REMOTE" or "MERGE";
    }

    [GeneratedRegex("""^\[[^\]"]+(?:"[^"]*")?\]""", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^(?<name>[A-Za-z][A-Za-z0-9-]*)\s*=", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Setting();

    [GeneratedRegex(
        @"(?<scheme>\bhttps?://)[^/@\s]*@", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex User();
}
