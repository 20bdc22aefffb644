using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Oci;
using ContainerStages.Stages;

namespace ContainerStages.Planning;

/// <summary>What has to happen for one platform: the stages that the target needs, each after those it uses.</summary>
internal sealed record BuildPlan(Platform Platform, ImmutableArray<StagePlan> Stages)
{
    /// <summary>True where the build was asked for the platform; else it is this machine's.</summary>
    public bool IsPlatformAsked { get; init; }

    /// <summary>The stage that becomes the image.</summary>
    public StagePlan Target => Stages[^1];

    /// <summary>The image that the target stands on in the end, or null for scratch.</summary>
    public ImageBase? BaseImage => Target.BaseImage;

    /// <summary>
    /// The platform that the image is said to be for: what was asked for, else that of its base, which <c>FROM --platform</c> may have
    /// chosen. As with BuildKit.
    /// </summary>
    public Platform ImagePlatform => IsPlatformAsked || BaseImage is null ? Platform : Target.Platform;
}

/// <summary>One stage with every word expanded: what it stands on, the steps that change files, and the configuration at its end.</summary>
internal sealed record StagePlan
{
    public required string Name { get; init; }

    public required PlannedBase Base { get; init; }

    /// <summary>What its programs are made for: that of the base image; on scratch that of <c>--platform</c>, else of the build.</summary>
    public required Platform Platform { get; init; }

    /// <summary>The image under this stage and those it stands on, or null for scratch.</summary>
    public ImageBase? BaseImage => Base switch
    {
        ImageBase image => image,
        StageBase other => other.Stage.BaseImage,
        _ => null,
    };

    public required ImmutableArray<PlanStep> Steps { get; init; }

    public required ContainerConfig Config { get; init; }

    /// <summary>Arguments in scope at the end, for stages that stand on this one; null where declared without a value.</summary>
    public required ImmutableDictionary<string, string?> Arguments { get; init; }

    /// <summary>Who MAINTAINER names, or null.</summary>
    public string? Author { get; init; }

    /// <summary>Entries of this stage alone, after those of its base.</summary>
    public required ImmutableArray<PlannedHistory> History { get; init; }
}

/// <summary>
/// An image as stages name it: the same name for another platform (<c>FROM --platform</c>, null for the build's own) is another image.
/// </summary>
internal sealed record NamedBase(ImageReference Reference, string? Platform);

/// <summary>What a stage stands on.</summary>
internal abstract record PlannedBase;

internal sealed record ScratchBase : PlannedBase;

/// <param name="Reference">With the digest of the manifest for the platform.</param>
internal sealed record ImageBase(ImageReference Reference, Manifest Manifest, ImageConfig Config) : PlannedBase;

internal sealed record StageBase(StagePlan Stage) : PlannedBase;

/// <summary>One history entry; <see cref="Step"/> is the index of the step that makes its layer, or null for metadata alone.</summary>
internal sealed record PlannedHistory(string CreatedBy, int? Step);

/// <summary>Something that changes files.</summary>
/// <param name="Number">Position among all instructions of the stage, from 1.</param>
/// <param name="Title">The instruction as written, on one line.</param>
internal abstract record PlanStep(int Number, string Title, SourceLocation Location)
{
    /// <summary>The files that the step takes from elsewhere.</summary>
    public virtual IEnumerable<PlannedCopy> Reads => [];
}

/// <summary>A command. <see cref="Environment"/> holds <c>NAME=value</c> of ENV and of the arguments in scope.</summary>
internal sealed record RunStep(
    int Number,
    string Title,
    SourceLocation Location,
    ImmutableArray<string> Arguments,
    ImmutableArray<string> Environment,
    string WorkingDirectory,
    string User) : PlanStep(Number, Title, Location)
{
    public ImmutableArray<PlannedMount> Mounts { get; init; } = [];

    public override IEnumerable<PlannedCopy> Reads =>
        Mounts.Select(mount => (mount as PlannedBind)?.Files ?? (mount as PlannedCache)?.Files).OfType<PlannedCopy>();

    public RunNetwork Network { get; init; }

    public bool Insecure { get; init; }

    /// <summary>
    /// What a failure means, told by the last lines of the output; null, or a null result, for nothing better than the lines.
    /// </summary>
    public Func<IReadOnlyList<string>, Diagnostic?>? Explain { get; init; }

    /// <summary>What the programs of the stage are made for.</summary>
    public required Platform Platform { get; init; }

    /// <summary><c>NAME=value</c> that the command sees and that names no result: proxies.</summary>
    public ImmutableArray<string> HiddenEnvironment { get; init; } = [];
}

