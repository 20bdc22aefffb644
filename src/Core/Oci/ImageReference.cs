using System.Text.RegularExpressions;

namespace ContainerStages.Oci;

/// <summary>
/// A normalised image name: <c>alpine</c> is <c>docker.io/library/alpine:latest</c>. With a digest, the tag is only for people.
/// Source: distribution-spec, Pulling manifests; Docker's reference grammar.
/// </summary>
public sealed partial record ImageReference
{
    private ImageReference(string registry, string repository, string? tag, Digest? digest) =>
        (Registry, Repository, Tag, Digest) = (registry, repository, tag, digest);

    /// <summary>Host and port (<c>docker.io</c>, <c>localhost:5000</c>).</summary>
    public string Registry { get; }

    public string Repository { get; }

    public string? Tag { get; }

    public Digest? Digest { get; }

    /// <summary>What a registry is asked for: the digest where there is one, else the tag.</summary>
    public string Selector => Digest?.ToString() ?? Tag!;

    /// <summary>The short form that people write: without <c>docker.io/</c> and <c>library/</c>.</summary>
    public string FamiliarName => FamiliarTag + AtDigest;

    /// <summary>The same without a digest.</summary>
    public string FamiliarTag =>
        !IsInRegistry ? Place
        : Registry != "docker.io" ? $"{Registry}/{Repository}{ColonTag}"
        : Repository.StartsWith("library/", StringComparison.Ordinal) ? Repository["library/".Length..] + ColonTag
        : Repository + ColonTag;

    private string ColonTag => Tag is null ? "" : ":" + Tag;

    private string AtDigest => Digest is { } digest ? "@" + digest : "";

    public static ImageReference? TryParse(string text)
    {
        var match = Grammar().Match(text);
        if (!match.Success)
        {
            return null;
        }

        Digest? digest = null;
        if (match.Groups["digest"] is { Success: true } found)
        {
            if (!Oci.Digest.TryParse(found.Value, out var parsed))
            {
                return null;
            }

            digest = parsed;
        }

        var (registry, repository) = SplitRegistry(match.Groups["name"].Value);
        if (!RepositoryGrammar().IsMatch(repository))
        {
            return null;
        }

        var tag = match.Groups["tag"] is { Success: true } given ? given.Value : digest is null ? "latest" : null;
        return new ImageReference(registry, repository, tag, digest);
    }

    /// <exception cref="FormatException">The text is no image reference.</exception>
    public static ImageReference Parse(string text) =>
        TryParse(text)
            ?? throw new FormatException(
                $"'{text[(text.LastIndexOf('@') + 1)..]}' is not an image reference ([registry/]repository[:tag][@digest], lower case).");

    public ImageReference WithTag(string tag) => new(Registry, Repository, tag, null) { Medium = Medium };

    public ImageReference WithDigest(Digest digest) => new(Registry, Repository, Tag, digest) { Medium = Medium };

    public override string ToString() => (IsInRegistry ? $"{Registry}/{Repository}{ColonTag}" : Place) + AtDigest;

    private static (string Registry, string Repository) SplitRegistry(string name)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        var first = slash < 0 ? "" : name[..slash];
        if (first.Contains('.', StringComparison.Ordinal) || first.Contains(':', StringComparison.Ordinal) || first == "localhost")
        {
            var registry = first is "index.docker.io" or "registry-1.docker.io" ? "docker.io" : first;
            var rest = name[(slash + 1)..];
            return (registry, registry == "docker.io" && !rest.Contains('/', StringComparison.Ordinal) ? "library/" + rest : rest);
        }

        return ("docker.io", slash < 0 ? "library/" + name : name);
    }

    [GeneratedRegex(
        @"^(?<name>(?:(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+)(?::[0-9]+)?/)?[a-z0-9._/-]+)" +
        @"(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(?<digest>.+))?$",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Grammar();

    [GeneratedRegex(
        @"^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex RepositoryGrammar();
}
