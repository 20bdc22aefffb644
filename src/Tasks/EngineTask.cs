using ContainerStages.Tasks.Project;
using Microsoft.Build.Framework;

namespace ContainerStages.Tasks;

/// <summary>A task that starts the engine program. Empty text means "not set".</summary>
public abstract class EngineTask : ContainerStagesTask
{
    [Required] public string ProjectDirectory { get; set; } = "";

    /// <summary>Where results and, if needed, a copy of the engine program are kept, below obj.</summary>
    [Required] public string IntermediateDirectory { get; set; } = "";

    /// <summary>Folder <c>tools</c> of the package.</summary>
    public string ToolsDirectory { get; set; } = "";

    /// <summary>Another engine program than the package's.</summary>
    public string Program { get; set; } = "";

    /// <summary>Folder of the store; empty for the user's own.</summary>
    public string Store { get; set; } = "";

    /// <summary>The <c>dotnet</c> host, for the program that is not native.</summary>
    public string DotNetHost { get; set; } = "";

    internal string FullPath(string path) => ProjectPaths.FullPath(path, ProjectDirectory);
}
