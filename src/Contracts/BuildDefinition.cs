using System.Text.Json.Serialization;

namespace ContainerStages.Contracts;

/// <summary>
/// Everything one build needs, as one JSON document on the engine program's standard input. Exactly one of <see cref="Dockerfile"/>,
/// <see cref="Project"/> names what to build. Paths are absolute.
/// </summary>
public sealed record BuildDefinition
{
    /// <summary>Path of the Dockerfile, or null. <c>-</c>: standard input. Relative: inside a context that is no folder.</summary>
    public string? Dockerfile { get; init; }

    /// <summary>Stages written in a project file, or by convention when it names none; null when a Dockerfile is built.</summary>
    public ProjectDefinition? Project { get; init; }

    /// <summary>
    /// Folder that COPY reads from; or a tar archive, <c>-</c> for one on standard input, or the http, https or git address of an archive
    /// or repository.
    /// </summary>
    public required string ContextDirectory { get; init; }

    /// <summary>Files that the build itself is writing, such as the one that its standard output goes to; no context shows them.</summary>
    public IReadOnlyList<string> OwnOutput { get; init; } = [];

    [JsonIgnore]
    public BuildGoal Goal { get; init; }

    // Enumerations travel as numbers: their converters are generic over each, and would be compiled anew in every build process.
    [JsonInclude, JsonPropertyName("goal")]
    internal int GoalNumber { get => (int)Goal; init => Goal = (BuildGoal)value; }

    /// <summary>File that holds the digests of everything that is fetched; null for none.</summary>
    public string? LockFile { get; init; }

    /// <summary>True: the build fails where the lock file lacks something, and never changes it.</summary>
    public bool Locked { get; init; }

    /// <summary>Where <see cref="BuildGoal.Export"/> writes; no build sees a file that it wrote. Null for nowhere.</summary>
    public ExportedDockerfile? Export { get; init; }

    /// <summary>True: no network; what the store lacks ends the build.</summary>
    public bool Offline { get; init; }

    /// <summary>Name of the stage to build; null for the last.</summary>
    public string? Target { get; init; }

    /// <summary><c>os/architecture[/variant]</c>, one image each; several become one index. Empty for the machine's own.</summary>
    public IReadOnlyList<string> Platforms { get; init; } = [];

    /// <summary>
    /// What stands behind a tag, after <c>-</c>, for the image of each of <see cref="Platforms"/> alone (<c>latest-linux-arm64</c>); empty
    /// for no such tags.
    /// </summary>
    public IReadOnlyList<string> PlatformTags { get; init; } = [];

