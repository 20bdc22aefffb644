using ContainerStages.Layers;
using ContainerStages.TestKit;

namespace ContainerStages.Fuzz.Targets;

/// <summary>
/// An archive reads to its end or is refused as damaged. Sums of headers are mended before, or no change would get past them.
/// </summary>
internal static class TarTarget
{
    private const int Block = 512;
    private const int SumField = 148;

    public static FuzzTarget Create() =>
        new("tar", [.. Inputs.Kept("tar"), .. Archives()], [
            .. Inputs.Of("ustar\000", "ustar  \0", "12 path=a/b\n", "20 size=99999999999\n", "GNU.sparse.major=1", "SCHILY.xattr.user.a="),
            [0x80],
            [0xFF, 0xFF],
            new byte[Block],
        ], Check);

    private static IEnumerable<byte[]> Archives() =>
    [
        new TarBuilder().Folder("a/")
            .File("a/b", "text")
            .SymbolicLink("c", "a")
            .HardLink("d", "a/b")
            .Device("e", '3', 1, 3)
            .Fifo("f")
            .ToArray(),
        new TarBuilder().Pax(("path", "long/name"), ("size", "4"), ("mtime", "1.5"), ("SCHILY.xattr.user.a", "b"))
            .File("x", "text")
            .GlobalPax(("uid", "7"))
            .File("y")
            .ToArray(),
        new TarBuilder().GnuLongName(new string('n', 200))
            .File("n", "x")
            .GnuLongLink(new string('l', 200))
            .SymbolicLink("s", "l")
            .ToArray(),
        new TarBuilder()
            .Pax(("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.name", "holes"), ("GNU.sparse.realsize", "4096"))
            .File("sparse", "1\n0\n4\n" + new string('\0', Block - 6) + "data")
            .ToArray(),
        new TarBuilder().Pax(("GNU.sparse.map", "0,4,8,4"), ("GNU.sparse.size", "16")).File("older", "datadata").ToArray(),
    ];

    private static void Check(byte[] input)
    {
        var archive = WithRightSums(input);
        try
        {
            using var reader = new TarStreamReader(new MemoryStream(archive));
            while (reader.ReadEntry() is { } entry)
            {
                EntryPath.Parse(entry.Name, out _);
                while (!reader.ReadContent().IsEmpty)
                {
                }
            }
        }
        catch (TarFormatException)
        {
        }
    }

    /// <summary>Only half of the inputs, told apart by their last byte: wrong sums must be tried too.</summary>
    private static byte[] WithRightSums(byte[] input)
    {
        var archive = input.ToArray();
        for (var start = 0; start + Block <= archive.Length && archive[^1] % 2 == 0; start += Block)
        {
            var block = archive.AsSpan(start, Block);
            if (block.ContainsAnyExcept((byte)0))
            {
                block.Slice(SumField, 8).Fill((byte)' ');
                var sum = 0;
                foreach (var value in block)
                {
                    sum += value;
                }

                System.Text.Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0", block[SumField..]);
            }
        }

        return archive;
    }
}
