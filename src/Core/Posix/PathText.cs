using System.Buffers;
using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using System.Text;
using System.Text.Unicode;

namespace ContainerStages.Posix;

/// <summary>
/// File names of Linux are bytes, not text. Names in UTF-8 are ordinary strings; a byte that is not UTF-8 becomes a lone low
/// surrogate (U+DC80 to U+DCFF) and comes back as the same byte, so that every name survives. Source: Python's PEP 383.
/// </summary>
[CustomMarshaller(typeof(string), MarshalMode.ManagedToUnmanagedIn, typeof(ManagedToUnmanagedIn))]
internal static unsafe class PathText
{
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
        {
            return Encoding.UTF8.GetString(bytes);
        }

        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var consumed) == OperationStatus.Done)
            {
                text.Append(rune.ToString());
            }
            else
            {
                consumed = 1;
                text.Append((char)(0xDC00 + bytes[0]));
            }

            bytes = bytes[consumed..];
        }

        return text.ToString();
    }

    public static byte[] Encode(string text)
    {
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        return bytes[..Encode(text, bytes)];
    }

    /// <returns>Number of bytes written.</returns>
    private static int Encode(ReadOnlySpan<char> text, Span<byte> bytes)
    {
        if (!text.ContainsAnyInRange('\uDC80', '\uDCFF'))
        {
            return Encoding.UTF8.GetBytes(text, bytes);
        }

        var written = 0;
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out var rune, out var consumed) != OperationStatus.Done
                && text[0] is >= '\uDC80' and <= '\uDCFF')
            {
                bytes[written++] = (byte)(text[0] - 0xDC00);
                consumed = 1;
            }
            else
            {
                written += rune.EncodeToUtf8(bytes[written..]);
            }

            text = text[consumed..];
        }

        return written;
    }

    /// <summary>Passes a name to a system call, with the zero byte that ends it.</summary>
    public ref struct ManagedToUnmanagedIn
    {
        private byte* allocated;
        private Span<byte> text;

        public static int BufferSize => 512;

        public void FromManaged(string? managed, Span<byte> buffer)
        {
            if (managed is null)
            {
                return;
            }

            if (managed.Contains('\0', StringComparison.Ordinal))
            {
                throw new ArgumentException("A file name cannot contain a zero byte.", nameof(managed));
            }

            var needed = (managed.Length * 3) + 1;
            if (needed > buffer.Length)
            {
                allocated = (byte*)NativeMemory.Alloc((nuint)needed);
                buffer = new Span<byte>(allocated, needed);
            }

            buffer[Encode(managed, buffer)] = 0;
            text = buffer;
        }

        public readonly ref byte GetPinnableReference() => ref MemoryMarshal.GetReference(text);

        /// <summary>The generated code has pinned <see cref="GetPinnableReference"/> when it asks for this.</summary>
        public readonly byte* ToUnmanaged() =>
            (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref MemoryMarshal.GetReference(text));

        public readonly void Free() => NativeMemory.Free(allocated);
    }
}
