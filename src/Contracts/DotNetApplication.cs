namespace ContainerStages.Contracts;

/// <summary>A project of the .NET SDK whose stages the engine makes. Paths of the context are relative to it, with slashes.</summary>
public sealed record DotNetApplication
{
    /// <summary>The project file in the context, or the source file of an application that is one file.</summary>
    public required string Project { get; init; }

    /// <summary>Name of the program and of its <c>.deps.json</c>.</summary>
    public required string AssemblyName { get; init; }

    /// <summary>Version of the target framework (<c>10.0</c>).</summary>
    public required string Framework { get; init; }

    /// <summary>True for images with musl as C library (Alpine), false for glibc; the processor is that of the build's platform.</summary>
    public bool Musl { get; init; }

    /// <summary>True where native code is compiled: the builder needs a linker.</summary>
    public bool NativeAot { get; init; }

    /// <summary>Image of the builder; null for the .NET SDK's of <see cref="Framework"/>.</summary>
    public string? BuilderImage { get; init; }

    /// <summary>Folder on this machine that <c>dotnet publish</c> has filled; null where a builder stage publishes.</summary>
    public string? PublishDirectory { get; init; }

    /// <summary>The folder of each platform, where it was published for each by itself.</summary>
    public IReadOnlyDictionary<string, string> PlatformDirectories { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Files of the context that the restore reads, and nothing else does it read.</summary>
    public IReadOnlyList<string> RestoreFiles { get; init; } = [];

    /// <summary>Files and folders of the context that the compilation reads.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>Rules of the ignore file that stand before the context's own.</summary>
    public IReadOnlyList<string> IgnoreRules { get; init; } = [];

    /// <summary>Files that are written into the builder: absolute path, text.</summary>
    public IReadOnlyList<WrittenFile> Files { get; init; } = [];

    /// <summary>Global properties of the publish.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Further ones of the publish that the restore does not get: what changes with every commit restores nothing.</summary>
    public IReadOnlyDictionary<string, string> PublishProperties { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Names the commit, branch and tags of the repository that the publish sees; null where it sees none.</summary>
    public string? GitState { get; init; }

    /// <summary>
    /// Where the restore writes <c>project.assets.json</c>, in the context; for an application that is one file, nothing: its place is the
    /// builder's to choose.
    /// </summary>
    public required string AssetsFile { get; init; }
}

/// <summary>A text file by its absolute path in the builder.</summary>
public sealed record WrittenFile(string Path, string Text);

/// <summary>
/// What the commands of a project's stages get from this machine: certificates, credentials, folders. Nothing of it ends up in a layer, and
/// nothing of it names a step's result.
/// </summary>
public sealed record MachineAccess
{
    public IReadOnlyList<MachineFile> Files { get; init; } = [];

    public IReadOnlyList<MachineSecret> Secrets { get; init; } = [];
}

/// <summary>A file or folder of this machine that commands see, read-only, at <see cref="Target"/>.</summary>
public sealed record MachineFile(string Source, string Target);

/// <summary>
/// A value that stands in an environment variable of the engine program. Commands see it in the file <see cref="Target"/> or in the
/// variable <see cref="Variable"/>, or not at all; where <see cref="Masked"/>, no output shows it.
/// </summary>
public sealed record MachineSecret(string EngineVariable, string? Target, string? Variable, bool Masked = true);