    public IReadOnlyDictionary<string, string> BuildArgs { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// Named contexts: a folder (absolute path), the http, https or git address of an archive or repository, <c>docker-image://NAME</c>, <c>target:STAGE</c>, or a layout,
    /// archive or engine (<c>oci-layout:FOLDER</c>); they win over stages and images of their name.
    /// </summary>
    public IReadOnlyDictionary<string, string> BuildContexts { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>For the manifest.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>For the index of an image for several platforms.</summary>
    public IReadOnlyDictionary<string, string> IndexAnnotations { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>For the entry of the manifest in an index, also that of a layout.</summary>
    public IReadOnlyDictionary<string, string> DescriptorAnnotations { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// True: the label <c>org.opencontainers.image.base.digest</c> names the manifest that the image stands on; scratch has none.
    /// </summary>
    public bool BaseDigestLabel { get; init; }

    /// <summary>Names the image gets in the embedded store (<c>example:latest</c>).</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    public IReadOnlyList<Destination> Destinations { get; init; } = [];

    /// <summary>Store folder; null for the user's own.</summary>
    public string? Store { get; init; }

    public bool NoCache { get; init; }

    /// <summary>Names of stages whose steps are all run again.</summary>
    public IReadOnlyList<string> NoCacheFilter { get; init; } = [];

    /// <summary>Secrets by id, for RUN --mount=type=secret. Their values are in no document, only where they are found.</summary>
    public IReadOnlyDictionary<string, SecretSource> Secrets { get; init; } = new Dictionary<string, SecretSource>(StringComparer.Ordinal);

    /// <summary>By id, for RUN --mount=type=ssh: the socket of an agent, or private key files.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Ssh { get; init; } = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);

    /// <summary>What commands may do beyond the ordinary: <c>security.insecure</c>, <c>network.host</c>.</summary>
    public IReadOnlyList<string> Allow { get; init; } = [];

    /// <summary>False: RUN has no network unless it says --network=host.</summary>
    public bool Network { get; init; } = true;

    /// <summary>True: set-user-id programs and capabilities of files have no effect in commands.</summary>
    public bool NoNewPrivileges { get; init; }

    /// <summary>How many commands run at the same time, 1 or more; null for the engine's default.</summary>
    public int? MaxParallelism { get; init; }

    /// <summary>Further lines of /etc/hosts in commands.</summary>
    public IReadOnlyList<ExtraHost> AddHosts { get; init; } = [];

    /// <summary>Size of /dev/shm in commands, in bytes; null for 64 MiB.</summary>
    public long? ShmSize { get; init; }

    /// <summary>Limits of commands.</summary>
    public IReadOnlyList<ResourceLimit> Ulimits { get; init; } = [];

    /// <summary>Ask the registry for the current digest of every named image, also where the store knows one.</summary>
    public bool Pull { get; init; }

    /// <summary>Seconds since 1970 for every time in layers and configuration; null for 0.</summary>
    public long? SourceDateEpoch { get; init; }

    [JsonIgnore]
    public ImageFormat Format { get; init; } = ImageFormat.Oci;

    [JsonInclude, JsonPropertyName("format")]
    internal int FormatNumber { get => (int)Format; init => Format = (ImageFormat)value; }

    /// <summary>True: Docker's format all the same where every base image is in it, as the .NET SDK's container publishing does.</summary>
    public bool FormatOfBase { get; init; }

    /// <summary>Of layers made here; those of base images stay as they are.</summary>
    [JsonIgnore]
    public LayerCompression Compression { get; init; }

    [JsonInclude, JsonPropertyName("compression")]
    internal int CompressionNumber { get => (int)Compression; init => Compression = (LayerCompression)value; }

    /// <summary>0 to 9 for gzip, 1 to 22 for zstd; null for 6 and 3.</summary>
    public int? CompressionLevel { get; init; }

    /// <summary>
    /// JSON result file of the previous build of the same project: when it names the same digest and destinations, nothing is published.
    /// </summary>
    public string? ResultFile { get; init; }

    /// <summary>Registry mirrors beside those of containers-registries.conf.</summary>
    public IReadOnlyList<RegistryMirror> Mirrors { get; init; } = [];
}

/// <summary>What is done with a definition.</summary>
public enum BuildGoal
{
    /// <summary>Build the image and publish it.</summary>
    Publish,

    /// <summary>Fetch everything that the build reads, so that it can be done offline.</summary>
    Restore,

    /// <summary>Write what the lock file lacks.</summary>
    Lock,

    /// <summary>Ask anew for everything that the lock file holds.</summary>
    UpdateLock,

    /// <summary>Tell what a build would do.</summary>
    Plan,

    /// <summary>Write the stages as a Dockerfile.</summary>
    Export,

    /// <summary>Find what the build checks say.</summary>
    Check,
}

/// <summary>A Dockerfile that is written, by its path, and beside it <c>NAME.dockerignore</c>.</summary>
/// <param name="File">Absolute path.</param>
/// <param name="Overwrite">True: also in place of files that somebody else wrote or changed.</param>
public sealed record ExportedDockerfile(string File, bool Overwrite);

/// <summary>Where a secret is: a file by absolute path, or an environment variable of the build. Exactly one is set.</summary>
public sealed record SecretSource
{
    public string? File { get; init; }

    public string? EnvironmentVariable { get; init; }
}

/// <summary>A line of /etc/hosts.</summary>
public sealed record ExtraHost(string Name, string Address);

/// <summary>A limit by its name in setrlimit(2), in lower case without RLIMIT_ (<c>nofile</c>); -1 is none.</summary>
public sealed record ResourceLimit(string Name, long Soft, long Hard);

/// <summary>Media types of manifest and configuration.</summary>
public enum ImageFormat
{
    Oci,
    Docker,
}

/// <summary>How the tar of a layer is compressed.</summary>
public enum LayerCompression
{
    Gzip,
    Zstd,
    None,
}

/// <summary>Pulls from registry <see cref="Location"/> try <see cref="Mirror"/> first.</summary>
public sealed record RegistryMirror(string Location, string Mirror, bool Insecure);

/// <summary>What a project file says. With no stage and no artifact the conventions of the project's kind apply.</summary>
public sealed record ProjectDefinition
{
    /// <summary>Path of the project file, for messages.</summary>
    public required string File { get; init; }

    public IReadOnlyList<ProjectStage> Stages { get; init; } = [];

    public IReadOnlyList<ProjectArtifact> Artifacts { get; init; } = [];

    /// <summary><c>ContainerBaseImage</c>; null for the convention's base (scratch).</summary>
    public string? BaseImage { get; init; }

    /// <summary>Settings of a Go module, when the folder holds a go.mod; null otherwise.</summary>
    public GoModule? Go { get; init; }

    /// <summary>A .NET application that is built by convention; null otherwise.</summary>
    public DotNetApplication? DotNet { get; init; }

    /// <summary>What commands get from this machine beside the build's own secrets.</summary>
    public MachineAccess Access { get; init; } = new();

    public required ProjectImageConfig Config { get; init; }

    public KitSettings Kit { get; init; } = new();
}

/// <summary>A file with certificates in PEM form. They are public: they end in the image.</summary>
public sealed record CertificateFile(string Path, string Text);

/// <summary>
/// Parts that an image on scratch is given. Null: as the convention has it; where a part is there by default and its source has none, it is
/// left out.
/// </summary>
public sealed record KitSettings
{
    /// <summary>The whole kit.</summary>
    public bool? Enabled { get; init; }

    public bool? Certificates { get; init; }

    public bool? TimeZones { get; init; }

    /// <summary>/etc/passwd and /etc/group with root and nonroot.</summary>
    public bool? Users { get; init; }

    public bool? TemporaryFolder { get; init; }

    /// <summary>Certificates that are added to the authorities of the image, also where its base is not scratch.</summary>
    public IReadOnlyList<CertificateFile> OwnCertificates { get; init; } = [];

    /// <summary>True where the project asks for anything.</summary>
    public bool IsAsked => Enabled == true || OwnCertificates.Count > 0;
}

/// <summary>A <c>ContainerStage</c> item. <see cref="Line"/> is where its steps begin in the project file; 0 where unknown.</summary>
public sealed record ProjectStage(string Name, string? From, string? Platform, string Steps, string File, int Line);

/// <summary>A <c>ContainerStageArtifact</c> item. <see cref="From"/> null: the last stage named.</summary>
public sealed record ProjectArtifact(string Source, string? From, string Destination, string? Chmod, string? Chown, string File, int Line);

/// <summary>What the Go properties of a project say; null for the default.</summary>
public sealed record GoModule
{
    /// <summary>Folder that holds go.mod.</summary>
    public required string Directory { get; init; }

    /// <summary>The package, or several divided by semicolons: one program each, of which the image starts the first.</summary>
    public string Package { get; init; } = ".";

    /// <summary>Version of the builder image; null for the one that go.mod names.</summary>
    public string? Version { get; init; }

    /// <summary>The builder image; null for that of Go in the version.</summary>
    public string? BuilderImage { get; init; }

    public string? BuildFlags { get; init; }

    public string? LdFlags { get; init; }

    public bool CgoEnabled { get; init; }

    /// <summary>Name of the program in the image; null for the last element of package or module path.</summary>
    public string? ProgramName { get; init; }
}
