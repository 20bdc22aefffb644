using System.Collections.Immutable;
using ContainerStages.Contracts;

namespace ContainerStages.Stages;

/// <summary>
/// One Dockerfile instruction, checked for form but with its words not yet expanded: values of ARG and ENV are known only when the
/// stage's base is. Source: Dockerfile reference.
/// </summary>
/// <param name="Location">Where the user wrote it.</param>
/// <param name="Text">The instruction as one line, for history and progress (<c>RUN go build</c>).</param>
public abstract record Instruction(SourceLocation Location, string Text);

/// <summary>
/// A <c>NAME=value</c> as written, both sides still to be expanded; <see cref="Value"/> null where none was given (<c>ARG NAME</c>).
/// </summary>
internal sealed record NameValue(string Name, string? Value);

/// <summary>Shell form (one text for the stage's shell) or exec form (a list of words).</summary>
internal abstract record CommandLine;

internal sealed record ShellForm(string Text) : CommandLine;

internal sealed record ExecForm(ImmutableArray<string> Arguments) : CommandLine;

/// <summary>
/// RUN with here-documents: the line with its <c>&lt;&lt;WORD</c> marks, and the documents in order. Source: Dockerfile reference,
/// Here-Documents.
/// </summary>
internal sealed record HeredocForm(string Text, ImmutableArray<HereDocument> Documents) : CommandLine;

/// <summary>
/// A here-document. <see cref="Expand"/> is false where its word was quoted; tabs are removed already where it began with <c>&lt;&lt;-</c>.
/// </summary>
internal sealed record HereDocument(string Name, string Content, bool Expand, SourceLocation Location);

internal sealed record ArgInstruction(SourceLocation Location, string Text, ImmutableArray<NameValue> Arguments)
    : Instruction(Location, Text);

internal sealed record EnvInstruction(SourceLocation Location, string Text, ImmutableArray<NameValue> Variables)
    : Instruction(Location, Text);

internal sealed record LabelInstruction(
    SourceLocation Location, string Text, ImmutableArray<NameValue> Labels) : Instruction(Location, Text);

internal sealed record WorkdirInstruction(SourceLocation Location, string Text, string Path) : Instruction(Location, Text);

internal sealed record UserInstruction(SourceLocation Location, string Text, string User) : Instruction(Location, Text);

internal sealed record ExposeInstruction(SourceLocation Location, string Text, ImmutableArray<string> Ports) : Instruction(Location, Text);

internal sealed record VolumeInstruction(SourceLocation Location, string Text, ImmutableArray<string> Paths) : Instruction(Location, Text);

internal sealed record StopSignalInstruction(SourceLocation Location, string Text, string Signal) : Instruction(Location, Text);

internal sealed record ShellInstruction(SourceLocation Location, string Text, ImmutableArray<string> Shell) : Instruction(Location, Text);

internal sealed record CmdInstruction(SourceLocation Location, string Text, CommandLine Command) : Instruction(Location, Text);

internal sealed record EntrypointInstruction(SourceLocation Location, string Text, CommandLine Command) : Instruction(Location, Text);

/// <summary>RUN. Words of the options are raw; the command itself is never expanded.</summary>
internal sealed record RunInstruction(SourceLocation Location, string Text, CommandLine Command) : Instruction(Location, Text)
{
    public ImmutableArray<RunMount> Mounts { get; init; } = [];

    public RunNetwork Network { get; init; }

    /// <summary>True for --security=insecure.</summary>
    public bool Insecure { get; init; }

    /// <summary>
    /// What a failure means, told by the last lines of the output; null, or a null result, for nothing better. Conventions know.
    /// </summary>
    public Func<IReadOnlyList<string>, Diagnostic?>? Explain { get; init; }
}

/// <summary>The value of RUN --network.</summary>
internal enum RunNetwork
{
    Default,
    None,
    Host,
}

/// <summary>MAINTAINER, deprecated: the author of the image.</summary>
internal sealed record MaintainerInstruction(SourceLocation Location, string Text, string Author) : Instruction(Location, Text);

