namespace ContainerStages.Caching;

/// <summary>What a result depends on, by kind.</summary>
internal enum InputKind
{
    /// <summary>The command or the flags themselves.</summary>
    Instruction,

    /// <summary>What an instruction says of the folder, the user and the like.</summary>
    Setting,
    Argument,
    Variable,
    BaseImage,

    /// <summary>A file or link of a build context.</summary>
    File,

    /// <summary>The files of a stage, an image, an address, or of a context as a whole.</summary>
    Source,
}

/// <summary>One thing that a result depends on.</summary>
/// <param name="Name">Tells it apart from others of its kind; empty where there is only one.</param>
/// <param name="Value">A text for people, or a digest.</param>
/// <param name="IsHidden">True for a digest, which says nothing to people.</param>
internal sealed record StepInput(InputKind Kind, string Name, string Value, bool IsHidden = false);

/// <summary>All that the result of one step depends on besides the steps before it.</summary>
/// <param name="Stage">Its name for people.</param>
/// <param name="Number">Position among the instructions of the stage.</param>
/// <param name="Title">The instruction as written.</param>
/// <param name="Files">Type, mode and content by path of a context; null where there were too many.</param>
internal sealed record StepInputs(
    string Stage, int Number, string Title, IReadOnlyList<StepInput> Inputs, IReadOnlyDictionary<string, string>? Files);

/// <summary>What the steps of a build depended on, kept to name what changes until the next one.</summary>
internal sealed record BuildInputs(IReadOnlyList<StepInputs> Steps);
