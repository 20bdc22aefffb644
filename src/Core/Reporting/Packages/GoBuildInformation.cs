using System.Text;

namespace ContainerStages.Reporting;

/// <summary>What the linker of Go writes into a program. Source: Go, debug/buildinfo and runtime/debug, BuildInfo.</summary>
/// <param name="GoVersion">Such as <c>go1.25.1</c>.</param>
/// <param name="Modules">Lines of fields with tabs between them.</param>
internal sealed record GoBuildInformation(string GoVersion, string Modules)
{
    private const int TextStart = 32;
    private const int FlagsPlace = 15;
    private const int TextsFollow = 2;
    private const int MostText = 4 << 20;

    // Sixteen bytes on either side, by which other tools find the text.
    private const int Frame = 16;

    /// <param name="bytes">From the mark on.</param>
    /// <param name="needsMore">True where it may be one, and is not here as a whole.</param>
    /// <returns>Null where it is none.</returns>
    public static GoBuildInformation? Read(ReadOnlySpan<byte> bytes, out bool needsMore)
    {
        needsMore = bytes.Length < TextStart;
        if (needsMore || (bytes[FlagsPlace] & TextsFollow) == 0)
        {
            return null;
        }

        var rest = bytes[TextStart..];
        if (!TryTake(ref rest, out var version, out needsMore) || !IsVersion(version) || !TryTake(ref rest, out var modules, out needsMore))
        {
            return null;
        }

        var isFramed = modules.Length > 2 * Frame && modules[^(Frame + 1)] == (byte)'\n';
        return new GoBuildInformation(
            Encoding.UTF8.GetString(version), isFramed ? Encoding.UTF8.GetString(modules[Frame..^Frame]) : "");
    }

    /// <summary>The program's own module, those that it uses in place of what it asked for, and the standard library.</summary>
    public IEnumerable<Package> Packages(string path)
    {
        var version = GoVersion.StartsWith("go", StringComparison.Ordinal) ? GoVersion[2..].Split(' ')[0] : GoVersion;
        var packages = new List<Package> { Of("stdlib", version, path) };
        foreach (var line in Modules.Split('\n'))
        {
            switch (line.Split('\t'))
            {
                case ["mod", var name, var own, ..]:
                    packages.Insert(0, Of(name, own, path) with { IsProgram = true });
                    break;
                case ["dep", var name, var own, ..]:
                    packages.Add(Of(name, own, path));
                    break;
                case ["=>", { Length: > 0 } name, var own, ..]:
                    // A folder has no name that means anything elsewhere.
                    packages[^1] = name[0] is '.' or '/' ? packages[^1] with { Version = "" } : Of(name, own, path);
                    break;
            }
        }

        return packages;
    }

    private static Package Of(string name, string version, string path) =>
        new(PackageKind.Go, name, version is "(devel)" ? "" : version, path);

    private static bool IsVersion(ReadOnlySpan<byte> text) => text.StartsWith("go"u8) || text.StartsWith("devel"u8);

    private static bool TryTake(ref ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> text, out bool needsMore)
    {
        text = [];
        var (size, shift, used) = (0L, 0, 0);
        for (; ; used++, shift += 7)
        {
            needsMore = used == bytes.Length;
            if (needsMore || shift > 28)
            {
                return false;
            }

            size |= (long)(bytes[used] & 0x7F) << shift;
            if (bytes[used] < 0x80)
            {
                break;
            }
        }

        needsMore = size <= MostText && size > bytes.Length - used - 1;
        if (needsMore || size > MostText)
        {
            return false;
        }

        text = bytes.Slice(used + 1, (int)size);
        bytes = bytes[(used + 1 + (int)size)..];
        return true;
    }
}
