using System.Collections.Immutable;

namespace ContainerStages.Sandboxing;

/// <summary>How this program starts itself again.</summary>
internal static class SandboxInitCommand
{
    /// <summary>Program and arguments to which the specification file is appended.</summary>
    public static ImmutableArray<string> ForThisProgram() => [.. ThisProgram(), SandboxInit.Verb];

    /// <summary>The executable, or <c>dotnet</c> and the assembly where this is not a program of its own.</summary>
    internal static ImmutableArray<string> ThisProgram()
    {
        var process = Environment.ProcessPath ?? throw new InvalidOperationException("The path of this program is not known.");
        return Path.GetFileName(process) == "dotnet" ? [process, Path.GetFullPath(Environment.GetCommandLineArgs()[0])] : [process];
    }
}
