using ContainerStages.Snapshots;

namespace ContainerStages.Core.Tests.Snapshots;

[TestClass]
public sealed class CopyQueueTests
{
    [TestMethod]
    [DataRow(1)]
    [DataRow(31)]
    [DataRow(1000)]
    public void All_copies_are_made_before_settling_ends(int count)
    {
        var queue = new CopyQueue();
        var made = new bool[count];
        for (var i = 0; i < count; i++)
        {
            var one = i;
            queue.Add($"/{i}", () => made[one] = true);
            Assert.IsTrue(queue.Holds($"/{i}"));
        }

        queue.Settle();

        Assert.IsFalse(made.Contains(false));
        Assert.IsFalse(queue.Holds("/0"));
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(999)]
    public void The_failure_of_a_copy_is_thrown_as_it_was_and_nothing_goes_on_behind_it(int failing)
    {
        var queue = new CopyQueue();
        var under = 0;
        var failure = Assert.ThrowsExactly<FileNotFoundException>(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                var one = i;
                queue.Add($"/{i}", () =>
                {
                    Interlocked.Increment(ref under);
                    try
                    {
                        _ = one == failing ? throw new FileNotFoundException("/gone") : one;
                    }
                    finally
                    {
                        Interlocked.Decrement(ref under);
                    }
                });
            }

            queue.Settle();
        });

        Assert.AreEqual("/gone", failure.Message);
        queue.Abandon();
        Assert.AreEqual(0, under);
    }
}
