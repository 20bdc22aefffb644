namespace ContainerStages.Tasks.Project;

/// <summary>Paths as projects write them.</summary>
internal static class ProjectPaths
{
    public static string FullPath(this IProjectItems project, string path) => FullPath(path, project.ProjectDirectory);

    // MSBuild's current directory is whatever project was built before this one; a project's paths begin at the project.
    public static string FullPath(string path, string projectDirectory) => Path.GetFullPath(path.Replace('\\', '/'), projectDirectory);

    public static bool IsInside(string path, string folder) =>
        path == folder || path.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal);
}
