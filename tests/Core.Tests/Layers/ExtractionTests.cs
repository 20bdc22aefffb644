using System.Runtime.InteropServices;
using ContainerStages.Diagnostics;
using ContainerStages.Layers;
using ContainerStages.Posix;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Layers;

[TestClass]
public sealed class ExtractionTests : IDisposable
{
    private readonly TempFolder temp = new();
    private readonly string layer;

    public ExtractionTests() => layer = temp.NewFolder("layer");

    public void Dispose() => temp.Dispose();

    [TestMethod]
    public void Owner_mode_and_time_of_every_kind_are_kept()
    {
        Extract(new TarBuilder()
            .Folder("dir/", 0x3FF, 1, 2, 100)
            .File("dir/suid", "text", 0x9ED, 3, 4, 200)
            .SymbolicLink("dir/link", "suid")
            .Entry('1', "dir/hard", link: "dir/suid", mode: 0x9ED, user: 3, group: 4));
        AssertStatus("dir", 0x43FF, 1, 2, 100);
        AssertStatus("dir/suid", 0x89ED, 3, 4, 200);
        AssertStatus("dir/hard", 0x89ED, 3, 4, 200);
        Assert.AreEqual("suid", new FileInfo(Inside("dir/link")).LinkTarget);
    }

    [TestMethod]
    public void Root_entry_sets_mode_and_time_of_the_folder()
    {
        Extract(new TarBuilder().Folder("./", 0x1C0, 5, 6, 77).File("./file"));
        AssertStatus("", 0x41C0, 5, 6, 77);
    }

    [TestMethod]
    public void Whiteout_becomes_a_device_0_0()
    {
        Extract(new TarBuilder().Folder("dir/").File("dir/.wh.gone"));
        Assert.IsTrue(Status("dir/gone").IsWhiteout);
    }

