using ContainerStages.Content;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Content;

[TestClass]
public sealed class StoreUseTests
{
    [TestMethod]
    public void What_is_noted_alone_or_together_is_in_use_until_the_process_ends()
    {
        using var folder = new TempFolder();
        var store = new StoreDirectory(folder.Path);
        store.Use.Note("steps/one");
        store.Use.Note("steps/one", "snapshots/two", "blobs/sha256/three");
        store.Use.Note();
        Assert.HasCount(1, Directory.GetFiles(folder.Combine("uses")));

        // Another that opens the store sees what the first uses: its lock says that it lives.
        string[] used = [.. StoreUse.ReadAll(new StoreDirectory(folder.Path)).Order(StringComparer.Ordinal)];
        CollectionAssert.AreEqual(new[] { "blobs/sha256/three", "snapshots/two", "steps/one" }, used);

        store.Use.Dispose();
        Assert.IsEmpty(StoreUse.ReadAll(new StoreDirectory(folder.Path)));
        Assert.IsEmpty(Directory.GetFiles(folder.Combine("uses")));
    }

    [TestMethod]
    public void Noting_makes_the_folders_anew_that_a_clean_up_removed()
    {
        using var folder = new TempFolder();
        var store = new StoreDirectory(folder.Path);
        Directory.Delete(folder.Combine("locks"));
        store.Use.Note("steps/one");
        CollectionAssert.AreEqual(new[] { "steps/one" }, StoreUse.ReadAll(store).ToArray());
        store.Use.Dispose();
    }
}
