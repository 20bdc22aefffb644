using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Planning;
using ContainerStages.Posix;

namespace ContainerStages.Engines;

/// <summary>
/// Checks out git repositories with the <c>git</c> program of the machine, kept by commit. It runs with an environment of its own: no
/// configuration of user or machine, no hooks, no submodules, no questions. Source: Dockerfile reference, ADD, Adding files from a Git repository.
/// </summary>
internal sealed class GitRepositories(StoreDirectory store)
{
    private const string AllowedProtocols = "http:https:git:ssh";
    private static readonly string[] Kept = ["PATH", "SSH_AUTH_SOCK", "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"];

    /// <summary>A folder with the files of the commit.</summary>
    /// <exception cref="BuildFailedException">There is no git, the reference leads nowhere, or to another commit than the checksum says.</exception>
    public async Task<string> FetchAsync(FromRepository source, PlannedCopy copy, CancellationToken cancellationToken)
    {
        var run = new Run(source.Repository, copy.Location);
        var reference = source.Repository.Reference ?? "HEAD";
        var commit = IsCommit(reference) ? reference : await run.ResolveAsync(reference, cancellationToken);
        Verify(source.Repository, commit, copy.Location);
        var kept = KeyOf($"{source.Repository.Remote}\n{commit}\n{(source.KeepGitDirectory ? reference : "")}");
        var folder = Path.Combine(store.Folder("git"), kept);
        store.Use.Note($"git/{kept}");
        using var held = await store.LockAsync("git-" + kept[..32], cancellationToken);
        if (!Directory.Exists(folder))
        {
            await CheckOutAsync(run, commit, reference, source.KeepGitDirectory, folder, cancellationToken);
        }

        return folder;
    }

    private static async Task CheckOutAsync(Run run, string commit, string reference, bool keepGitDirectory, string folder, CancellationToken cancellationToken)
    {
        var temporary = $"{folder}.incomplete-{Guid.NewGuid():N}";
        Directory.CreateDirectory(temporary);
        try
        {
            await run.GitAsync(temporary, ["init", "--quiet", "--initial-branch=main"], cancellationToken);
            await run.GitAsync(temporary, ["remote", "add", "origin", "--", run.Remote], cancellationToken);
            await run.GitAsync(temporary, ["fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--depth=1", "origin", "--", IsCommit(reference) ? commit : reference], cancellationToken);
            await run.GitAsync(temporary, ["checkout", "--quiet", "--detach", commit], cancellationToken);
            if (!keepGitDirectory)
            {
                TreeRemover.Remove(Path.Combine(temporary, ".git"));
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

    private static void Verify(GitSource repository, string commit, SourceLocation location)
    {
        if (repository.Checksum is { } expected && !commit.StartsWith(expected, StringComparison.OrdinalIgnoreCase))
        {
            throw new BuildFailedException(AddDiagnostics.ChecksumMismatch(repository.Remote, expected, commit, location));
        }
    }

    private static bool IsCommit(string reference) => reference.Length is 40 or 64 && reference.All(char.IsAsciiHexDigitLower);

    private static string KeyOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>Calls of the program for one repository.</summary>
    private sealed class Run(GitSource repository, SourceLocation location)
    {
        public string Remote => repository.Remote;

        /// <summary>The commit that a branch, a tag or HEAD names; annotated tags lead to theirs.</summary>
        public async Task<string> ResolveAsync(string reference, CancellationToken cancellationToken)
        {
            if (reference.StartsWith('-'))
            {
                throw Failed($"'{reference}' is no reference.");
            }

            var listed = await GitAsync("/", ["ls-remote", "--", Remote, reference, reference + "^{}"], cancellationToken);
            var found = listed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).Where(pair => pair.Length == 2).ToDictionary(pair => pair[1], pair => pair[0], StringComparer.Ordinal);
            string[] candidates = [reference, $"refs/heads/{reference}", $"refs/tags/{reference}^{{}}", $"refs/tags/{reference}"];
            return candidates.Select(name => found.GetValueOrDefault(name)).FirstOrDefault(commit => commit is not null)
                ?? throw Failed($"it has no branch or tag '{reference}'.");
        }

        public async Task<string> GitAsync(string folder, string[] arguments, CancellationToken cancellationToken)
        {
            string[] settings = ["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "core.symlinks=true", "-c", "core.autocrlf=false", "-c", "advice.detachedHead=false", "-c", "protocol.ext.allow=never"];
            using var process = Start(folder, [.. settings, .. arguments]);
            await using var stop = cancellationToken.Register(() => process.Kill(entireProcessTree: true));
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            var error = await process.StandardError.ReadToEndAsync(CancellationToken.None);
            await process.WaitForExitAsync(CancellationToken.None);
            cancellationToken.ThrowIfCancellationRequested();
            return process.ExitCode == 0 ? await output : throw Failed(error.Trim() is { Length: > 0 } said ? said : $"exit code {process.ExitCode}.");
        }

        private Process Start(string folder, string[] arguments)
        {
            var start = new ProcessStartInfo("git", arguments)
            {
                WorkingDirectory = folder,
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            Clean(start.Environment);
            try
            {
                return Process.Start(start)!;
            }
            catch (Win32Exception missing)
            {
                throw new BuildFailedException(AddDiagnostics.GitMissing(Remote, location), missing);
            }
        }

        private static void Clean(IDictionary<string, string?> environment)
        {
            var kept = environment.Where(variable => Kept.Contains(variable.Key)).ToArray();
            environment.Clear();
            foreach (var (name, value) in kept)
            {
                environment[name] = value;
            }

            environment["HOME"] = "/nonexistent";
            environment["LC_ALL"] = "C";
            environment["GIT_CONFIG_NOSYSTEM"] = "1";
            environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
            environment["GIT_TERMINAL_PROMPT"] = "0";
            environment["GIT_ALLOW_PROTOCOL"] = AllowedProtocols;
            environment["GIT_TEMPLATE_DIR"] = "/nonexistent";
            environment["GIT_SSH_COMMAND"] = "ssh -F none -o BatchMode=yes -o StrictHostKeyChecking=yes";
        }

        private BuildFailedException Failed(string reason) => new(AddDiagnostics.GitFailed(Remote, reason, location));
    }
}
