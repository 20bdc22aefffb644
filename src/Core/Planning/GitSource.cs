using System.Text.RegularExpressions;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Planning;

/// <summary>
/// A git repository as ADD and the command line name it: <c>ADDRESS.git[#ref[:folder]]</c> or, for the parts, a query
/// (<c>?ref=...&amp;subdir=...</c>). Source: Dockerfile reference, ADD, Adding files from a Git repository; BuildKit, util/gitutil.
/// </summary>
public sealed partial record GitSource(string Remote)
{
    /// <summary>Branch, tag or commit; null for what the repository's HEAD names.</summary>
    public string? Reference { get; init; }

    /// <summary>Folder of the repository that is wanted, without a leading slash; <c>.</c> for all.</summary>
    public string Folder { get; init; } = ".";

    /// <summary>The commit, or its first digits, that the reference must lead to; null where anything will do.</summary>
    public string? Checksum { get; init; }

    public bool KeepGitDirectory { get; init; }

    /// <summary>True where the reference is a commit by its full name, which always has the same files.</summary>
    public bool NamesCommit => Commit().IsMatch(Reference ?? "");

    /// <summary>The name in a lock file; null where commit or checksum are given and nothing is left to lock.</summary>
    public string? LockName => Checksum is not null || NamesCommit ? null : $"{WithoutCredentials(Remote)}#{Reference ?? "HEAD"}";

    /// <summary>The address without user and password, fit for files and messages.</summary>
    public static string WithoutCredentials(string remote) => Credentials().Replace(remote, "");

    /// <summary>Whether the repositories that this one names as its submodules are fetched too.</summary>
    public bool Submodules { get; init; } = true;

    /// <summary>Null where the text names no repository.</summary>
    /// <param name="checksum">Value of --checksum; wins over the query's.</param>
    /// <exception cref="BuildFailedException">The query has a key that means nothing, or contradicts itself.</exception>
    public static GitSource? TryParse(string text, string? checksum = null, SourceLocation? location = null)
    {
        var hash = text.IndexOf('#', StringComparison.Ordinal);
        var (address, fragment) = hash < 0 ? (text, "") : (text[..hash], text[(hash + 1)..]);
        var mark = address.IndexOf('?', StringComparison.Ordinal);
        var (remote, query) = mark < 0 ? (address, "") : (address[..mark], address[(mark + 1)..]);
        if (!IsRemote(remote))
        {
            return null;
        }

        var parts = fragment.Split(':', 2);
        var asked = new GitQuery(
            query, problem => new BuildFailedException(ContextDiagnostics.BadGitQuery(WithoutPassword(remote), problem, location)));
        var expected = checksum ?? asked.Checksum;
        return new GitSource(remote)
        {
            Reference = asked.Reference(NotEmpty(parts[0])) ?? (asked.Checksum?.Length is 40 or 64 ? asked.Checksum : null),
            Folder = asked.Folder(NotEmpty(parts.ElementAtOrDefault(1)))?.TrimStart('/') is { Length: > 0 } folder ? folder : ".",
            Checksum = expected,
            KeepGitDirectory = asked.KeepGitDirectory,
            Submodules = asked.Submodules,
        };
    }

    /// <summary>An address as messages may show it.</summary>
    public static string WithoutPassword(string address) => Password().Replace(address, "${before}***@");

    private static bool IsRemote(string remote) =>
        Scheme().Match(remote) is { Success: true } match
            ? match.Groups["scheme"].Value is "git" or "ssh"
                || (match.Groups["scheme"].Value is "http" or "https" && remote.EndsWith(".git", StringComparison.Ordinal))
            : SecureShell().IsMatch(remote);

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    [GeneratedRegex("^(?<scheme>[a-z]+)://.", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Scheme();

    [GeneratedRegex("(?<=^[a-zA-Z]+://)[^/@]*@", RegexOptions.None, 1000)]
    private static partial Regex Credentials();

    [GeneratedRegex("^([0-9a-f]{40}|[0-9a-f]{64})$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Commit();

    [GeneratedRegex("^(?<before>[a-z]+://[^/:@]*:)[^/@]*@", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Password();

    /// <summary><c>user@host:path</c>, as scp has it.</summary>
    [GeneratedRegex("^[a-zA-Z0-9_][a-zA-Z0-9_.-]*@[a-zA-Z0-9][a-zA-Z0-9.-]*:[^-]", RegexOptions.None, 1000)]
    private static partial Regex SecureShell();
}
