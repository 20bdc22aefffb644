using ContainerStages.Contracts;

namespace ContainerStages.Oci;

/// <summary>References to images that are in no registry: <c>oci-layout:folder:tag</c>, <c>docker-daemon:name</c> and the like.</summary>
public sealed partial record ImageReference
{
    private const int DigestLength = 1 + 71; // @sha256: and 64 digits

    /// <summary>Where it is. For everything but a registry <see cref="Registry"/> is empty, <see cref="Repository"/> the path of a file or
    /// folder, or the whole name in an engine's store, and <see cref="Tag"/> what chooses among several images of a file.</summary>
    public Medium Medium { get; private init; } = Medium.Registry;

    /// <summary>True where a registry has it.</summary>
    public bool IsInRegistry => Medium == Medium.Registry;

    /// <summary>True where <see cref="Repository"/> is a path.</summary>
    public bool IsFile => Medium.IsPath;

    /// <summary>The folder that the file lies in, whatever links do on the way; null where the user named the file.</summary>
    public string? KeptIn { get; init; }

    /// <summary>
    /// What FROM, COPY --from and a build context may name: <c>SCHEME:PATH[:TAG][@DIGEST]</c> (also <c>SCHEME://</c>) for layouts and
    /// archives, <c>docker-daemon:NAME</c>, <c>podman:NAME</c>, else an image of a registry. A relative path starts at
    /// <paramref name="folder"/>. Null where the text is none of these.
    /// </summary>
    public static ImageReference? TryParseSource(string text, string folder = "/")
    {
        var medium = Medium.Find(text, out var rest);
        if (medium == Medium.Registry || !medium.HoldsImages)
        {
            return TryParse(text);
        }

        rest = rest.StartsWith("//", StringComparison.Ordinal) ? rest[2..] : rest;
        return !medium.IsDaemon ? ParseFile(medium, rest, folder)
            : TryParse(rest) is { } name ? new ImageReference("", name.FamiliarName, null, null) { Medium = medium }
            : null;
    }

    /// <summary>The layout in a folder of this machine, whose path may hold anything.</summary>
    public static ImageReference OfLayout(string path) => new("", path, null, null) { Medium = Medium.OciLayout };

    private static ImageReference? ParseFile(Medium medium, string text, string folder)
    {
        Digest? digest = null;
        if (text.Length > DigestLength && text[^DigestLength] == '@' && Oci.Digest.TryParse(text[^(DigestLength - 1)..], out var parsed))
        {
            (digest, text) = (parsed, text[..^DigestLength]);
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var (path, tag) = colon < 0 ? (text, null) : (text[..colon], text[(colon + 1)..]);
        return path.Length == 0 || tag is "" || path.Contains('\0', StringComparison.Ordinal)
            ? null
            : new ImageReference("", Path.GetFullPath(path, folder), tag, digest) { Medium = medium };
    }

    private string Place => $"{Medium.Scheme}:{Repository}{ColonTag}";
}
