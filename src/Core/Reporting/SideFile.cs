using ContainerStages.Content;
using ContainerStages.Diagnostics;

namespace ContainerStages.Reporting;

/// <summary>A file that stands beside an image: a report, a bill of materials.</summary>
internal static class SideFile
{
    /// <param name="file">Absolute path; its folder is there.</param>
    /// <param name="content">All of it.</param>
    /// <param name="notWritten">Of the file and the reason.</param>
    /// <exception cref="BuildFailedException">It cannot be written.</exception>
    public static void Write(string file, byte[] content, Func<string, string, Contracts.Diagnostic> notWritten)
    {
        if (Path.GetDirectoryName(file) is { } folder && !Directory.Exists(folder))
        {
            throw new BuildFailedException(notWritten(file, $"there is no folder '{folder}'"));
        }

        try
        {
            StoreDirectory.WriteAtomically(file, content);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new BuildFailedException(notWritten(file, refused.Message), refused);
        }
    }
}
