namespace ContainerStages.Contracts;

/// <summary>Programs by their names, in the folders of a search path.</summary>
public static class SearchPath
{
    /// <param name="program">Its name, without an ending.</param>
    /// <param name="path">Folders as PATH has them; null for none.</param>
    /// <returns>The first that is there; or null.</returns>
    public static string? Find(string program, string? path)
    {
        string[] endings = OperatingSystem.IsWindows() ? [".exe", ".cmd", ".bat"] : [""];
        return (path ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => endings.Select(ending => Path.Combine(folder, program + ending)))
            .FirstOrDefault(File.Exists);
    }
}
