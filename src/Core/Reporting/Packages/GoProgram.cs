using ContainerStages.Layers;

namespace ContainerStages.Reporting;

/// <summary>
/// Finds in a program of Go (1.18 or later) what it is made of, while its bytes pass: in a segment of data, at a multiple of 16 bytes.
/// Source: Go, debug/buildinfo.
/// </summary>
internal sealed class GoProgram(string path, Action<PackageFile> found) : IFileReader
{
    /// <summary>No smaller file is a program of Go.</summary>
    public const long LeastSize = 64 << 10;
    private const int Alignment = 16;
    private static readonly byte[] Magic = [0xFF, .. " Go buildinf:"u8];
    private byte[] window = new byte[64 << 10];
    private int length;
    private long start;
    private int searched;
    private ElfSegments? segments;
    private bool isOver;

    public void Append(ReadOnlySpan<byte> piece)
    {
        if (isOver)
        {
            return;
        }

        if (window.Length - length < piece.Length)
        {
            Array.Resize(ref window, Math.Max(window.Length * 2, length + piece.Length));
        }

        piece.CopyTo(window.AsSpan(length));
        length += piece.Length;
        if (segments is null && !ElfSegments.TryRead(window.AsSpan(0, length), out segments, out var needsMore))
        {
            isOver = !needsMore;
            return;
        }

        Search();
        isOver |= start > segments!.End;
    }

    public void Complete() => isOver = true;

    private void Search()
    {
        while (!isOver)
        {
            var next = window.AsSpan(searched, length - searched).IndexOf(Magic);
            if (next < 0)
            {
                Drop(Math.Max(searched, length - Magic.Length + 1));
                return;
            }

            searched += next;
            if ((start + searched) % Alignment != 0 || !segments!.Holds(start + searched))
            {
                searched++;
                continue;
            }

            var information = GoBuildInformation.Read(window.AsSpan(searched, length - searched), out var needsMore);
            if (needsMore)
            {
                Drop(searched);
                return;
            }

            if (information is not null)
            {
                isOver = true;
                found(new PackageFile(path, [.. information.Packages(path)]));
            }

            searched++;
        }
    }

    /// <summary>Forgets what lies before.</summary>
    private void Drop(int before)
    {
        window.AsSpan(before, length - before).CopyTo(window);
        length -= before;
        start += before;
        searched = 0;
    }
}