    [TestMethod]
    public void Opaque_marker_becomes_an_attribute()
    {
        Extract(new TarBuilder().Folder("dir/").File("dir/.wh..wh..opq").File("new/.wh..wh..opq"));
        Assert.IsTrue(IsOpaque("dir"));
        Assert.IsTrue(IsOpaque("new"));
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Folder_and_whiteout_of_one_name_are_an_opaque_folder_in_either_order(bool whiteoutFirst)
    {
        Extract(whiteoutFirst
            ? new TarBuilder().File(".wh.dir").Folder("dir/").File("dir/file")
            : new TarBuilder().Folder("dir/").File("dir/file").File(".wh.dir"));
        Assert.IsTrue(IsOpaque("dir"));
        Assert.IsTrue(File.Exists(Inside("dir/file")));
    }

    [TestMethod]
    public void Entry_below_a_whiteout_is_in_an_opaque_folder()
    {
        Extract(new TarBuilder().File(".wh.dir").File("dir/file"));
        Assert.IsTrue(IsOpaque("dir"));
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void File_of_the_same_layer_stays_beside_its_whiteout(bool whiteoutFirst)
    {
        Extract(
            whiteoutFirst ? new TarBuilder().File(".wh.file").File("file", "new") : new TarBuilder().File("file", "new").File(".wh.file"));
        Assert.AreEqual("new", File.ReadAllText(Inside("file")));
    }

    [TestMethod]
    public void Names_that_only_aufs_knew_are_ignored()
    {
        Extract(new TarBuilder().Folder(".wh..wh.plnk/").File(".wh..wh.plnk/1.2").File(".wh..wh.aufs").File("file"));
        CollectionAssert.AreEqual(new[] { "file" }, FileNames());
    }

    [TestMethod]
    public void Duplicate_entries_last_wins()
    {
        Extract(new TarBuilder().File("file", "one").File("file", "two").Folder("dir/", 0x1C0).File("dir/kept").Folder("dir/", 0x1ED));
        Assert.AreEqual("two", File.ReadAllText(Inside("file")));
        Assert.IsTrue(File.Exists(Inside("dir/kept")));
        AssertStatus("dir", 0x41ED, 0, 0, 0);
    }

    [TestMethod]
    public void File_over_a_folder_replaces_it_and_folder_over_a_file_too()
    {
        Extract(new TarBuilder().Folder("a/").File("a/b/c").File("a", "now a file").File("d", "file").Folder("d/").File("d/e"));
        Assert.AreEqual("now a file", File.ReadAllText(Inside("a")));
        Assert.IsTrue(File.Exists(Inside("d/e")));
    }

    [TestMethod]
    public void Replacing_one_name_of_a_hard_link_leaves_the_other()
    {
        Extract(new TarBuilder().File("a", "old").HardLink("b", "a").File("a", "new"));
        Assert.AreEqual("new", File.ReadAllText(Inside("a")));
        Assert.AreEqual("old", File.ReadAllText(Inside("b")));
    }

    [TestMethod]
    public void Of_the_names_of_one_file_the_last_says_owner_and_mode()
    {
        Extract(new TarBuilder().File("a", "text", 0x180, 1, 1, 50)
            .Entry('1', "b", link: "a", mode: 0x1A4, user: 2, group: 3)
            .SymbolicLink("l", "a")
            .Entry('1', "m", link: "l", user: 4));
        AssertStatus("a", 0x81A4, 2, 3, 50);
        AssertStatus("l", 0xA1FF, 4, 0, 0);
    }

    [TestMethod]
    [DataRow("user.large", 70_000)]
    [DataRow("user.a-name-of-more-letters-than-the-kernel-takes", 1)]
    public void An_attribute_that_does_not_fit_is_not_a_full_disk(string name, int size)
    {
        var tar = new TarBuilder().Pax(("SCHILY.xattr." + (size == 1 ? name.PadRight(300, 'x') : name), new string('v', size)))
            .File("file");
        var failure = Assert.ThrowsExactly<BuildFailedException>(() => Extract(tar));
        Assert.AreEqual("CST4111", failure.Diagnostics[0].Code);
        StringAssert.Contains(failure.Message, $"{size} bytes");
    }

    [TestMethod]
    public void A_file_that_the_disk_cannot_hold_is_refused_before_it_is_written_and_holes_take_no_space()
    {
        var size = new DriveInfo(layer).TotalFreeSpace + (1L << 30);
        var failure = Assert.ThrowsExactly<BuildFailedException>(() => Extract(new TarBuilder().Pax(("size", $"{size}")).File("file")));
        Assert.AreEqual(size > ExtractionLimits.Default.MaxBytes ? "CST4108" : "CST4101", failure.Diagnostics[0].Code);
        const long WithHoles = 1L << 39;
        Extract(new TarBuilder().Pax(("GNU.sparse.map", "0,4"), ("GNU.sparse.size", $"{WithHoles}")).File("holes", "text"));
        Assert.AreEqual(WithHoles, Status("holes").Size);
    }

    [TestMethod]
    public void Hard_link_to_itself_changes_nothing()
    {
        Extract(new TarBuilder().File("a", "text").HardLink("a", "a"));
        Assert.AreEqual("text", File.ReadAllText(Inside("a")));
    }

    [TestMethod]
    public void Missing_parents_are_made_and_told()
    {
        var extracted = Extract(new TarBuilder().Folder("a/").File("a/b/c/file"));
        CollectionAssert.AreEqual(new[] { "", "a/b", "a/b/c" }, extracted.ImpliedFolders.ToArray());
        AssertStatus("a/b", 0x41ED, 0, 0, 0);
    }

    [TestMethod]
    public void Device_nodes_and_fifos_are_made_for_root()
    {
        var extracted = Extract(new TarBuilder().Device("null", '3', 1, 3).Device("disk", '4', 259, 70000).Fifo("pipe"));
        Assert.AreEqual((1u, 3u), (Status("null").DeviceMajor, Status("null").DeviceMinor));
        Assert.AreEqual((259u, 70000u), (Status("disk").DeviceMajor, Status("disk").DeviceMinor));
        Assert.AreEqual(0x11A4u, Status("pipe").Mode);
        Assert.IsEmpty(extracted.Skipped);
    }

    [TestMethod]
    public void Device_nodes_are_left_out_and_told_for_ordinary_users()
    {
        ExtractedLayer? extracted = null;
        // Capabilities belong to a thread: this one gives up making device nodes.
        var thread = new Thread(() =>
        {
            Capabilities.DropFromThisThread(27); // CAP_MKNOD
            extracted = Extract(new TarBuilder().Device("null", '3', 1, 3).File("file").File(".wh.gone"));
        });
        thread.Start();
        thread.Join();
        Assert.HasCount(1, extracted!.Skipped);
        Assert.Contains("'null'", extracted.Skipped[0]);
        CollectionAssert.AreEqual(new[] { "file", "gone" }, FileNames());
    }

    [TestMethod]
    public void Owner_that_may_not_be_given_away_is_an_error_that_names_subuid()
    {
        BuildFailedException? failure = null;
        var thread = new Thread(() =>
        {
            Capabilities.DropFromThisThread(0); // CAP_CHOWN
            failure = Assert.ThrowsExactly<BuildFailedException>(() => Extract(new TarBuilder().File("file", user: 1000)));
        });
        thread.Start();
        thread.Join();
        Assert.AreEqual("CST4107", failure!.Diagnostics[0].Code);
        Assert.Contains("/etc/subuid", failure.Message);
    }

    [TestMethod]
    public void Capabilities_and_user_attributes_are_kept_byte_for_byte()
    {
        const string Capability = "\u0001\0\0\u0002\0\u0020\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
        Extract(new TarBuilder().Pax(("SCHILY.xattr.security.capability", Capability), ("SCHILY.xattr.user.bytes", "\u00ff\n\0="))
            .File("ping", "x"));
        using var folder = FileCalls.OpenDirectory(layer);
        using var file = FileCalls.OpenAt(folder, "ping", FileCalls.O_RDONLY, 0);
        CollectionAssert.AreEqual(new byte[] { 0xFF, (byte)'\n', 0, (byte)'=' }, FileCalls.TryGetXattr(file, "user.bytes", "ping"));
        CollectionAssert.AreEqual(
            Capability.Select(letter => (byte)letter).ToArray(), FileCalls.TryGetXattr(file, "security.capability", "ping"));
    }

    [TestMethod]
    public void Bombs_of_entries_and_bytes_are_stopped()
    {
        var many = new TarBuilder().File("a").File("b").File("c");
        var entries = Assert.ThrowsExactly<BuildFailedException>(
            () => LayerTrees.Extract(many.ToArray(), layer, new ExtractionLimits { MaxEntries = 2 }));
        Assert.AreEqual("CST4108", entries.Diagnostics[0].Code);
        var large = new TarBuilder().File("d", "12345").File("e", "67890");
        var bytes = Assert.ThrowsExactly<BuildFailedException>(
            () => LayerTrees.Extract(large.ToArray(), layer, new ExtractionLimits { MaxBytes = 9 }));
        Assert.AreEqual("CST4108", bytes.Diagnostics[0].Code);
    }

    [TestMethod]
    public void Size_is_the_sum_of_all_files() =>
        Assert.AreEqual(8, Extract(new TarBuilder().File("a", "12345").HardLink("b", "a").File("c", "678")).Size);

    [TestMethod]
    public void Name_that_is_not_UTF_8_survives()
    {
        // In the header, and in a folder's listing.
        Extract(new TarBuilder().File("caf\u00e9", "latin"));
        using var folder = FileCalls.OpenDirectory(layer);
        var name = FileCalls.ListNames(folder, layer).Single();
        CollectionAssert.AreEqual(new byte[] { (byte)'c', (byte)'a', (byte)'f', 0xE9 }, PathText.Encode(name));
    }

    [TestMethod]
    public void Many_folders_in_turn_find_their_parents_again()
    {
        var tar = new TarBuilder();
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 100; i++)
            {
                tar.File($"d{i}/e/f{round}", $"{i} {round}").HardLink($"links/{i}/{round}", $"d{i * 7 % (i + 1)}/e/f{round}");
            }
        }

        Extract(tar);
        for (var i = 0; i < 100; i++)
        {
            Assert.AreEqual($"{i} 2", File.ReadAllText(Inside($"d{i}/e/f2")));
            Assert.AreEqual($"{i * 7 % (i + 1)} 1", File.ReadAllText(Inside($"links/{i}/1")));
        }
    }

