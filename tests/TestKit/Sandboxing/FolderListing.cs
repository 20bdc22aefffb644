using System.Globalization;
using ContainerStages.Posix;

namespace ContainerStages.TestKit.Sandboxing;

/// <summary>A folder in overlay form as sorted lines that a person can compare.</summary>
public static class FolderListing
{
    /// <summary>Each line is <c>kind mode owner:group path</c>, with the content of short files and the target of links.</summary>
    public static IEnumerable<string> Of(string folder) =>
        Entries(folder).Select(path => Line(folder, path)).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Entries(string folder) =>
        Directory.EnumerateFileSystemEntries(
            folder,
            "*",
            new EnumerationOptions
            {
                RecurseSubdirectories = true,
                AttributesToSkip = FileAttributes.None,
                ReturnSpecialDirectories = false,
            });

    private static string Line(string folder, string path)
    {
        FileCalls.TryStat(path, out var status);
        var name = Path.GetRelativePath(folder, path);
        if (status.IsWhiteout)
        {
            return $"whiteout {name}";
        }

        var mode = Convert.ToString(status.Permissions, 8);
        var owner = string.Create(CultureInfo.InvariantCulture, $"{status.UserId}:{status.GroupId}");
        return (status.Mode & FileCalls.S_IFMT) switch
        {
            FileCalls.S_IFDIR => $"{(IsOpaque(path) ? "opaque" : "folder")} {mode} {owner} {name}",
            FileCalls.S_IFLNK => $"link {owner} {name} -> {new FileInfo(path).LinkTarget}",
            FileCalls.S_IFREG =>
                $"file {mode} {owner} {name}{(status.Size is > 0 and < 100 ? " " + File.ReadAllText(path).ReplaceLineEndings("|") : "")}",
            _ => $"other {mode} {owner} {name}",
        };
    }

    private static bool IsOpaque(string path)
    {
        Span<byte> value = stackalloc byte[1];
        return FileCalls.GetXattr(path, "user.overlay.opaque", value, 1) == 1 && value[0] == (byte)'y';
    }
}
