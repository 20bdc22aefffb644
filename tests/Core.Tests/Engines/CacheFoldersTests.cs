using ContainerStages.Content;
using ContainerStages.Engines;
using ContainerStages.Planning;
using ContainerStages.Posix;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Engines;

[TestClass]
public sealed class CacheFoldersTests(TestContext context) : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [TestMethod]
    public async Task A_folder_that_another_build_has_just_made_is_not_replaced()
    {
        var store = new StoreDirectory(folder.NewFolder("store"));
        var name = new string('a', 64);
        var path = folder.Combine("store", "caches", name, "0");
        var another = await store.LockAsync($"cache-{name[..32]}-made", context.CancellationToken);

        var making = new CacheFolders(store).CreateAsync(
            name, path, folder.Combine("made"), new FileOwner(null, null, null), context.CancellationToken);
        Directory.CreateDirectory(path);
        FileCalls.TryStat(path, out var before);
        another.Dispose();
        await making;

        Assert.IsTrue(FileCalls.TryStat(path, out var after));
        Assert.AreEqual(before.Inode, after.Inode);
    }
}
