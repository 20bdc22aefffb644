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
        AddInstruction => "ADD",
        HealthcheckInstruction => "HEALTHCHECK",
        OnBuildInstruction => "ONBUILD",
        CopyInstruction { Parents: true } => "COPY --parents",
        CopyInstruction { Link: true } => "COPY --link",
        CopyInstruction { Excludes.IsEmpty: false } => "COPY --exclude",
        CopyInstruction { Documents.IsEmpty: false } => "A here-document of COPY",
        _ => null,
    };
}
