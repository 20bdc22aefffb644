using System.Text;

namespace ContainerStages.Sandboxing;

/// <summary>Cuts a stream of bytes into lines. What is no UTF-8 is replaced; a line longer than <see cref="Limit"/> comes in pieces.</summary>
internal sealed class OutputLines(ISandboxOutput output, bool isError)
{
    public const int Limit = 64 * 1024;

    private readonly byte[] _pending = new byte[Limit];
    private int _length;

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
        while (bytes.Length > Limit - _length)
        {
            var part = bytes[..(Limit - _length)];
            part.CopyTo(_pending.AsSpan(_length));
            _length = Limit;
            var whole = WholeCharacters();
            Tell(whole, whole);
            bytes = bytes[part.Length..];
        }

        bytes.CopyTo(_pending.AsSpan(_length));
        _length += bytes.Length;
    }

    // A piece must not end inside a character: at most three bytes wait for the next piece.
    private int WholeCharacters()
    {
        for (var back = 1; back <= 3; back++)
        {
            var value = _pending[_length - back];
            if (value >= 0xC0)
            {
                var needed = value >= 0xF0 ? 4 : value >= 0xE0 ? 3 : 2;
                return needed > back ? _length - back : _length;
            }

            if (value < 0x80)
            {
                break;
            }
        }

        return _length;
    }

    private void Tell(int length, int consumed)
    {
        output.WriteLine(Encoding.UTF8.GetString(_pending, 0, length), isError);
        _pending.AsSpan(consumed, _length - consumed).CopyTo(_pending);
        _length -= consumed;
    }
}
