namespace ContainerStages.Fuzz.Tests;

/// <summary>
/// A minute in all at most, with the same inputs each time and no more of them on a faster machine, so that a change is not blamed for what
/// it did not do; <c>build/fuzz.sh</c> takes others, for longer, and sees which branches they take.
/// </summary>
[TestClass]
public sealed class FuzzTests(TestContext context)
{
    private const long MostOfEach = 20_000;
    private static readonly TimeSpan TimeOfEach = TimeSpan.FromSeconds(60.0 / FuzzTargets.All.Length);

    public static IEnumerable<object[]> Targets => FuzzTargets.All.Select(target => new object[] { target.Name });

    [TestMethod]
    [DynamicData(nameof(Targets))]
    public void Any_input_is_read_or_refused(string name)
    {
        using var loop = new FuzzLoop(FuzzTargets.Named(name), seed: 1);
        var failure = loop.Run(TimeOfEach, MostOfEach);
        context.WriteLine($"{loop.Tried} inputs");
        Assert.IsNull(failure, failure?.ToString());
        Assert.IsGreaterThan(100, loop.Tried);
    }
}
