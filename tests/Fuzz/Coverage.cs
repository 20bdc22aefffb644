using SharpFuzz.Common;

namespace ContainerStages.Fuzz;

/// <summary>
/// Which ways through the code an input takes, where SharpFuzz has instrumented the code (<c>build/fuzz.sh</c>); else nothing is ever new.
/// Counts are told apart as AFL does it: 1, 2, 3, 4-7, 8-15, 16-31, 32-127, more.
/// </summary>
internal sealed unsafe class Coverage
{
    private const int Size = 1 << 16;
    private static readonly byte[] Map = GC.AllocateArray<byte>(Size, pinned: true);
    private readonly byte[] _seen = new byte[Size];

    public int Edges => _seen.Count(bits => bits != 0);

    /// <summary>Gives instrumented code a place to count in; it cannot run without one.</summary>
    public static void Attach()
    {
        fixed (byte* map = Map)
        {
            Trace.SharedMem = map;
        }
    }

    public static void Begin()
    {
        Array.Clear(Map);
        Trace.PrevLocation = 0;
    }

    /// <summary>True where the input since <see cref="Begin"/> took a way that no other took.</summary>
    public bool EndIsNew()
    {
        var isNew = false;
        for (var edge = Next(0); edge >= 0; edge = Next(edge + 1))
        {
            var bits = Bucket(Map[edge]);
            isNew |= (_seen[edge] & bits) == 0;
            _seen[edge] |= bits;
        }

        return isNew;
    }

    private static int Next(int from) => Map.AsSpan(from).IndexOfAnyExcept((byte)0) is >= 0 and var distance ? from + distance : -1;

    private static byte Bucket(byte count) =>
        count switch { 1 => 1, 2 => 2, 3 => 4, < 8 => 8, < 16 => 16, < 32 => 32, < 128 => 64, _ => 128 };
}
