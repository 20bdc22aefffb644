using ContainerStages.Layers;
using ContainerStages.Posix;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Layers;

/// <summary>
/// Owners beside a folder; that images come out the same with them is tested by the program (Cli.Tests/UnprivilegedTests).
/// </summary>
[TestClass]
public sealed class RecordedOwnersTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [TestMethod]
    public void What_is_not_recorded_is_roots_with_the_mode_that_it_has()
    {
        var status = Owners(_ => { }).Apply("file", new FileStatus { Mode = FileCalls.S_IFREG | 0x1A4, UserId = 1000, GroupId = 1000 });
        Assert.AreEqual((0u, 0u, FileCalls.S_IFREG | 0x1A4), (status.UserId, status.GroupId, status.Mode));
    }

    [TestMethod]
    public void Owner_mode_kind_and_capabilities_come_back()
    {
        var owners = Owners(record =>
        {
            Assert.AreEqual(
                0x1ACu,
                record.Record("tool", 5, 6, 0x92Cu, isFolder: false),
                "The one who records reads it, and is given no rights of others.");
            Assert.AreEqual(0x1C0u, record.Record("closed", 0, 0, 0, isFolder: true));
            record.RecordCapability("tool", [1, 2]);
            record.RecordDevice("null", 0, 7, FileCalls.S_IFCHR | 0x1B6, 1, 3);
            record.RecordLink("link", 8, 9);
            record.Link("other", "tool");
        });
        var file = new FileStatus { Mode = FileCalls.S_IFREG | 0x1AC };

        Assert.AreEqual((5u, 6u, FileCalls.S_IFREG | 0x92C), Values(owners.Apply("tool", file)));
        Assert.AreEqual((5u, 6u, FileCalls.S_IFREG | 0x92C), Values(owners.Apply("other", file)));
        Assert.AreEqual((0u, 0u, FileCalls.S_IFDIR), Values(owners.Apply("closed", new FileStatus { Mode = FileCalls.S_IFDIR | 0x1C0 })));
        Assert.AreEqual(
            (8u, 9u, FileCalls.S_IFLNK | 0x1FF), Values(owners.Apply("link", new FileStatus { Mode = FileCalls.S_IFLNK | 0x1FF })));
        CollectionAssert.AreEqual(new byte[] { 1, 2 }, owners.CapabilityOf("other"));
        var device = owners.Apply("null", file);
        Assert.AreEqual((FileCalls.S_IFCHR | 0x1B6, 1u, 3u), (device.Mode, device.DeviceMajor, device.DeviceMinor));
    }

    [TestMethod]
    public void A_damaged_record_is_none()
    {
        Owners(record => record.RecordLink("link", 8, 9));
        File.AppendAllText(RecordedOwners.FileOf(folder.Combine("layer")), "x");
        Assert.IsNull(RecordedOwners.ReadRecord(folder.Combine("layer")));
    }

    [TestMethod]
    [DataRow(0ul, false)]
    [DataRow(9ul, true)]
    [DataRow(1ul, false)]
    [DataRow(ulong.MaxValue, true)]
    public void Files_can_be_given_away_by_who_holds_the_capabilities(ulong held, bool expected) =>
        Assert.AreEqual(expected, ProcessCapabilities.MayChangeOwners(held));

    [TestMethod]
    public void Capabilities_are_those_that_the_kernel_shows_of_the_process()
    {
        var shown = File.ReadLines("/proc/self/status").Single(line => line.StartsWith("CapEff:", StringComparison.Ordinal));
        Assert.AreEqual(Convert.ToUInt64(shown["CapEff:".Length..].Trim(), 16), ProcessCapabilities.Held());
    }

    private RecordedOwners Owners(Action<RecordedOwners> record)
    {
        var owners = new RecordedOwners();
        record(owners);
        owners.Save(folder.Combine("layer"));
        return RecordedOwners.ReadRecord(folder.Combine("layer"))!;
    }

    private static (uint UserId, uint GroupId, uint Mode) Values(FileStatus status) => (status.UserId, status.GroupId, status.Mode);
}
