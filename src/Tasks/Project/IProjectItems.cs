namespace ContainerStages.Tasks.Project;

/// <summary>
/// The project that is read. Each reader has a view of the task of its own, beside it: what it reads, and no more. Paths begin at the
/// project's folder.
/// </summary>
internal interface IProjectItems
{
    string ProjectFile { get; }

    string ProjectDirectory { get; }
}

/// <summary>Paths as projects write them.</summary>
internal static class ProjectPaths
{
    public static string FullPath(this IProjectItems project, string path) => FullPath(path, project.ProjectDirectory);

    // MSBuild's current directory is whatever project was built before this one; a project's paths begin at the project.
    public static string FullPath(string path, string projectDirectory) => Path.GetFullPath(path.Replace('\\', '/'), projectDirectory);
}
