using ContainerStages.Content;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Content;

[TestClass]
public sealed class KeptLockTests
{
    [TestMethod]
    public void Nobody_has_the_lock_alone_while_it_is_shared_and_all_may_between()
    {
        using var folder = new TempFolder();
        var store = new StoreDirectory(folder.Path);
        using var kept = new KeptLock(store, "key");
        for (var round = 0; round < 2; round++)
        {
            kept.EnterShared();
            Assert.IsNull(store.TryLock("key", shared: false));
            using (store.TryLock("key", shared: true) ?? throw new InvalidOperationException("It is not shared."))
            {
            }

            kept.Exit();
            store.TryLock("key", shared: false)!.Dispose();
        }
    }

    [TestMethod]
    public void A_file_that_was_removed_between_is_opened_again()
    {
        using var folder = new TempFolder();
        var store = new StoreDirectory(folder.Path);
        using var kept = new KeptLock(store, "key");
        kept.EnterShared();
        kept.Exit();
        store.RemoveIdleLocks(held: "none");
        Assert.IsFalse(File.Exists(folder.Combine("locks", "key")));
        kept.EnterShared();
        Assert.IsNull(store.TryLock("key", shared: false));
        kept.Exit();
    }

    [TestMethod]
    public async Task It_waits_for_whoever_has_the_lock_alone()
    {
        using var folder = new TempFolder();
        var store = new StoreDirectory(folder.Path);
        using var kept = new KeptLock(store, "key");
        kept.EnterShared();
        kept.Exit();
        var alone = store.TryLock("key", shared: false)!;
        var waiting = Task.Run(kept.EnterShared);
        await Task.Delay(100);
        Assert.IsFalse(waiting.IsCompleted);
        alone.Dispose();
        await waiting.WaitAsync(TimeSpan.FromMinutes(1));
        kept.Exit();
    }

    [TestMethod]
    public async Task Files_of_locks_may_go_at_any_moment_while_others_ask_for_them()
    {
        using var folder = new TempFolder();
        var store = new StoreDirectory(folder.Path);
        var done = false;
        var removing = Task.Run(() =>
        {
            while (!Volatile.Read(ref done))
            {
                store.RemoveIdleLocks(held: "none");
            }
        });
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            for (var round = 0; round < 3000; round++)
            {
                store.Lock("key", shared: false).Dispose();
            }
        })));
        Volatile.Write(ref done, true);
        await removing;
    }
}
