using ContainerStages.Contracts;
using ContainerStages.Stages;

namespace ContainerStages.Dockerfile;

/// <summary>FROM with its words as written. It begins a stage and is none of the stage's instructions.</summary>
internal sealed record FromInstruction(SourceLocation Location, string Text, Word Image, Flag? Platform, Word? Name)
    : Instruction(Location, Text);
