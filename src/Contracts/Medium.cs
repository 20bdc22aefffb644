namespace ContainerStages.Contracts;

/// <summary>The media by name, for code that does something else for each.</summary>
public enum MediumKind
{
    Registry,
    OciArchive,
    DockerArchive,
    Docker,
    Podman,
    OciLayout,
    Folder,
    Tar,
}

/// <summary>
/// Something that holds images: where they come from (FROM, COPY --from, contexts) and where they go (destinations, <c>--output</c>). This
/// is the one table of them, with what each is called and what it can.
/// </summary>
public sealed class Medium
{
    private const string LayoutToOthers = "oci";

    private Medium(MediumKind kind, string scheme, params string[] outputTypes) =>
        (Kind, Scheme, OutputTypes) = (kind, scheme, outputTypes);

    public static Medium Registry { get; } =
        new(MediumKind.Registry, "docker-image", "image", "registry") { HoldsImages = true, HoldsIndex = true };

    /// <summary>An OCI layout in one tar.</summary>
    public static Medium OciArchive { get; } =
        new(MediumKind.OciArchive, "oci-archive", "oci") { HoldsImages = true, HoldsIndex = true, IsPath = true, IsStream = true };

    /// <summary>What <c>docker save</c> writes. Source: Docker image specification 1.2.</summary>
    public static Medium DockerArchive { get; } =
        new(MediumKind.DockerArchive, "docker-archive", "docker") { HoldsImages = true, IsPath = true, IsStream = true };

    /// <summary>The images of the Docker engine on this machine.</summary>
    public static Medium Docker { get; } = new(MediumKind.Docker, "docker-daemon") { HoldsImages = true, IsDaemon = true };

    /// <summary>The images of podman on this machine.</summary>
    public static Medium Podman { get; } =
        new(MediumKind.Podman, "podman", "podman") { HoldsImages = true, IsDaemon = true, OtherScheme = "containers-storage" };

    /// <summary>A folder that is an OCI layout. Source: image-spec, image-layout.md.</summary>
    public static Medium OciLayout { get; } = new(MediumKind.OciLayout, "oci-layout", "oci-layout")
    {
        HoldsImages = true, HoldsIndex = true, IsPath = true, OtherScheme = LayoutToOthers,
    };

    /// <summary>The files of an image in a folder.</summary>
    public static Medium Folder { get; } = new(MediumKind.Folder, "local", "local") { HoldsIndex = true, IsPath = true };

    /// <summary>The files of an image as one tar.</summary>
    public static Medium Tar { get; } = new(MediumKind.Tar, "tar", "tar") { HoldsIndex = true, IsPath = true, IsStream = true };

    public static IReadOnlyList<Medium> All { get; } = [Registry, OciArchive, DockerArchive, Docker, Podman, OciLayout, Folder, Tar];

    public MediumKind Kind { get; }

    /// <summary>
    /// Stands before a path or name, with a colon. Names of images in registries have none, except that a context is
    /// <c>docker-image://NAME</c>.
    /// </summary>
    public string Scheme { get; }

    /// <summary>What other tools call it, which is understood too.</summary>
    public string? OtherScheme { get; private init; }

    /// <summary>The values of <c>type=</c> that write it. Of <c>docker</c> and <c>oci</c> the other fields decide.</summary>
    public IReadOnlyList<string> OutputTypes { get; }

    /// <summary>False where only the files of an image are kept: no stage can begin with it.</summary>
    public bool HoldsImages { get; private init; }

    /// <summary>True where an image for several platforms fits in.</summary>
    public bool HoldsIndex { get; private init; }

    /// <summary>True where it is a file or a folder.</summary>
    public bool IsPath { get; private init; }

    /// <summary>True where it is written from its beginning to its end, so that it can go to standard output.</summary>
    public bool IsStream { get; private init; }

    /// <summary>True where it is the image store of an engine on this machine.</summary>
    public bool IsDaemon { get; private init; }

    /// <exception cref="FormatException">No medium is called so.</exception>
    public static Medium OfScheme(string scheme) =>
        All.FirstOrDefault(medium => medium.Scheme == scheme) ?? throw new FormatException($"There is no medium '{scheme}'.");

    /// <summary>The medium whose scheme a text begins with; a name without one is an image of a registry.</summary>
    /// <param name="rest">What follows the scheme and its colon.</param>
    public static Medium Find(string text, out string rest)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var scheme = colon < 0 ? "" : text[..colon];
        var after = text[(colon + 1)..];
        var found = All.FirstOrDefault(medium => medium != Registry && (medium.Scheme == scheme || medium.OtherScheme == scheme));

        // 'oci:1.0' is an image of that name with a tag, and 'oci:5000/app' one in a registry.
        var isName = found is null || (scheme == LayoutToOthers && !(after.StartsWith('/') || after.StartsWith('.')));
        rest = isName ? text : after;
        return isName ? Registry : found!;
    }

    /// <summary>Its scheme.</summary>
    public override string ToString() => Scheme;
}
