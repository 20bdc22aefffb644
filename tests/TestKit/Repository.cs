namespace ContainerStages.TestKit;

/// <summary>The clone that the tests run in.</summary>
public static class Repository
{
    /// <summary>Absolute path of the folder that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Absolute path of a file or folder of the clone.</summary>
    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    /// <summary>Files of the clone that a person wrote, as paths relative to the root with forward slashes.</summary>
    public static IEnumerable<string> Sources(string folder, params IReadOnlyCollection<string> extensions) =>
        Directory.EnumerateFiles(PathOf(folder), "*", SearchOption.AllDirectories)
            .Where(path => extensions.Contains(Path.GetExtension(path)))
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(path => !path.Split('/').Any(part => part is "bin" or "obj" or "artifacts" or "node_modules" or ".git"))
            .Order(StringComparer.Ordinal);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ContainerStages.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No ContainerStages.sln stands above {AppContext.BaseDirectory}.");
    }
}
