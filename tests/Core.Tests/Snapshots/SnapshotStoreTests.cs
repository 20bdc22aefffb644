using ContainerStages.Content;
using ContainerStages.Snapshots;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Snapshots;

[TestClass]
public sealed class SnapshotStoreTests
{
    [TestMethod]
    public void Two_parts_of_a_process_never_work_in_one_temporary_folder()
    {
        using var folder = new TempFolder();
        using var first = new SnapshotStore(new StoreDirectory(folder.Path)).CreateTemporary();
        using var second = new SnapshotStore(new StoreDirectory(folder.Path)).CreateTemporary();
        Assert.AreNotEqual(first.Path, second.Path);
    }
}
