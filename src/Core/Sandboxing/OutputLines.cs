namespace ContainerStages.Sandboxing;

/// <summary>
/// Cuts a stream of bytes into lines and hides secrets in them. What is no UTF-8 is replaced; a line longer than <see cref="Limit"/> comes
/// in pieces, none of which ends inside a secret.
/// </summary>
internal sealed class OutputLines(ISandboxOutput output, bool isError, SecretMask mask)
{
    public const int Limit = 64 * 1024;

    private readonly byte[] pending = new byte[Limit + mask.Longest];
    private int length;
    private int covered;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf((byte)'\n');
            var piece = end < 0 ? bytes : bytes[..end];
            Keep(piece);
            if (end < 0)
            {
                return;
            }

            Tell(length > 0 && pending[length - 1] == '\r' ? length - 1 : length, length);
            bytes = bytes[(end + 1)..];
        }
    }

    /// <summary>The stream is over: a last line without line end is told.</summary>
    public void Complete()
    {
        if (length > 0)
        {
            Tell(length, length);
        }
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > pending.Length - length)
        {
            var part = bytes[..(pending.Length - length)];
            part.CopyTo(pending.AsSpan(length));
            length = pending.Length;
            var cut = WholeCharacters(mask.Cut(pending));
            var left = mask.Covered(pending, covered, cut);
            Tell(cut, cut);
            covered = left;
            bytes = bytes[part.Length..];
        }

        bytes.CopyTo(pending.AsSpan(length));
        length += bytes.Length;
    }

    // A piece must not end inside a character: at most three bytes wait for the next piece.
    private int WholeCharacters(int length)
    {
        for (var back = 1; back <= 3; back++)
        {
            var value = pending[length - back];
            if (value >= 0xC0)
            {
                var needed = value >= 0xF0 ? 4 : value >= 0xE0 ? 3 : 2;
                return needed > back ? length - back : length;
            }

            if (value < 0x80)
            {
                break;
            }
        }

        return length;
    }

    private void Tell(int length, int consumed)
    {
        output.WriteLine(mask.Apply(pending.AsSpan(0, this.length), covered, length), isError);
        covered = 0;
        pending.AsSpan(consumed, this.length - consumed).CopyTo(pending);
        this.length -= consumed;
    }
}
