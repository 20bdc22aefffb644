using SharpCompress.Compressors.BZip2;
using SharpCompress.Compressors.Xz;

namespace ContainerStages.Layers;

/// <summary>
/// The content of a file that may hold several compressed streams, one behind the other, as parallel compressors and <c>cat</c> make them.
/// What follows and begins no other one ends it.
/// </summary>
/// <param name="file">Stands at the first stream; disposed with this.</param>
/// <param name="start">How a stream begins.</param>
/// <param name="padding">How many zeros at a time may stand between streams; 0 for none.</param>
/// <param name="open">Opens a stream, which reads the file no further than to its own end.</param>
internal sealed class CompressedStreams(FileStream file, byte[] start, int padding, Func<Stream, Stream> open) : ForwardStream
{
    private static readonly byte[] BZip2Start = "BZh"u8.ToArray();
    private static readonly byte[] XzStart = [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0];
    private Stream current = open(file);

    /// <summary>Null where the file begins with neither.</summary>
    public static CompressedStreams? TryOpen(FileStream file, ReadOnlySpan<byte> head) =>
        head.StartsWith(BZip2Start)
            ? new CompressedStreams(
                file,
                BZip2Start,
                0,
                stream => BZip2Stream.Create(
                    stream,
                    SharpCompress.Compressors.CompressionMode.Decompress,
                    decompressConcatenated: false,
                    leaveOpen: true))
        // Source: The .xz File Format, 2. Overall Structure of .xz File.
        : head.StartsWith(XzStart) ? new CompressedStreams(file, XzStart, 4, OpenXz)
        : null;

    public override int Read(Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var count = current.Read(buffer);
            if (count > 0 || !TryOpenNext())
            {
                return count;
            }
        }

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            current.Dispose();
            file.Dispose();
        }

        base.Dispose(disposing);
    }

    private static XZStream OpenXz(Stream stream)
    {
        XzFilter.RequireNone(stream);
        return new XZStream(stream);
    }

    private bool TryOpenNext()
    {
        Span<byte> head = stackalloc byte[start.Length];
        while (file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length)
        {
            if (head.StartsWith(start))
            {
                file.Position -= head.Length;
                current = open(file);
                return true;
            }

            if (padding == 0 || head[..padding].ContainsAnyExcept((byte)0))
            {
                return false;
            }

            file.Position -= head.Length - padding;
        }

        return false;
    }
}
