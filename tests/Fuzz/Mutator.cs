using System.Collections.Immutable;

namespace ContainerStages.Fuzz;

/// <summary>Inputs made of other inputs. The same seed makes the same inputs.</summary>
internal sealed class Mutator(int seed, ImmutableArray<byte[]> words)
{
    private const int MostSteps = 6;
    private const int RepetitionsAreRare = 400;
#pragma warning disable CA5394 // Repeatable, not secret.
    private readonly Random _random = new(seed);

    public byte[] Next(IReadOnlyList<byte[]> corpus)
    {
        var input = Pick(corpus).ToList();
        var steps = _random.Next(1, MostSteps + 1);
        for (var step = 0; step < steps; step++)
        {
            Change(input, corpus);
        }

        if (_random.Next(RepetitionsAreRare) == 0)
        {
            Repeat(input);
        }

        return input.Count <= FuzzTarget.LargestInput ? [.. input] : [.. input.Take(FuzzTarget.LargestInput)];
    }

    private void Change(List<byte> input, IReadOnlyList<byte[]> corpus)
    {
        switch (_random.Next(8))
        {
            case 0 or 1:
                input.InsertRange(_random.Next(input.Count + 1), Pick(words));
                break;
            case 2:
                Overwrite(input, Pick(words));
                break;
            case 3:
                var (start, count) = Range(input.Count);
                input.RemoveRange(start, count);
                break;
            case 4:
                Overwrite(input, [(byte)_random.Next(256)]);
                break;
            case 5:
                input.InsertRange(_random.Next(input.Count + 1), Part(input));
                break;
            case 6:
                input.InsertRange(_random.Next(input.Count + 1), Part([.. Pick(corpus)]));
                break;
            default:
                Join(input, Pick(corpus));
                break;
        }
    }

    /// <summary>A piece again and again: what costs more than its length shows here.</summary>
    private void Repeat(List<byte> input)
    {
        var piece = _random.Next(2) == 0 ? Pick(words) : [.. Part(input).Take(64)];
        var place = _random.Next(input.Count + 1);
        if (piece.Length > 0)
        {
            input.InsertRange(place, Enumerable.Repeat(piece, FuzzTarget.LargestInput / piece.Length).SelectMany(bytes => bytes).ToList());
        }
    }

    private void Overwrite(List<byte> input, byte[] bytes)
    {
        var start = _random.Next(input.Count + 1);
        input.RemoveRange(start, Math.Min(bytes.Length, input.Count - start));
        input.InsertRange(start, bytes);
    }

    private void Join(List<byte> input, byte[] other)
    {
        var cut = _random.Next(input.Count + 1);
        input.RemoveRange(cut, input.Count - cut);
        input.AddRange(other.Skip(_random.Next(other.Length + 1)));
    }

    private List<byte> Part(List<byte> input)
    {
        var (start, count) = Range(input.Count);
        return input.GetRange(start, count);
    }

    private (int Start, int Count) Range(int length)
    {
        var start = _random.Next(length + 1);
        return (start, Math.Min(_random.Next(_random.Next(2) == 0 ? 8 : 128), length - start));
    }

    private byte[] Pick(IReadOnlyList<byte[]> from) => from[_random.Next(from.Count)];
#pragma warning restore CA5394
}
