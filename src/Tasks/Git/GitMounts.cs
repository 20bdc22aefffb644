using ContainerStages.Contracts;

namespace ContainerStages.Tasks.Git;

/// <summary>
/// The repository as files of a builder, read-only. There <c>.git</c> is always a folder, whatever it is here: what the repository shares,
/// with this checkout's HEAD and index over it, and settings without what is secret.
/// </summary>
/// <param name="repository">What is mounted.</param>
/// <param name="target">The <c>.git</c> of the builder.</param>
/// <param name="folder">Where files that are made for the builder are kept.</param>
internal sealed class GitMounts(GitRepository repository, string target, string folder)
{
    private static readonly string[] OfCheckout = ["HEAD", "index"];

    // Settings of submodules and worktrees may hold credentials too, and a checkout of its own is mounted on its own.
    private static readonly string[] Hidden = ["modules", "worktrees"];

    /// <summary>
    /// Settings that let git read a repository whose files belong to somebody else; libraries that read repositories look there too.
    /// </summary>
    public static MachineFile Trust(string folder) => new(Write(folder, "gitconfig", "[safe]\n\tdirectory = *\n"), "/etc/gitconfig");

    /// <summary>Writes the files that are made for the builder.</summary>
    /// <param name="number">Tells several repositories of a builder apart.</param>
    public IReadOnlyList<MachineFile> Create(int number)
    {
        List<MachineFile> files =
        [
            new(repository.CommonFolder, target),
            new(Write(folder, "config", GitSettings.Read(repository.CommonFolder).Text), $"{target}/config"),
        ];
        if (repository.GitFolder != repository.CommonFolder)
        {
            files.AddRange(
                OfCheckout.Where(InBoth).Select(name => new MachineFile(Path.Combine(repository.GitFolder, name), $"{target}/{name}")));
        }

        files.AddRange(Hidden.Where(name => Directory.Exists(Path.Combine(repository.CommonFolder, name)))
            .Select(name => new MachineFile(Directory.CreateDirectory(Path.Combine(folder, "empty")).FullName, $"{target}/{name}")));
        if (File.Exists(Path.Combine(repository.CommonFolder, "config.worktree")))
        {
            files.Add(new MachineFile(Write(folder, "config.worktree", ""), $"{target}/config.worktree"));
        }

        if (repository.BorrowedObjects() is { Count: > 0 } borrowed)
        {
            files.AddRange(borrowed.Select((objects, i) => new MachineFile(objects, $"/git/{number}/{i}")));
            files.Add(new MachineFile(
                Write(folder, "alternates", string.Concat(borrowed.Select((_, i) => $"/git/{number}/{i}\n"))),
                $"{target}/objects/info/alternates"));
        }

        return files;
    }

    // A file is mounted over one that is there.
    private bool InBoth(string name) =>
        File.Exists(Path.Combine(repository.GitFolder, name)) && File.Exists(Path.Combine(repository.CommonFolder, name));

    private static string Write(string folder, string name, string text)
    {
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, name);
        if (!File.Exists(file) || File.ReadAllText(file) != text)
        {
            File.WriteAllText(file, text);
        }

        return file;
    }
}
