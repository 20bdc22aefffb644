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
internal sealed class GitRepositories(EngineOptions options)
{
    private const string DigestSuffix = ".digest";
    private readonly StoreDirectory store = options.Store;
    private readonly SharedWork<string, string> asked = new(remember: true);
    private readonly SourceSecrets secrets = new(new BuildSecrets(options.Commands));

    /// <summary>A folder with the files of the commit. What a reference leads to is asked once in a build.</summary>
    /// <exception cref="BuildFailedException">There is no git, the reference leads nowhere, or to another commit than the checksum says.</exception>
    public async Task<string> FetchAsync(FromRepository source, SourceLocation? location, CancellationToken cancellationToken)
    {
        var run = new GitProgram(source.Repository.Remote, secrets.ForRepository(source.Repository.Remote, location), location);
        var reference = source.Repository.Reference ?? "HEAD";
        var commit = IsCommit(reference) ? reference : await asked.DoAsync($"{run.Remote}\n{reference}", token => ResolveAsync(run, reference, token), cancellationToken);
        Verify(source.Repository, commit, location);
        options.Fetched(source, commit);
        var kept = StoreDirectory.KeyOf($"{source.Repository.Remote}\n{commit}\n{(source.KeepGitDirectory ? reference : "")}{(source.Repository.Submodules ? "\nsubmodules" : "")}");
        var folder = Path.Combine(store.Folder("git"), kept);
        store.Use.Note($"git/{kept}");
        using var held = await store.LockAsync("git-" + kept[..32], cancellationToken);
        var sealedDigest = folder + DigestSuffix;
        if (!IsWhole(folder, sealedDigest, cancellationToken))
        {
            RequireNetwork(source.Repository.Remote);
            TreeRemover.Remove(folder);
            await CheckOutAsync(run, commit, source, folder, cancellationToken);
            SealedFile.Write(sealedDigest, Encoding.ASCII.GetBytes(DigestOf(folder, cancellationToken)));
        }

        return folder;
    }

    /// <summary>What git checked out carries no checksum of its own.</summary>
    private static bool IsWhole(string folder, string sealedDigest, CancellationToken cancellationToken) =>
        Directory.Exists(folder) && SealedFile.Read(sealedDigest) is { } digest && Encoding.ASCII.GetString(digest) == DigestOf(folder, cancellationToken);

    private static string DigestOf(string folder, CancellationToken cancellationToken) =>
        ContentDigest.Of(new SourceSelection(new UnionView([folder]), filter: null).Select("/", cancellationToken), withOwners: false, cancellationToken);

    /// <summary>Offline, the commit that the reference led to when the repository was last asked.</summary>
    private async Task<string> ResolveAsync(GitProgram run, string reference, CancellationToken cancellationToken)
    {
        var record = Path.Combine(store.Folder("git"), StoreDirectory.KeyOf($"{run.Remote}\n{reference}") + ".commit");
        if (options.Offline && SealedFile.Read(record) is { } known)
        {
            return Encoding.UTF8.GetString(known);
        }

        RequireNetwork(run.Remote);
        var commit = await run.ResolveAsync(reference, cancellationToken);
        SealedFile.Write(record, Encoding.UTF8.GetBytes(commit));
        return commit;
    }

    private void RequireNetwork(string remote)
    {
        if (options.Offline)
        {
            throw new BuildFailedException(OfflineDiagnostics.NetworkNeeded($"'{GitSource.WithoutPassword(remote)}'"));
        }
    }

    private static async Task CheckOutAsync(GitProgram run, string commit, FromRepository source, string folder, CancellationToken cancellationToken)
    {
        var reference = source.Repository.Reference ?? "HEAD";
        var temporary = $"{folder}.incomplete-{Guid.NewGuid():N}";
        Directory.CreateDirectory(temporary);
        try
        {
            await run.GitAsync(temporary, ["init", "--quiet", "--initial-branch=main"], cancellationToken);
            await run.GitAsync(temporary, ["remote", "add", "origin", "--", run.Remote], cancellationToken);
            await run.GitAsync(temporary, ["fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--depth=1", "origin", "--", IsCommit(reference) ? commit : reference], cancellationToken);
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
        foreach (var pointer in Directory.EnumerateFiles(folder, ".git", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }))
        {
            File.Delete(pointer);
        }
    }

    private static void Verify(GitSource repository, string commit, SourceLocation? location)
    {
        if (repository.Checksum is { } expected && !commit.StartsWith(expected, StringComparison.OrdinalIgnoreCase))
        {
            throw new BuildFailedException(AddDiagnostics.ChecksumMismatch(GitSource.WithoutPassword(repository.Remote), expected, commit, location));
        }
    }

    private static bool IsCommit(string reference) => reference.Length is 40 or 64 && reference.All(char.IsAsciiHexDigitLower);
}
