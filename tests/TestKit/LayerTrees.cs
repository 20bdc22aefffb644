using System.Globalization;
using ContainerStages.Layers;
using ContainerStages.Posix;

namespace ContainerStages.TestKit;

/// <summary>Unpacking in tests, and unpacked layers as text that two folders can be compared by.</summary>
internal static class LayerTrees
{
    public static ExtractedLayer Extract(byte[] tar, string directory, ExtractionLimits? limits = null)
    {
        using var stream = new MemoryStream(tar);
        return LayerExtractor.Extract(stream, directory, "test", limits ?? ExtractionLimits.Default, CancellationToken.None);
    }

    /// <summary>
    /// One line per entry in order: path, type, mode, owner, size or target or device, attributes, content; without times.
    /// </summary>
    public static IReadOnlyList<string> Describe(string directory)
    {
        var lines = new List<string>();
        using var root = FileCalls.OpenDirectory(directory);
        Describe(root, "", lines);
        return lines;
    }

    private static void Describe(Microsoft.Win32.SafeHandles.SafeFileHandle folder, string prefix, List<string> lines)
    {
        var inodes = new Dictionary<ulong, string>();
        foreach (var name in FileCalls.ListNames(folder, prefix).Order(StringComparer.Ordinal))
        {
            FileCalls.TryStat(folder, name, out var status);
            var path = prefix + name;
            var detail = "";
            if (status.IsSymbolicLink)
            {
                detail = "-> " + FileCalls.ReadLinkAt(folder, name);
            }
            else if (status.IsRegularFile || status.IsDirectory)
            {
                using var handle = FileCalls.OpenAt(folder, name, FileCalls.O_RDONLY | FileCalls.O_NOFOLLOW, 0);
                var xattrs = FileCalls.ListXattrs(handle, path)
                    .Order(StringComparer.Ordinal)
                    .Select(key => $"{key}={Convert.ToHexString(FileCalls.TryGetXattr(handle, key, path)!)}");
                detail = string.Join(' ', xattrs) + (status.IsRegularFile ? " " + Hash(handle, path) : "");
            }
            else
            {
                detail = $"{status.DeviceMajor},{status.DeviceMinor}";
            }

            var link = status.LinkCount > 1 && !status.IsDirectory && !inodes.TryAdd(status.Inode, path) ? " =" + inodes[status.Inode] : "";
            lines.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{path} {status.Mode:x} {status.UserId}:{status.GroupId} {(status.IsRegularFile ? status.Size : 0)} {detail}{link}"));
            if (status.IsDirectory)
            {
                using var child = LayerFolder.OpenFolder(folder, name);
                Describe(child, path + "/", lines);
            }
        }
    }

    private static string Hash(Microsoft.Win32.SafeHandles.SafeFileHandle file, string path)
    {
        using var hash = System.Security.Cryptography.IncrementalHash.CreateHash(System.Security.Cryptography.HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 16];
        for (int count; (count = FileCalls.ReadSome(file, buffer, path)) > 0;)
        {
            hash.AppendData(buffer, 0, count);
        }

        return Convert.ToHexStringLower(hash.GetCurrentHash())[..16];
    }
}
