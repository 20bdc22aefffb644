namespace ContainerStages.Sandboxing;

/// <summary>
/// Cuts a stream of bytes into lines and hides secrets in them. What is no UTF-8 is replaced; a line longer than <see cref="Limit"/> comes in
/// pieces, none of which ends inside a secret.
/// </summary>
internal sealed class OutputLines(ISandboxOutput output, bool isError, SecretMask mask)
{
    public const int Limit = 64 * 1024;

    private readonly byte[] _pending = new byte[Limit + mask.Longest];
    private int _length;
    private int _covered;

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

            Tell(_length > 0 && _pending[_length - 1] == '\r' ? _length - 1 : _length, _length);
            bytes = bytes[(end + 1)..];
        }
    }

    /// <summary>The stream is over: a last line without line end is told.</summary>
    public void Complete()
    {
        if (_length > 0)
        {
            Tell(_length, _length);
        }
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > _pending.Length - _length)
        {
            var part = bytes[..(_pending.Length - _length)];
            part.CopyTo(_pending.AsSpan(_length));
            _length = _pending.Length;
            var cut = WholeCharacters(mask.Cut(_pending));
            var covered = mask.Covered(_pending, _covered, cut);
            Tell(cut, cut);
            _covered = covered;
            bytes = bytes[part.Length..];
        }

        bytes.CopyTo(_pending.AsSpan(_length));
        _length += bytes.Length;
    }

    // A piece must not end inside a character: at most three bytes wait for the next piece.
    private int WholeCharacters(int length)
    {
        for (var back = 1; back <= 3; back++)
        {
            var value = _pending[length - back];
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
        output.WriteLine(mask.Apply(_pending.AsSpan(0, _length), _covered, length), isError);
        _covered = 0;
        _pending.AsSpan(consumed, _length - consumed).CopyTo(_pending);
        _length -= consumed;
    }
}
