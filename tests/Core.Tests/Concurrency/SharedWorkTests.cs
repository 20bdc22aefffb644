using ContainerStages.Concurrency;

namespace ContainerStages.Core.Tests.Concurrency;

[TestClass]
public sealed class SharedWorkTests
{
    private readonly SharedWork<string, int> remembering = new(remember: true);
    private readonly SharedWork<string, int> forgetting = new(remember: false);
    private readonly TaskCompletionSource<int> result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int began;
    private int ended;

    [TestMethod]
    public async Task All_who_ask_at_the_same_time_share_one_piece_of_work()
    {
        var asked = Enumerable.Range(0, 5).Select(_ => forgetting.DoAsync("a", WorkAsync, CancellationToken.None)).ToArray();
        result.SetResult(7);
        Assert.AreSequenceEqual(new[] { 7, 7, 7, 7, 7 }, await Task.WhenAll(asked));
        Assert.AreEqual(1, began);
    }

    [TestMethod]
    public async Task Another_key_is_other_work()
    {
        result.SetResult(7);
        await forgetting.DoAsync("a", WorkAsync, CancellationToken.None);
        await forgetting.DoAsync("b", WorkAsync, CancellationToken.None);
        Assert.AreEqual(2, began);
    }

    [TestMethod]
    public async Task A_result_is_remembered_where_it_should_be()
    {
        result.SetResult(7);
        await remembering.DoAsync("a", WorkAsync, CancellationToken.None);
        await remembering.DoAsync("a", WorkAsync, CancellationToken.None);
        Assert.AreEqual(1, began);
        Assert.AreEqual(7, remembering.Results.Single());
        remembering.Forget();
        await remembering.DoAsync("a", WorkAsync, CancellationToken.None);
        Assert.AreEqual(2, began);
        await forgetting.DoAsync("a", WorkAsync, CancellationToken.None);
        await forgetting.DoAsync("a", WorkAsync, CancellationToken.None);
        Assert.AreEqual(4, began);
    }

    [TestMethod]
    public async Task A_failure_reaches_all_who_wait_and_the_next_works_again()
    {
        var asked = Enumerable.Range(0, 3).Select(_ => remembering.DoAsync("a", WorkAsync, CancellationToken.None)).ToArray();
        result.SetException(new InvalidDataException());
        foreach (var one in asked)
        {
            await Assert.ThrowsExactlyAsync<InvalidDataException>(() => one);
        }

        Assert.AreEqual(3, await remembering.DoAsync("a", _ => Task.FromResult(3), CancellationToken.None));
    }

    [TestMethod]
    public async Task Whoever_began_may_leave_and_the_others_get_the_result()
    {
        using var leave = new CancellationTokenSource();
        var first = remembering.DoAsync("a", WorkAsync, leave.Token);
        var second = remembering.DoAsync("a", WorkAsync, CancellationToken.None);
        await leave.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => first);
        result.SetResult(7);
        Assert.AreEqual(7, await second);
        Assert.AreEqual(1, began);
    }

    [TestMethod]
    public async Task The_last_to_leave_stops_the_work_and_waits_until_it_has_ended()
    {
        using var leave = new CancellationTokenSource();
        var asked =
            new[] { remembering.DoAsync("a", SlowToStopAsync, leave.Token), remembering.DoAsync("a", SlowToStopAsync, leave.Token) };
        await leave.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => Task.WhenAll(asked));
        Assert.AreEqual(1, ended);
    }

    [TestMethod]
    public async Task Work_that_ended_well_although_it_was_stopped_is_remembered()
    {
        using var leave = new CancellationTokenSource();
        var asked = remembering.DoAsync(
            "a",
            async token =>
            {
                await Task.Delay(Timeout.Infinite, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return 7;
            },
            leave.Token);
        await leave.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => asked);
        Assert.AreEqual(7, remembering.Results.Single());
    }

    [TestMethod]
    public async Task Whoever_is_cancelled_already_begins_nothing()
    {
        await Assert.ThrowsAsync<OperationCanceledException>(
            () => remembering.DoAsync("a", WorkAsync, new CancellationToken(canceled: true)));
        Assert.AreEqual(0, began);
    }

    private Task<int> WorkAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref began);
        return result.Task.WaitAsync(cancellationToken);
    }

    private async Task<int> SlowToStopAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.Delay(50, CancellationToken.None);
        Interlocked.Increment(ref ended);
        throw new OperationCanceledException(cancellationToken);
    }
}
