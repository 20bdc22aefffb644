namespace ContainerStages.Fuzz;

/// <summary>
/// Makes an input smaller as long as it still fails: pieces of half its length are left out, then of a quarter, down to single bytes.
/// </summary>
internal static class Reducer
{
    public static byte[] Reduce(byte[] input, Func<byte[], bool> fails, TimeSpan budget)
    {
        var deadline = DateTime.UtcNow + budget;
        for (var size = Math.Max(1, input.Length / 2); size > 0; size /= 2)
        {
            for (var start = 0; start + size <= input.Length && DateTime.UtcNow < deadline;)
            {
                byte[] without = [.. input[..start], .. input[(start + size)..]];
                if (fails(without))
                {
                    input = without;
                }
                else
                {
                    start += size;
                }
            }
        }

        return input;
    }
}
