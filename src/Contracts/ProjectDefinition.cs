namespace ContainerStages.Contracts;

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
