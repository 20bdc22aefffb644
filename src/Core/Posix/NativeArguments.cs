using System.Runtime.InteropServices;

namespace ContainerStages.Posix;

/// <summary>Texts in memory of the system as execve(2) wants them: UTF-8, each ended by zero, the list ended by a null pointer.</summary>
internal sealed unsafe class NativeArguments : IDisposable
{
    private readonly int count;

    public NativeArguments(IEnumerable<string> values)
    {
        var list = values.ToArray();
        count = list.Length;
        Pointers = (byte**)NativeMemory.AllocZeroed((nuint)(count + 1), (nuint)sizeof(byte*));
        for (var i = 0; i < count; i++)
        {
            Pointers[i] = (byte*)Marshal.StringToCoTaskMemUTF8(list[i]);
        }
    }

    public byte** Pointers { get; private set; }

    public void Dispose()
    {
        if (Pointers == null)
        {
            return;
        }

        for (var i = 0; i < count; i++)
        {
            Marshal.FreeCoTaskMem((nint)Pointers[i]);
        }

        NativeMemory.Free(Pointers);
        Pointers = null;
    }
}