/// <summary>One or several copies that make one layer.</summary>
internal sealed record CopyStep(
    int Number, string Title, SourceLocation Location, ImmutableArray<PlannedCopy> Copies) : PlanStep(Number, Title, Location)
{
    public override IEnumerable<PlannedCopy> Reads => Copies;

    /// <summary>The layer knows nothing of those below, and stays when they change.</summary>
    public bool Link { get; init; }
}

/// <summary>A folder that WORKDIR names; made when missing.</summary>
internal sealed record WorkdirStep(
    int Number, string Title, SourceLocation Location, string Path, string User) : PlanStep(Number, Title, Location);

/// <summary>One copy. The destination is absolute; a trailing slash says that it is a folder.</summary>
internal sealed record PlannedCopy(
    CopySource From, ImmutableArray<string> Sources, string Destination, string? Chown, string? Chmod, SourceLocation Location)
{
    /// <summary>For messages: COPY, ADD or RUN.</summary>
    public string Instruction { get; init; } = "COPY";

    /// <summary>True where a source that names nothing is passed over instead of ending the build.</summary>
    public bool Optional { get; init; }

    /// <summary>The sources are archives whose content is wanted: those of the context and downloaded ones.</summary>
    public bool Unpack { get; init; }

    /// <summary>Folders above what a source names, from its <c>/./</c> on, are made at the destination too.</summary>
    public bool Parents { get; init; }

    /// <summary>Patterns of what is left out, relative to what a source names.</summary>
    public ImmutableArray<string> Excludes { get; init; } = [];

    /// <summary>Content goes behind that of a file which is there already.</summary>
    public bool Append { get; init; }

    /// <summary>Only these files of what a .NET publish wrote; null for all.</summary>
    public PublishedPart? Part { get; init; }

    /// <summary>The instruction has other sources beside these, so that the destination must be a folder.</summary>
    public bool OneOfSeveral { get; init; }
}

/// <summary>Where a copy reads from.</summary>
internal abstract record CopySource
{
    /// <summary>True for the files of a stage or an image; all others are files of nobody in particular.</summary>
    public virtual bool IsOfLayers => false;
}

internal sealed record FromContext : CopySource;

internal sealed record FromStage(StagePlan Stage) : CopySource
{
    public override bool IsOfLayers => true;
}

internal sealed record FromImage(ImageBase Image) : CopySource
{
    public override bool IsOfLayers => true;
}

/// <summary>Files that another engine makes of a stage.</summary>
/// <param name="Stage">Its name for people.</param>
/// <param name="Key">Names everything that the stage is made of; null while that is not known.</param>
/// <param name="WithFiles">False: nobody here reads the files, and the key stands for them.</param>
internal sealed record FromElsewhere(string Stage, string? Key, bool WithFiles) : CopySource
{
    public override bool IsOfLayers => true;
}

/// <summary>A file that the Dockerfile itself holds.</summary>
internal sealed record FromDocument(string Name, string Content) : CopySource;

/// <summary>Files and folders that a convention writes.</summary>
internal sealed record FromFiles(ImmutableArray<InlineFile> Files) : CopySource;

/// <summary>A file of a web server. <see cref="Checksum"/>: <c>sha256:...</c>, or null.</summary>
internal sealed record FromAddress(Uri Address, string? Checksum) : CopySource
{
    /// <summary>
    /// The name in a lock file; null where the checksum is given. A query may hold a token, which no file may show: such an address has
    /// none.
    /// </summary>
    public string? LockName { get; init; }

    /// <summary>True where nothing says which content is meant, and no lock file can.</summary>
    public bool IsUnlockable => Checksum is null && LockName is null;
}

/// <summary>The files of a git repository.</summary>
internal sealed record FromRepository(GitSource Repository, bool KeepGitDirectory) : CopySource
{
    /// <summary>The name in a lock file; null where the commit is given.</summary>
    public string? LockName { get; init; }
}

/// <summary>A folder of this machine beside the build context.</summary>
internal sealed record FromFolder(string Path) : CopySource;
