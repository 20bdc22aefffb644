using System.Text;
using ContainerStages.Concurrency;
using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Planning;
using ContainerStages.Posix;
using ContainerStages.Snapshots;

namespace ContainerStages.Engines;

/// <summary>
/// Checks out git repositories with the <c>git</c> program of the machine, kept by commit. It runs with an environment of its own: no
/// configuration of user or machine, no hooks, no questions. Source: Dockerfile reference, ADD, Adding files from a Git repository.
/// </summary>
internal sealed class GitRepositories(SourceFetching options)
{
    private const string DigestSuffix = ".digest";
    private readonly StoreDirectory store = options.Store;
    private readonly SharedWork<string, string> asked = new(remember: true);
    private readonly SourceSecrets secrets = new(new BuildSecrets(options.Commands));

    /// <summary>A folder with the files of the commit. What a reference leads to is asked once in a build.</summary>
    /// <exception cref="BuildFailedException">
    /// There is no git, the reference leads nowhere, or to another commit than the checksum says.
    /// </exception>
    public async Task<string> FetchAsync(FromRepository source, SourceLocation? location, CancellationToken cancellationToken)
    {
        var run = new GitProgram(source.Repository.Remote, secrets.ForRepository(source.Repository.Remote, location), location);
        var reference = source.Repository.Reference ?? "HEAD";
        var commit = IsCommit(reference)
            ? reference
            : await asked.DoAsync($"{run.Remote}\n{reference}", token => ResolveAsync(run, reference, token), cancellationToken);
        Verify(source.Repository, commit, location);
        options.Fetched(source, commit);
        var folder = FolderOf(source, commit);
        using var held = await LockAsync(folder, cancellationToken);
        if (!IsWhole(folder, cancellationToken))
        {
            RequireNetwork(source.Repository.Remote);
            TreeRemover.Remove(folder);
            await CheckOutAsync(run, commit, source, folder, cancellationToken);
            SealedFile.Write(folder + DigestSuffix, Encoding.ASCII.GetBytes(DigestOf(folder, cancellationToken)));
        }

        return folder;
    }

    /// <summary>The same from what was checked out before, whatever its reference leads to by now; null where that is nothing.</summary>
    public async Task<string?> FindStoredAsync(FromRepository source, SourceLocation? location, CancellationToken cancellationToken)
    {
        var reference = source.Repository.Reference ?? "HEAD";
        if ((IsCommit(reference) ? reference : FindCommit(source.Repository.Remote, reference)) is not { } commit)
        {
            return null;
        }

        Verify(source.Repository, commit, location);
        options.Fetched(source, commit);
        var folder = FolderOf(source, commit);
        using var held = await LockAsync(folder, cancellationToken);
        return IsWhole(folder, cancellationToken) ? folder : null;
    }

    private string FolderOf(FromRepository source, string commit)
    {
        var reference = source.Repository.Reference ?? "HEAD";
        var kept =
            StoreDirectory.KeyOf(
                $"{source.Repository.Remote}\n{commit}\n{(source.KeepGitDirectory ? reference : "")}" +
                $"{(source.Repository.Submodules ? "\nsubmodules" : "")}");
        store.Use.Note($"git/{kept}");
        return Path.Combine(store.Folder("git"), kept);
    }

    private Task<IDisposable> LockAsync(string folder, CancellationToken cancellationToken) =>
        store.LockAsync("git-" + Path.GetFileName(folder)[..32], cancellationToken);

    /// <summary>What git checked out carries no checksum of its own.</summary>
    private static bool IsWhole(string folder, CancellationToken cancellationToken) =>
        Directory.Exists(folder)
            && SealedFile.Read(folder + DigestSuffix) is { } digest
            && Encoding.ASCII.GetString(digest) == DigestOf(folder, cancellationToken);

    private static string DigestOf(string folder, CancellationToken cancellationToken) =>
        ContentDigest.Of(
            new SourceSelection(new UnionView([folder]), filter: null).Select("/", cancellationToken),
            withOwners: false,
            memory: null,
            cancellationToken);

    /// <summary>Offline, the commit that the reference led to when the repository was last asked.</summary>
    private async Task<string> ResolveAsync(GitProgram run, string reference, CancellationToken cancellationToken)
    {
        if (options.Offline && FindCommit(run.Remote, reference) is { } known)
        {
            return known;
        }

        RequireNetwork(run.Remote);
        var commit = await run.ResolveAsync(reference, cancellationToken);
        SealedFile.Write(RecordOf(run.Remote, reference), Encoding.UTF8.GetBytes(commit));
        return commit;
    }

    /// <summary>The commit that a reference led to when its repository was last asked; or null.</summary>
    private string? FindCommit(string remote, string reference) =>
        SealedFile.Read(RecordOf(remote, reference)) is { } known ? Encoding.UTF8.GetString(known) : null;

    private string RecordOf(string remote, string reference) =>
        Path.Combine(store.Folder("git"), StoreDirectory.KeyOf($"{remote}\n{reference}") + ".commit");

    private void RequireNetwork(string remote)
    {
        if (options.Offline)
        {
            throw new NetworkNeededException($"'{GitSource.WithoutPassword(remote)}'");
        }
    }

    private static async Task CheckOutAsync(
        GitProgram run, string commit, FromRepository source, string folder, CancellationToken cancellationToken)
    {
        var reference = source.Repository.Reference ?? "HEAD";
        var temporary = $"{folder}.incomplete-{Guid.NewGuid():N}";
        Directory.CreateDirectory(temporary);
        try
        {
            await run.GitAsync(temporary, ["init", "--quiet", "--initial-branch=main"], cancellationToken);
            await run.GitAsync(temporary, ["remote", "add", "origin", "--", run.Remote], cancellationToken);
            await run.GitAsync(temporary, [
                "fetch",
                "--quiet",
                "--no-tags",
                "--no-recurse-submodules",
                "--depth=1",
                "origin",
                "--",
                IsCommit(reference) ? commit : reference,
            ], cancellationToken);
            await run.GitAsync(temporary, ["checkout", "--quiet", "--detach", commit], cancellationToken);
            if (source.Repository.Submodules && File.Exists(Path.Combine(temporary, ".gitmodules")))
            {
                await run.GitAsync(temporary, ["submodule", "--quiet", "update", "--init", "--recursive", "--depth=1"], cancellationToken);
            }

            if (!source.KeepGitDirectory)
            {
                RemoveGitDirectories(temporary);
            }

            Directory.Move(temporary, folder);
        }
        finally
        {
            if (Directory.Exists(temporary))
            {
                TreeRemover.Remove(temporary);
            }
        }
    }

    /// <summary>That of the repository, and the files of that name that point into it from each submodule.</summary>
    private static void RemoveGitDirectories(string folder)
    {
        TreeRemover.Remove(Path.Combine(folder, ".git"));
        foreach (var pointer in Directory.EnumerateFiles(
            folder, ".git", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }))
        {
            File.Delete(pointer);
        }
    }

    private static void Verify(GitSource repository, string commit, SourceLocation? location)
    {
        if (repository.Checksum is { } expected && !commit.StartsWith(expected, StringComparison.OrdinalIgnoreCase))
        {
            throw new BuildFailedException(
                AddDiagnostics.ChecksumMismatch(GitSource.WithoutPassword(repository.Remote), expected, commit, location));
        }
    }

    private static bool IsCommit(string reference) => reference.Length is 40 or 64 && reference.All(char.IsAsciiHexDigitLower);
}
