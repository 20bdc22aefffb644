using System.Security.Cryptography;
using ContainerStages.Oci;

namespace ContainerStages.Content;

/// <summary>
/// Passes content on and checks, when it ends, that it has the announced size and digest. A reader that stops before the end has
/// verified nothing.
/// </summary>
/// <param name="mismatch">Called before the exception.</param>
/// <exception cref="DigestMismatchException">On the last read, where the content is another.</exception>
internal sealed class VerifyingStream(Stream inner, Digest expected, long? size = null, Action? mismatch = null) : Stream
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long position;
    private bool verified;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => position;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        var count = inner.Read(buffer);
        Check(buffer[..count], atEnd: count == 0 && buffer.Length > 0);
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken);
        Check(buffer.Span[..count], atEnd: count == 0 && buffer.Length > 0);
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            hash.Dispose();
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Check(ReadOnlySpan<byte> bytes, bool atEnd)
    {
        if (verified)
        {
            return;
        }

        hash.AppendData(bytes);
        position += bytes.Length;

        // Endless content is stopped at the first byte too many, not at an end that never comes.
        if (atEnd || position > size)
        {
            verified = true;
            var actual = Digest.FromHash(hash.GetHashAndReset());
            if (actual != expected || (size ?? position) != position)
            {
                mismatch?.Invoke();
                throw new DigestMismatchException(expected, actual);
            }
        }
    }
}
