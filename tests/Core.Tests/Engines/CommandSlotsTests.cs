using ContainerStages.Engines;

namespace ContainerStages.Core.Tests.Engines;

[TestClass]
public sealed class CommandSlotsTests(TestContext context)
{
    [TestMethod]
    public async Task As_many_run_as_the_limit_says_and_the_next_when_one_ends()
    {
        using var slots = new CommandSlots(limit: 3, always: 1, () => false);
        await slots.EnterAsync(context.CancellationToken);
        await slots.EnterAsync(context.CancellationToken);
        await slots.EnterAsync(context.CancellationToken);
        var next = slots.EnterAsync(context.CancellationToken);
        Assert.IsFalse(next.IsCompleted);
        slots.Leave();
        await next;
    }

    [TestMethod]
    public async Task While_memory_is_short_only_those_run_that_always_may()
    {
        var isShort = true;
        using var slots = new CommandSlots(limit: 16, always: 2, () => isShort);
        await slots.EnterAsync(context.CancellationToken);
        await slots.EnterAsync(context.CancellationToken);
        var third = slots.EnterAsync(context.CancellationToken);
        using var given = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        var fourth = slots.EnterAsync(given.Token);
        await Task.Delay(300, context.CancellationToken);
        Assert.IsFalse(third.IsCompleted || fourth.IsCompleted);

        slots.Leave();
        await Task.WhenAny(third, fourth);
        Assert.IsFalse(third.IsCompleted && fourth.IsCompleted);
        isShort = false;
        await Task.WhenAll(third, fourth);
    }

    [TestMethod]
    public async Task Who_gives_up_leaves_room_for_others()
    {
        using var slots = new CommandSlots(limit: 2, always: 1, () => true);
        await slots.EnterAsync(context.CancellationToken);
        using var giveUp = new CancellationTokenSource();
        var second = slots.EnterAsync(giveUp.Token);
        await giveUp.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => second);
        slots.Leave();
        await slots.EnterAsync(context.CancellationToken);
    }

    [TestMethod]
    [DataRow("MemTotal:       16000000 kB\nMemFree:          100000 kB\nMemAvailable:    2000000 kB", false)]
    [DataRow("MemTotal:       16000000 kB\nMemFree:          100000 kB\nMemAvailable:    1999999 kB", true)]
    [DataRow("", false, DisplayName = "a machine that does not say")]
    public void Memory_is_short_where_less_than_an_eighth_is_available(string memory, bool expected) =>
        Assert.AreEqual(expected, MemoryShortage.IsLow(memory.Split('\n')));

    [TestMethod]
    [DataRow("some avg10=9.99 avg60=50.00 avg300=0.00 total=1\nfull avg10=90.00 avg60=0.00 avg300=0.00 total=2", false)]
    [DataRow("some avg10=10.00 avg60=0.00 avg300=0.00 total=1\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=2", true)]
    [DataRow("", false, DisplayName = "a kernel that does not measure")]
    public void Memory_is_short_where_processes_stand_still_for_it(string pressure, bool expected) =>
        Assert.AreEqual(expected, MemoryShortage.IsWaitedFor(pressure.Split('\n')));
}
