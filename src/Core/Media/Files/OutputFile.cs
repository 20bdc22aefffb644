using ContainerStages.Posix;

namespace ContainerStages.Media.Files;

/// <summary>
/// A file that the user names: it appears whole or not at all. What is no plain file (a device, a pipe, a link such as <c>/dev/stdout</c>)
/// is written as it stands: put in its place, an archive would take <c>/dev/null</c> away from the whole machine.
/// </summary>
internal static class OutputFile
{
    /// <summary>In place of a path: standard output.</summary>
    public const string StandardOutput = "-";

    /// <param name="path">Folders on the way are made.</param>
    /// <param name="write">Writes the content.</param>
    /// <param name="isWanted">Asked with the finished file before it takes its place.</param>
    /// <returns>False where it was not wanted.</returns>
    public static async Task<bool> WriteAsync(string path, Action<Stream> write, Func<string, Task<bool>> isWanted)
    {
        if (path == StandardOutput)
        {
            await using var output = Console.OpenStandardOutput();
            write(output);
            return true;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        if (FileCalls.TryStat(path, out var present) && !present.IsRegularFile && !present.IsDirectory)
        {
            await using var file = Open(path, FileMode.Create);
            write(file);
            return true;
        }

        using var unfinished = new UnfinishedFile($"{path}.{Path.GetRandomFileName()}");
        await using (var file = Open(unfinished.Path, FileMode.CreateNew))
        {
            write(file);
        }

        if (!await isWanted(unfinished.Path))
        {
            return false;
        }

        unfinished.MoveTo(path);
        return true;
    }

    /// <summary>The files that a publisher reports: none where it went to standard output.</summary>
    public static IReadOnlyList<string> Reported(string path) => path == StandardOutput ? [] : [path];

    private static FileStream Open(string path, FileMode mode) => new(path, mode, FileAccess.Write, FileShare.ReadWrite, 1 << 20);
}
