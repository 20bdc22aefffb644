using System.Buffers;
using System.Text.Json;
using ContainerStages.Layers;

namespace ContainerStages.Reporting;

/// <summary>A file that tells of packages, read as a whole; one that is too large is not believed to be what its name says.</summary>
/// <param name="path">Without a slash in front.</param>
/// <param name="parse">Reads the text; throws <see cref="FormatException"/> where it is none.</param>
internal sealed class WholeFile(string path, Func<string, byte[], IEnumerable<Package>> parse, Action<PackageFile> found) : IFileReader
{
    /// <summary>A Debian of 5,000 packages has 6 MB.</summary>
    public const long Limit = 64 << 20;
    private readonly ArrayBufferWriter<byte> content = new();
    private bool isTooLarge;

    public void Append(ReadOnlySpan<byte> piece)
    {
        isTooLarge |= content.WrittenCount + piece.Length > Limit;
        if (!isTooLarge)
        {
            content.Write(piece);
        }
    }

    public void Complete() => found(Read());

    private PackageFile Read()
    {
        if (isTooLarge)
        {
            return new PackageFile(path, [], $"it has more than {Limit >> 20} MB");
        }

        try
        {
            return new PackageFile(path, [.. parse(path, content.WrittenSpan.ToArray())]);
        }
        catch (Exception malformed) when (malformed is FormatException or JsonException)
        {
            return new PackageFile(path, [], malformed.Message.TrimEnd('.'));
        }
    }
}