    private ExtractedLayer Extract(TarBuilder tar) => LayerTrees.Extract(tar.ToArray(), layer);

    private string Inside(string path) => Path.Combine(layer, path);

    private string?[] FileNames() => [.. Directory.GetFileSystemEntries(layer).Select(Path.GetFileName).Order(StringComparer.Ordinal)];

    private FileStatus Status(string path)
    {
        Assert.IsTrue(FileCalls.TryStat(Inside(path), out var status));
        return status;
    }

    private bool IsOpaque(string path)
    {
        using var folder = FileCalls.OpenDirectory(Inside(path));
        return FileCalls.TryGetXattr(folder, "user.overlay.opaque", path) is [(byte)'y'];
    }

    private void AssertStatus(string path, uint mode, uint user, uint group, long time)
    {
        var status = Status(path);
        Assert.AreEqual((mode, user, group, time), (status.Mode, status.UserId, status.GroupId, status.ModificationSeconds));
    }
}

/// <summary>Capabilities of the calling thread. Source: capset(2).</summary>
internal static partial class Capabilities
{
    public static void DropFromThisThread(int capability)
    {
        var header = new uint[] { 0x20080522, 0 };
        var data = new uint[6];
        Assert.AreEqual(0, capget(header, data));
        data[capability / 32 * 3] &= ~(1u << (capability % 32));
        Assert.AreEqual(0, capset(header, data));
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int capget([In] uint[] header, [In, Out] uint[] data);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int capset([In] uint[] header, [In] uint[] data);
}
