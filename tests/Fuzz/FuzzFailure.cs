using System.Collections.Immutable;
using System.Text;

namespace ContainerStages.Fuzz;

/// <summary>An input that a target does not stand, and what happened.</summary>
public sealed record FuzzFailure(ImmutableArray<byte> Input, string Problem)
{
    private const int ShownBytes = 2000;

    public override string ToString() => $"{Problem}{Environment.NewLine}{Input.Length} bytes: {Shown()}";

    private string Shown() =>
        string.Concat(Encoding.UTF8.GetString(Input.AsSpan()[..Math.Min(Input.Length, ShownBytes)])
            .Select(character => char.IsControl(character) ? $"\\x{(int)character:x2}" : character.ToString()));
}
