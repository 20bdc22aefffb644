using ContainerStages.Stages;

namespace ContainerStages.Planning;

/// <summary>
/// The query of a repository's address: ref, tag, branch, subdir, checksum (commit), submodules, keep-git-dir. Source: BuildKit,
/// dfgitutil/git_ref.go.
/// </summary>
internal sealed class GitQuery
{
    private static readonly string[] Keys = ["branch", "checksum", "commit", "keep-git-dir", "ref", "subdir", "submodules", "tag"];
    private readonly Dictionary<string, string> values = new(StringComparer.Ordinal);
    private readonly Func<string, Exception> failed;

    /// <param name="query">Without the question mark.</param>
    /// <param name="failed">Makes the exception for what is wrong with it.</param>
    public GitQuery(string query, Func<string, Exception> failed)
    {
        this.failed = failed;
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)))
        {
            var (key, value) = (pair[0], Uri.UnescapeDataString(pair.ElementAtOrDefault(1) ?? ""));
            if (!Keys.Contains(key))
            {
                throw failed($"there is no '{key}'. Valid: {string.Join(", ", Keys)}.");
            }

            if (value.Length == 0 && key is not ("submodules" or "keep-git-dir"))
            {
                throw failed($"'{key}' has no value.");
            }

            if (!values.TryAdd(key, value))
            {
                throw failed($"'{key}' is given twice.");
            }
        }
    }

    public string? Checksum => Value("checksum") ?? Value("commit");

    public bool KeepGitDirectory => Switch("keep-git-dir", ifMissing: false);

    public bool Submodules => Switch("submodules", ifMissing: true);

    /// <param name="named">What the part behind # says.</param>
    public string? Reference(string? named) => OneOf("ref",
        named,
        Value("ref"),
        Value("tag") is { } tag ? WithPrefix("refs/tags/", tag) : null,
        Value("branch") is { } branch ? WithPrefix("refs/heads/", branch) : null);

    /// <inheritdoc cref="Reference"/>
    public string? Folder(string? named) => OneOf("subdir", named, Value("subdir"));

    private static string WithPrefix(string prefix, string name) =>
        name.StartsWith(prefix, StringComparison.Ordinal) ? name : prefix + name;

    private string? OneOf(string what, params ReadOnlySpan<string?> given)
    {
        string? one = null;
        foreach (var value in given)
        {
            if (one is not null && value is not null && one != value)
            {
                throw failed($"it names two values for {what}, '{one}' and '{value}'.");
            }

            one ??= value;
        }

        return one;
    }

    private string? Value(string key) => values.GetValueOrDefault(key);

    private bool Switch(string key, bool ifMissing) => Value(key) switch
    {
        null => ifMissing,
        "" => true,
        var other => GoBoolean.Read(other) ?? throw failed($"'{key}' is '{other}', neither true nor false."),
    };
}
