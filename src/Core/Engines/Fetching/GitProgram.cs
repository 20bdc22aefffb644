using System.Diagnostics;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Planning;
using ContainerStages.Posix;

namespace ContainerStages.Engines;

/// <summary>
/// Calls of the <c>git</c> program for one repository. A credential is in its environment, where no other user sees it, for the
/// repository's own server; then redirects are refused, because git would take the credential along.
/// </summary>
internal sealed class GitProgram(string remote, string? authorization, SourceLocation? location)
{
    private const string AllowedProtocols = "http:https:git:ssh";
    private static readonly string[] Kept =
        ["PATH", "SSH_AUTH_SOCK", "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"];

    public string Remote => remote;

    /// <summary>The commit that a branch, a tag or HEAD names; annotated tags lead to theirs.</summary>
    public async Task<string> ResolveAsync(string reference, CancellationToken cancellationToken)
    {
        if (reference.StartsWith('-'))
        {
            throw Failed($"'{reference}' is no reference.");
        }

        var listed = await GitAsync("/", ["ls-remote", "--", Remote, reference, reference + "^{}"], cancellationToken);
        var found = listed.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('\t'))
            .Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[1], pair => pair[0], StringComparer.Ordinal);
        string[] candidates =
            [reference + "^{}", reference, $"refs/heads/{reference}", $"refs/tags/{reference}^{{}}", $"refs/tags/{reference}"];
        return candidates.Select(name => found.GetValueOrDefault(name)).FirstOrDefault(commit => commit is not null)
            ?? throw Failed($"it has no branch or tag '{reference}'.");
    }

    public async Task<string> GitAsync(string folder, string[] arguments, CancellationToken cancellationToken)
    {
        string[] settings =
        [
            "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "core.symlinks=true", "-c", "core.autocrlf=false", "-c",
            "advice.detachedHead=false", "-c", "protocol.ext.allow=never",
        ];
        var start = new ProcessStartInfo("git", [.. settings, .. arguments]) { WorkingDirectory = folder };
        Clean(start.Environment);
        var (exit, output, error) = await HostProgram.RunAsync(start, cancellationToken)
            ?? throw new BuildFailedException(AddDiagnostics.GitMissing(GitSource.WithoutPassword(Remote), location));
        return exit == 0 ? output : throw Failed(error.Trim() is { Length: > 0 } said ? said : $"exit code {exit}.");
    }

    private void Clean(IDictionary<string, string?> environment)
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
        if (authorization is not null && SourceSecrets.ServerOf(Remote) is { } server)
        {
            var scope = $"http.{server.GetLeftPart(UriPartial.Authority)}/";
            environment["GIT_CONFIG_COUNT"] = "2";
            environment["GIT_CONFIG_KEY_0"] = scope + ".extraHeader";
            environment["GIT_CONFIG_VALUE_0"] = "Authorization: " + authorization;
            environment["GIT_CONFIG_KEY_1"] = scope + ".followRedirects";
            environment["GIT_CONFIG_VALUE_1"] = "false";
        }
    }

    private BuildFailedException Failed(string reason) =>
        new(AddDiagnostics.GitFailed(
            GitSource.WithoutPassword(Remote),
            reason.Replace(Remote, GitSource.WithoutPassword(Remote), StringComparison.Ordinal),
            location));
}
