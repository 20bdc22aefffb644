using ContainerStages.Diagnostics;

namespace ContainerStages.Cli.Verbs;

/// <summary>The text of a Dockerfile that the command line names.</summary>
internal static class DockerfileText
{
    /// <param name="path">A file, or <c>-</c> for standard input.</param>
    /// <exception cref="BuildFailedException">The file cannot be read.</exception>
    public static async Task<string> ReadAsync(string path)
    {
        try
        {
            return path == "-" ? await Console.In.ReadToEndAsync() : await File.ReadAllTextAsync(path);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new BuildFailedException(DockerfileDiagnostics.FileMissing(path), missing);
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            throw new BuildFailedException(DockerfileDiagnostics.FileUnreadable(path, denied.Message), denied);
        }
    }
}
