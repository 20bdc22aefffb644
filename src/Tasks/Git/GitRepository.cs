using System.Security.Cryptography;
using System.Text;

namespace ContainerStages.Tasks.Git;

/// <summary>
/// A git repository of this machine, read from its files: a clone, a worktree or a submodule (where <c>.git</c> is a file that names a
/// folder elsewhere). Source: gitrepository-layout(5), gitformat-index(5).
/// </summary>
internal sealed class GitRepository
{
    private const int LongestPath = 4096;

    private GitRepository(string root, string gitFolder, string commonFolder) =>
        (Root, GitFolder, CommonFolder) = (root, gitFolder, commonFolder);

    /// <summary>The folder that holds <c>.git</c>; absolute.</summary>
    public string Root { get; }

    /// <summary>What is this checkout's own: HEAD and the index.</summary>
    public string GitFolder { get; }

    /// <summary>
    /// What all worktrees of a repository share: objects, references and settings. The same folder as <see cref="GitFolder"/> in a plain
    /// clone.
    /// </summary>
    public string CommonFolder { get; }

    /// <summary>The repository that holds a folder; null where none does.</summary>
    public static GitRepository? Find(string folder)
    {
        for (var at = folder; at is not null; at = Path.GetDirectoryName(at))
        {
            if (Open(at) is { } repository)
            {
                return repository;
            }
        }

        return null;
    }

    /// <summary>Changes with the commit, the branch and the tags, and with nothing that a build may do.</summary>
    /// <param name="withBranches">True: with every branch too.</param>
    public string State(bool withBranches)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var head = ReadLine(GitFolder, "HEAD");
        Add(hash, head, Resolve(head), ReadText(CommonFolder, "shallow"), GitSettings.Read(CommonFolder).Text);
        foreach (var (name, value) in References().Where(
            reference => withBranches || reference.Name.StartsWith("refs/tags/", StringComparison.Ordinal)))
        {
            Add(hash, name, value);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>
    /// Folders of objects that this repository borrows from others, theirs included (<c>git clone --shared</c> and <c>--reference</c>);
    /// absolute.
    /// </summary>
    public IReadOnlyList<string> BorrowedObjects()
    {
        List<string> found = [];
        var waiting = new Queue<string>([Path.Combine(CommonFolder, "objects")]);
        while (waiting.TryDequeue(out var objects))
        {
            var named = ReadText(objects, "info/alternates").Split('\n')
                .Where(line => line.Length is > 0 and < LongestPath && line[0] != '#');
            foreach (var folder in named.Select(line => Path.GetFullPath(line, objects))
                .Where(folder => IsObjectFolder(folder) && !found.Contains(folder)))
            {
                found.Add(folder);
                waiting.Enqueue(folder);
            }
        }

        return found;
    }

    // What a file points to is mounted into a builder, and a project of others brings its files: only what is a repository counts.
    private static GitRepository? Open(string root)
    {
        var place = Path.Combine(root, ".git");
        var folder = Directory.Exists(place) ? place : Pointed(place, "gitdir:");
        if (folder is null || !File.Exists(Path.Combine(folder, "HEAD")))
        {
            return null;
        }

        var common = ReadLine(folder, "commondir") is { Length: > 0 } named ? Path.GetFullPath(named, folder) : folder;
        return IsObjectFolder(Path.Combine(common, "objects"))
            && File.Exists(Path.Combine(common, "config"))
            && File.Exists(Path.Combine(common, "HEAD"))
            ? new GitRepository(root, Path.TrimEndingDirectorySeparator(folder), Path.TrimEndingDirectorySeparator(common))
            : null;
    }

    private static string? Pointed(string file, string key) =>
        File.Exists(file)
            && ReadLine(Path.GetDirectoryName(file)!, Path.GetFileName(file)) is var line
            && line.StartsWith(key, StringComparison.Ordinal)
            ? Path.GetFullPath(line[key.Length..].Trim(), Path.GetDirectoryName(file)!)
            : null;

    private static bool IsObjectFolder(string folder) =>
        Directory.Exists(Path.Combine(folder, "pack")) && Directory.Exists(Path.Combine(folder, "info"));

    private string Resolve(string head) => head.StartsWith("ref:", StringComparison.Ordinal)
        ? ReadLine(CommonFolder, head[4..].Trim()) is { Length: > 0 } loose
            ? loose
            : References().FirstOrDefault(reference => reference.Name == head[4..].Trim()).Value ?? ""
        : head;

    private IEnumerable<(string Name, string Value)> References()
    {
        var loose = Path.Combine(CommonFolder, "refs");
        var files = Directory.Exists(loose)
            ? Directory.EnumerateFiles(loose, "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(CommonFolder, file)).ToHashSet(StringComparer.Ordinal)
            : [];
        var packed = ReadText(CommonFolder, "packed-refs").Split('\n')
            .Where(line => line.Length > 0 && line[0] is not ('#' or '^'))
            .Select(line => line.Split(' ', 2)).Where(parts => parts.Length == 2 && !files.Contains(parts[1].Trim()))
            .Select(parts => (Name: parts[1].Trim(), Value: parts[0]));

        // Tables of references have no order of ours: all of them count, by the name that a change gives them.
        var tables = ReadText(CommonFolder, "reftable/tables.list");
        return files
            .Select(name => (Name: name, Value: ReadLine(CommonFolder, name)))
            .Concat(packed)
            .OrderBy(reference => reference.Name, StringComparer.Ordinal)
            .Concat(tables.Length > 0 ? [("refs/tags/", tables)] : []);
    }

    private static void Add(IncrementalHash hash, params string[] texts)
    {
        foreach (var text in texts)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(text.Trim() + "\0"));
        }
    }

    private static string ReadLine(string folder, string name) => ReadText(folder, name).Split('\n')[0].Trim();

    private static string ReadText(string folder, string name) =>
        Path.Combine(folder, name) is var file && File.Exists(file) ? File.ReadAllText(file) : "";
}
