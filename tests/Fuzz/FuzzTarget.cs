using System.Collections.Immutable;

namespace ContainerStages.Fuzz;

/// <summary>One reader of untrusted input.</summary>
/// <param name="Name">As on the command line, and the folder of its inputs under Seeds.</param>
/// <param name="Seeds">Inputs that mean something to it; all others are made of these.</param>
/// <param name="Words">Pieces of its language.</param>
/// <param name="Check">Reads any input; every exception that comes out is a mistake of ours.</param>
public sealed record FuzzTarget(string Name, ImmutableArray<byte[]> Seeds, ImmutableArray<byte[]> Words, Action<byte[]> Check)
{
    /// <summary>No input grows beyond this.</summary>
    public const int LargestInput = 64 << 10;

    /// <summary>What one input may take at most, far above what a linear reader needs for the largest input on a busy machine.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
}
