using ContainerStages.Diagnostics;
using ContainerStages.Posix;

namespace ContainerStages.Dockerfile;

/// <summary>The text of a file that a build reads besides its stages: a Dockerfile, an ignore file.</summary>
internal static class ContextFile
{
    /// <summary>
    /// Reads a file. Inside the context links are followed, out of it they are not: whoever may write there must not choose which other
    /// files of this machine a build reads. A path elsewhere was named by the user, and is read as it is.
    /// </summary>
    /// <returns>Null where there is no such file.</returns>
    /// <exception cref="BuildFailedException">A link of the context leads to no file of it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public static string? TryRead(string contextDirectory, string path)
    {
        var relative = Path.GetRelativePath(contextDirectory, path);
        if (relative.StartsWith("..", StringComparison.Ordinal) || Path.IsPathRooted(relative) || !Directory.Exists(contextDirectory))
        {
            return File.Exists(path) ? File.ReadAllText(path) : null;
        }

        var context = HeldFolder.Open(contextDirectory);
        using var file = context.TryOpenInside(relative);
        if (file is null)
        {
            return context.HasLink(relative)
                ? throw new BuildFailedException(ContextDiagnostics.LinkLeadsOut(path, contextDirectory))
                : null;
        }

        if (!FileCalls.TryStat(file, "", out var status) || status.IsDirectory)
        {
            return null;
        }

        using var reader = new StreamReader(new MemoryStream(FileCalls.ReadAll(file, path), writable: false));
        return reader.ReadToEnd();
    }
}
