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

/// <summary>A <c>NAME=value</c> as written, both sides still to be expanded; <see cref="Value"/> null where none was given (<c>ARG NAME</c>).</summary>
public sealed record NameValue(string Name, string? Value);

/// <summary>Shell form (one text for the stage's shell) or exec form (a list of words).</summary>
public abstract record CommandLine;

public sealed record ShellForm(string Text) : CommandLine;

public sealed record ExecForm(ImmutableArray<string> Arguments) : CommandLine;

public sealed record ArgInstruction(SourceLocation Location, string Text, ImmutableArray<NameValue> Arguments) : Instruction(Location, Text);

public sealed record EnvInstruction(SourceLocation Location, string Text, ImmutableArray<NameValue> Variables) : Instruction(Location, Text);

public sealed record LabelInstruction(SourceLocation Location, string Text, ImmutableArray<NameValue> Labels) : Instruction(Location, Text);

public sealed record WorkdirInstruction(SourceLocation Location, string Text, string Path) : Instruction(Location, Text);

public sealed record UserInstruction(SourceLocation Location, string Text, string User) : Instruction(Location, Text);

public sealed record ExposeInstruction(SourceLocation Location, string Text, ImmutableArray<string> Ports) : Instruction(Location, Text);

public sealed record VolumeInstruction(SourceLocation Location, string Text, ImmutableArray<string> Paths) : Instruction(Location, Text);

public sealed record StopSignalInstruction(SourceLocation Location, string Text, string Signal) : Instruction(Location, Text);

public sealed record ShellInstruction(SourceLocation Location, string Text, ImmutableArray<string> Shell) : Instruction(Location, Text);

public sealed record CmdInstruction(SourceLocation Location, string Text, CommandLine Command) : Instruction(Location, Text);

public sealed record EntrypointInstruction(SourceLocation Location, string Text, CommandLine Command) : Instruction(Location, Text);

public sealed record RunInstruction(SourceLocation Location, string Text, CommandLine Command) : Instruction(Location, Text);

/// <summary>MAINTAINER, deprecated: the author of the image.</summary>
public sealed record MaintainerInstruction(SourceLocation Location, string Text, string Author) : Instruction(Location, Text);

/// <summary>COPY. <see cref="From"/>: a stage's name or index, or an image; null for the build context. It is never expanded.</summary>
public sealed record CopyInstruction(
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

    /// <summary>True: a source that does not exist is left out instead of being an error. No Dockerfile says this; conventions do.</summary>
    public bool SkipMissing { get; init; }
}

/// <summary>
/// What an image takes from other stages and images: several copies, executed in order as one step that makes one layer.
/// No Dockerfile says this; projects do.
/// </summary>
public sealed record ArtifactsInstruction(SourceLocation Location, ImmutableArray<CopyInstruction> Copies)
    : Instruction(Location, string.Join("; ", Copies.Select(copy => copy.Text)));
