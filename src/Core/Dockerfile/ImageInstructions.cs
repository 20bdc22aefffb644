using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Stages;

namespace ContainerStages.Dockerfile;

/// <summary>
/// Reads the instructions that a project adds to its image without naming a stage: those that only set the image's configuration.
/// </summary>
internal static class ImageInstructions
{
    private const string Property = "ContainerStagesImageInstructions";

    /// <exception cref="BuildFailedException">
    /// Something is wrong, or an instruction makes or needs files: one diagnostic per mistake, with its line where that is known.
    /// </exception>
    public static ImmutableArray<Instruction> Read(ImageInstructionText text)
    {
        var diagnostics = new List<Diagnostic>();
        var instructions = InstructionReader.Read(
            SourceText.Of(text.Text, text.File, text.Line, isPart: true), withDirectives: false, diagnostics).Instructions;
        Diagnostic[] mistakes =
        [
            .. diagnostics.Select(mistake => mistake with { Message = $"{Property}: {mistake.Message}" }),
            .. instructions.Where(instruction => !OnlyConfigures(instruction))
                .Select(instruction => ProjectDiagnostics.NoImageInstruction(
                    Property, instruction.Text.Split(' ', '\t')[0].ToUpperInvariant(), instruction.Location)),
        ];
        return mistakes.Length == 0
            ? instructions
            : throw new BuildFailedException([.. mistakes.OrderBy(mistake => mistake.Location?.Line)]);
    }

    private static bool OnlyConfigures(Instruction instruction) => instruction is
        HealthcheckInstruction or VolumeInstruction or StopSignalInstruction or LabelInstruction or EnvInstruction or ExposeInstruction
        or UserInstruction or EntrypointInstruction or CmdInstruction or ShellInstruction or OnBuildInstruction or MaintainerInstruction;
}