/// <summary>COPY. <see cref="From"/>: a stage's name or index, or an image; null for the build context. It is never expanded.</summary>
internal sealed record CopyInstruction(
    SourceLocation Location,
    string Text,
    ImmutableArray<string> Sources,
    string Destination,
    string? From = null,
    string? Chown = null,
    string? Chmod = null) : Instruction(Location, Text)
{
    /// <summary>Where --from stands; the whole instruction where that is not known.</summary>
    public SourceLocation FromLocation { get; init; } = Location;

    /// <summary>
    /// True: a source that does not exist is left out instead of being an error. No Dockerfile says this; conventions do.
    /// </summary>
    public bool SkipMissing { get; init; }

    /// <summary>What is written in place of sources. No Dockerfile says this; conventions do.</summary>
    public ImmutableArray<InlineFile> Files { get; init; } = [];

    /// <summary>True: content goes behind that of a file which is there already.</summary>
    public bool Append { get; init; }

    /// <summary>
    /// Only these files of what a .NET publish wrote into the one folder that is the source. No Dockerfile says this; conventions do.
    /// </summary>
    public PublishedPart? Part { get; init; }

    public bool Link { get; init; }

    public bool Parents { get; init; }

    /// <summary>Patterns of --exclude, in order.</summary>
    public ImmutableArray<string> Excludes { get; init; } = [];

    /// <summary>Inline files; each also stands in <see cref="Sources"/> as <c>&lt;&lt;NAME</c>.</summary>
    public ImmutableArray<HereDocument> Documents { get; init; } = [];
}

/// <summary>
/// A file with its content, or a folder (content null), by its path in the image. Folders come before what is in them; parents need not be
/// named.
/// </summary>
internal sealed record InlineFile(string Path, string? Content, uint Mode);

/// <summary>ADD. Sources are paths of the context, http(s) addresses or git repositories.</summary>
internal sealed record AddInstruction(
    SourceLocation Location,
    string Text,
    ImmutableArray<string> Sources,
    string Destination,
    string? Chown = null,
    string? Chmod = null) : Instruction(Location, Text)
{
    public bool Link { get; init; }

    public ImmutableArray<string> Excludes { get; init; } = [];

    public ImmutableArray<HereDocument> Documents { get; init; } = [];

    /// <summary><c>sha256:...</c>, or a commit for git; null where not given.</summary>
    public string? Checksum { get; init; }

    public bool KeepGitDirectory { get; init; }

    /// <summary>True and false as given; null: archives of the context are unpacked, downloaded ones are not.</summary>
    public bool? Unpack { get; init; }
}

/// <summary>HEALTHCHECK. <see cref="Command"/> null means NONE. Durations are texts such as <c>30s</c>; null where not given.</summary>
internal sealed record HealthcheckInstruction(SourceLocation Location, string Text, CommandLine? Command) : Instruction(Location, Text)
{
    public string? Interval { get; init; }

    public string? Timeout { get; init; }

    public string? StartPeriod { get; init; }

    public string? StartInterval { get; init; }

    public string? Retries { get; init; }
}

/// <summary>
/// What the variables of a base image say of it by convention: APP_UID names the user where the image names none, ASPNETCORE_URLS,
/// ASPNETCORE_HTTP_PORTS and ASPNETCORE_HTTPS_PORTS the ports. No Dockerfile says this; conventions do. Source: the .NET SDK's container
/// publishing.
/// </summary>
internal sealed record BaseVariablesInstruction(SourceLocation Location)
    : Instruction(Location, "USER and EXPOSE from the variables of the base image");

/// <summary>ONBUILD: an instruction as text, for whoever builds on the image.</summary>
internal sealed record OnBuildInstruction(SourceLocation Location, string Text, string Trigger) : Instruction(Location, Text);

/// <summary>
/// What an image takes from other stages and images: several copies, executed in order as one step that makes one layer.
/// No Dockerfile says this in one instruction; its text is what one would say with <see cref="ArtifactLayer"/>.
/// </summary>
internal sealed record ArtifactsInstruction(SourceLocation Location, ImmutableArray<CopyInstruction> Copies)
    : Instruction(Location, ArtifactLayer.TextOf(Copies));
