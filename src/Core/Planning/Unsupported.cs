using ContainerStages.Diagnostics;
using ContainerStages.Stages;

namespace ContainerStages.Planning;

/// <summary>Instructions that are read but not built yet: an error with its line, since passing over them would build another image.</summary>
internal static class Unsupported
{
    /// <exception cref="BuildFailedException">The instruction, or a form of it, cannot be built yet.</exception>
    public static void Refuse(Instruction instruction)
    {
        if (What(instruction) is { } what)
        {
            throw new BuildFailedException(DockerfileDiagnostics.NotSupportedYet(what, instruction.Location));
        }
    }

    private static string? What(Instruction instruction) => instruction switch
    {
        RunInstruction { Mounts.IsEmpty: false } => "RUN --mount",
        RunInstruction { Network: not RunNetwork.Default } => "RUN --network",
        RunInstruction { Insecure: true } => "RUN --security=insecure",
        RunInstruction { Command: HeredocForm } => "A here-document of RUN",
        _ => null,
    };
}
