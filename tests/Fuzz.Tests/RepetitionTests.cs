namespace ContainerStages.Fuzz.Tests;

/// <summary>
/// The largest input made of one piece again and again, alone and behind the beginning of a Dockerfile, ends: nothing costs far more than
/// its length.
/// </summary>
[TestClass]
public sealed class RepetitionTests
{
    private static readonly byte[][] Beginnings =
        [[], "FROM a\nRUN "u8.ToArray(), "FROM a\nENV A="u8.ToArray(), "FROM a\nCOPY "u8.ToArray(), "${A:-"u8.ToArray()];

    public static IEnumerable<object[]> Targets => FuzzTargets.All.Select(target => new object[] { target.Name });

    [TestMethod]
    [DynamicData(nameof(Targets))]
    public void A_piece_repeated_to_the_largest_input_ends(string name)
    {
        var target = FuzzTargets.Named(name);
        var inputs = from piece in target.Words
                     from beginning in Beginnings
                     select beginning.Concat(Enumerable.Repeat(piece, FuzzTarget.LargestInput / piece.Length).SelectMany(bytes => bytes))
                         .ToArray();
        using var loop = new FuzzLoop(target with { Seeds = [.. inputs] }, seed: 1);
        var failure = loop.Run(TimeSpan.Zero);
        Assert.IsNull(failure, failure?.ToString());
    }
}
