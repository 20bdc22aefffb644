using System.Security.Cryptography;
using System.Text;
using ContainerStages.Posix;

namespace ContainerStages.Content;

/// <summary>
/// Small files of the store that end in a line with a checksum over their name and content. One that is damaged, of an older version or in
/// another's place counts as missing: what it says is found out again.
/// </summary>
internal static class SealedFile
{
    private const byte LineEnd = (byte)'\n';
    private const int HexLength = 2 * SHA256.HashSizeInBytes;
    private const int SealLength = 1 + HexLength + 1;

    /// <summary>The content; null where there is none that is whole.</summary>
    public static byte[]? Read(string path)
    {
        var bytes = FileCalls.TryReadAll(path);
        var length = (bytes?.Length ?? 0) - SealLength;
        return length >= 0 && bytes.AsSpan(length).SequenceEqual(Seal(path, bytes.AsSpan(0, length))) ? bytes![..length] : null;
    }

    /// <summary>
    /// Replaces the file, or whatever else is in its place, so that readers see either the old or the new content, whole.
    /// </summary>
    public static void Write(string path, ReadOnlySpan<byte> content) => StoreDirectory.Replace(path, [.. content, .. Seal(path, content)]);

    private static byte[] Seal(string path, ReadOnlySpan<byte> content)
    {
        var name = Encoding.UTF8.GetBytes($"{Path.GetFileName(Path.GetDirectoryName(path))}/{Path.GetFileName(path)}\n");
        var hash = SHA256.HashData([.. name, .. content]);
        return [LineEnd, .. Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash)), LineEnd];
    }
}
