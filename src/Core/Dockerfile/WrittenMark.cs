using System.Security.Cryptography;
using System.Text;

namespace ContainerStages.Dockerfile;

/// <summary>Who wrote a file that may be written again.</summary>
internal enum WrittenBy
{
    /// <summary>Nobody: there is no such file.</summary>
    Nobody,

    /// <summary>ContainerStages, and nobody has changed it.</summary>
    Us,

    /// <summary>ContainerStages, and somebody has changed it since.</summary>
    UsAndSomebody,

    Somebody,
}

/// <summary>A comment in a file that says that it was written by ContainerStages, with the digest of all its other lines.</summary>
internal static class WrittenMark
{
    private const string Begin = "# Written by ContainerStages ";

    /// <summary>The text with its mark, behind the directives that have to stand first.</summary>
    /// <param name="directives">Lines, or empty.</param>
    /// <param name="text">The rest.</param>
    /// <param name="source">What it was made of.</param>
    public static string Add(string directives, string text, string source) =>
        $"{directives}{Begin}({DigestOf(directives + text)}) from {source}\n{text}";

    /// <exception cref="IOException">The file cannot be read.</exception>
    public static WrittenBy Find(string path)
    {
        if (!File.Exists(path))
        {
            return WrittenBy.Nobody;
        }

        var lines = File.ReadAllText(path).Split('\n');
        var mark = Array.Find(lines, line => line.StartsWith(Begin, StringComparison.Ordinal));
        return mark is null ? WrittenBy.Somebody
            : mark.Contains($"({DigestOf(string.Join('\n', lines.Where(line => !ReferenceEquals(line, mark))))})", StringComparison.Ordinal)
                ? WrittenBy.Us
            : WrittenBy.UsAndSomebody;
    }

    /// <summary>True for a file that can be read and has a mark, changed or not.</summary>
    public static bool IsIn(string path)
    {
        try
        {
            return Find(path) is WrittenBy.Us or WrittenBy.UsAndSomebody;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string DigestOf(string text) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";
}
