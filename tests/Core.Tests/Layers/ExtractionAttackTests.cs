using ContainerStages.Diagnostics;
using ContainerStages.Layers;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Layers;

/// <summary>Archives made to reach outside the layer. Beside the layer's folder lies another that must stay as it is.</summary>
[TestClass]
public sealed class ExtractionAttackTests : IDisposable
{
    private readonly TempFolder temp = new();
    private readonly string layer;
    private readonly string outside;

    public ExtractionAttackTests()
    {
        layer = temp.NewFolder("layer");
        outside = temp.NewFolder("outside");
        File.WriteAllText(Path.Combine(outside, "file"), "untouched");
    }

    public void Dispose()
    {
        Assert.AreEqual("untouched", File.ReadAllText(Path.Combine(outside, "file")));
        CollectionAssert.AreEqual(new[] { "file" }, Directory.GetFileSystemEntries(outside).Select(Path.GetFileName).ToArray());
        CollectionAssert.AreEquivalent(
            new[] { "layer", "outside" }, Directory.GetFileSystemEntries(temp.Path).Select(Path.GetFileName).ToArray());
        temp.Dispose();
    }

    [TestMethod]
    [DataRow("../outside/new")]
    [DataRow("a/../../outside/new")]
    [DataRow("/../outside/new")]
    [DataRow("./../outside/new")]
    [DataRow("..")]
    public void Entry_with_dotdot_that_leaves_the_layer_is_refused(string name) =>
        AssertRefused(new TarBuilder().File(name, "evil"), name, "leads out of the layer");

    [TestMethod]
    public void Entry_with_dotdot_that_stays_inside_is_kept_inside()
    {
        Extract(new TarBuilder().File("a/b/../c", "text"));
        Assert.AreEqual("text", File.ReadAllText(Inside("a/c")));
    }

    [TestMethod]
    public void Absolute_name_lands_inside()
    {
        Extract(new TarBuilder().File("/etc/passwd", "mine").File("//srv///x", "x"));
        Assert.AreEqual("mine", File.ReadAllText(Inside("etc/passwd")));
        Assert.AreEqual("x", File.ReadAllText(Inside("srv/x")));
    }

    [TestMethod]
    public void Entry_below_an_absolute_symlink_stays_inside()
    {
        Extract(new TarBuilder().SymbolicLink("exit", outside).File("exit/new", "evil"));
        Assert.AreEqual("evil", File.ReadAllText(Inside(outside[1..] + "/new")));
    }

    [TestMethod]
    public void Entry_below_a_relative_symlink_with_dotdot_stays_inside()
    {
        Extract(new TarBuilder().SymbolicLink("exit", "../../outside").File("exit/new", "evil"));
        Assert.AreEqual("evil", File.ReadAllText(Inside("outside/new")));
    }

    [TestMethod]
    public void Entry_below_a_chain_of_symlinks_stays_inside()
    {
        Extract(new TarBuilder().Folder("d/")
            .SymbolicLink("d/one", "..")
            .SymbolicLink("d/two", "one/..")
            .SymbolicLink("d/three", "two/../outside")
            .File("d/three/new", "evil"));
        Assert.AreEqual("evil", File.ReadAllText(Inside("outside/new")));
    }

    [TestMethod]
    public void Symlinks_in_a_circle_are_refused() =>
        AssertRefused(new TarBuilder().SymbolicLink("a", "b").SymbolicLink("b", "a").File("a/new"), "a/new", "cannot be made");

    [TestMethod]
    public void Symlink_to_a_magic_link_of_proc_is_not_followed()
    {
        using var handle = Posix.FileCalls.OpenDirectory(outside);
        Extract(new TarBuilder().SymbolicLink("exit", $"/proc/self/fd/{handle.DangerousGetHandle()}").File("exit/new", "evil"));
    }

    [TestMethod]
    public void File_over_a_symlink_replaces_the_link_and_not_its_target()
    {
        Extract(new TarBuilder().SymbolicLink("file", Path.Combine(outside, "file")).File("file", "evil"));
        Assert.AreEqual("evil", File.ReadAllText(Inside("file")));
        Assert.IsNull(new FileInfo(Inside("file")).LinkTarget);
    }

    [TestMethod]
    public void Folder_over_a_symlink_replaces_the_link_and_keeps_the_mode_of_its_target()
    {
        var before = File.GetUnixFileMode(outside);
        Extract(new TarBuilder().SymbolicLink("dir", outside).Folder("dir/", 0x1FF).File("dir/new"));
        Assert.AreEqual(before, File.GetUnixFileMode(outside));
        Assert.IsTrue(File.Exists(Inside("dir/new")));
    }

    [TestMethod]
    public void Symlink_replaced_during_extraction_after_its_folder_was_used_stays_inside()
    {
        // The handle of 'dir' is remembered when 'dir' becomes a link.
        Extract(new TarBuilder().Folder("dir/").File("dir/one").SymbolicLink("dir", outside).File("dir/new", "evil"));
        Assert.AreEqual(outside, new FileInfo(Inside("dir")).LinkTarget);
        Assert.IsTrue(File.Exists(Inside(outside[1..] + "/new")));
    }

    [TestMethod]
    public void Parent_symlink_replaced_during_extraction_by_another_process_leads_nowhere_else()
    {
        var stop = false;
        Directory.CreateDirectory(Inside("d"));
        var swapper = new Thread(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                Swap(() => Directory.Move(Inside("d"), Inside("aside")));
                Swap(() => File.CreateSymbolicLink(Inside("d"), outside));
                Swap(() => File.Delete(Inside("d")));
                Swap(() => Directory.Move(Inside("aside"), Inside("d")));
            }
        });
        swapper.Start();
        try
        {
            for (var round = 0; round < 300; round++)
            {
                try
                {
                    Extract(new TarBuilder().File("d/e/new", "evil")
                        .Folder("d/f/")
                        .SymbolicLink("d/g", "x")
                        .HardLink("d/h", "d/e/new")
                        .File("d/.wh.gone"));
                }
                catch (BuildFailedException)
                {
                    // The race may fail an extraction; it must not let anything out.
                }
            }
        }
        finally
        {
            Volatile.Write(ref stop, true);
            swapper.Join();
        }
    }

    [TestMethod]
    public void Hardlink_to_a_file_outside_is_refused() =>
        AssertRefused(new TarBuilder().HardLink("link", "../outside/file"), "link", "leads out of the layer");

    [TestMethod]
    public void Hardlink_through_a_symlink_finds_nothing_outside() =>
        AssertRefused(new TarBuilder().SymbolicLink("exit", outside).HardLink("link", "exit/file"), "link", "no file of this layer");

    [TestMethod]
    public void Hardlink_to_a_symlink_links_the_link_and_writing_through_it_stays_inside()
    {
        Extract(new TarBuilder().SymbolicLink("exit", Path.Combine(outside, "file")).HardLink("link", "exit").File("link", "evil"));
        Assert.AreEqual("evil", File.ReadAllText(Inside("link")));
    }

    [TestMethod]
    public void Hardlink_to_an_absolute_name_of_the_machine_is_looked_up_inside() =>
        AssertRefused(new TarBuilder().HardLink("link", Path.Combine(outside, "file")), "link", "no file of this layer");

    [TestMethod]
    public void Hardlink_to_a_folder_is_refused() =>
        AssertRefused(new TarBuilder().Folder("dir/").HardLink("link", "dir"), "link", "no file of this layer");

    [TestMethod]
    public void Hardlink_to_a_missing_file_is_refused() =>
        AssertRefused(new TarBuilder().HardLink("link", "missing"), "link", "no file of this layer");

    [TestMethod]
    [DataRow(".wh.")]
    [DataRow(".wh..")]
    [DataRow(".wh...")]
    [DataRow("a/.wh...")]
    public void Whiteout_of_no_name_of_dot_or_of_dotdot_is_refused(string name) =>
        AssertRefused(new TarBuilder().Folder("a/").File(name), name, "whiteout without a name");

    [TestMethod]
    public void Whiteout_outside_is_refused() =>
        AssertRefused(new TarBuilder().File("../outside/.wh.file"), "../outside/.wh.file", "leads out of the layer");

    [TestMethod]
    public void Whiteout_below_a_symlink_removes_nothing_outside()
    {
        Extract(new TarBuilder().SymbolicLink("exit", outside).File("exit/.wh.file"));
        Assert.IsTrue(File.Exists(Path.Combine(outside, "file")));
    }

    [TestMethod]
    public void Opaque_marker_below_a_symlink_marks_nothing_outside()
    {
        Extract(new TarBuilder().SymbolicLink("exit", outside).File("exit/.wh..wh..opq"));
        using var handle = Posix.FileCalls.OpenDirectory(outside);
        Assert.IsEmpty(Posix.FileCalls.ListXattrs(handle, "outside"));
    }

    [TestMethod]
    public void Symlink_over_a_folder_removes_the_folder_but_nothing_behind_links_in_it()
    {
        Extract(new TarBuilder().Folder("dir/").SymbolicLink("dir/exit", outside).SymbolicLink("dir", "elsewhere"));
        Assert.AreEqual("elsewhere", new FileInfo(Inside("dir")).LinkTarget);
    }

    [TestMethod]
    public void Root_entry_that_is_no_folder_is_left_out()
    {
        Extract(new TarBuilder().SymbolicLink("./", outside).File(".", "evil").Device("a/..", '3', 1, 3).File("file", "x"));
        Assert.AreEqual("x", File.ReadAllText(Inside("file")));
    }

    [TestMethod]
    public void Entry_below_a_file_is_refused() =>
        AssertRefused(new TarBuilder().File("file").File("file/new"), "file/new", "Not a directory");

    [TestMethod]
    public void Entries_without_a_name_are_left_out()
    {
        Extract(new TarBuilder().File("", "evil").Folder("", 0x1FF).SymbolicLink("", outside).File("file", "x"));
        Assert.AreEqual("x", File.ReadAllText(Inside("file")));
        Assert.AreNotEqual((UnixFileMode)0x1FF, File.GetUnixFileMode(layer));
    }

    [TestMethod]
    public void Zero_byte_in_a_name_is_refused() =>
        AssertRefused(new TarBuilder().Pax(("path", "a\0b")).File("x"), "a?b", "zero byte");

    [TestMethod]
    public void Name_longer_than_a_path_is_refused() =>
        AssertRefused(new TarBuilder().GnuLongName(new string('n', 5000)).File("x"), "nnnn", "5000 characters");

    [TestMethod]
    public void Control_characters_of_a_name_do_not_reach_the_message()
    {
        var failure = Assert.ThrowsExactly<BuildFailedException>(() => Extract(new TarBuilder().File("../\u001b[31mred")));
        Assert.DoesNotContain('\u001b', failure.Message);
    }

    [TestMethod]
    public void Attributes_that_steer_overlayfs_are_not_taken_from_an_archive()
    {
        Extract(
            new TarBuilder().Pax(
                ("SCHILY.xattr.user.overlay.redirect", "/etc"),
                ("SCHILY.xattr.trusted.overlay.opaque", "y"),
                ("SCHILY.xattr.user.mine", "v"))
                .Folder("dir/"));
        using var handle = Posix.FileCalls.OpenDirectory(Inside("dir"));
        CollectionAssert.AreEqual(new[] { "user.mine" }, Posix.FileCalls.ListXattrs(handle, "dir").ToArray());
    }

    private static void Swap(Action change)
    {
        try
        {
            change();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The extraction was faster.
        }
    }

    private string Inside(string path) => Path.Combine(layer, path);

    private ExtractedLayer Extract(TarBuilder tar) => LayerTrees.Extract(tar.ToArray(), layer);

    private void AssertRefused(TarBuilder tar, string name, string reason)
    {
        var failure = Assert.ThrowsExactly<BuildFailedException>(() => Extract(tar));
        Assert.AreEqual("CST4106", failure.Diagnostics[0].Code);
        Assert.Contains($"'{name}", failure.Message);
        Assert.Contains(reason, failure.Message);
    }
}
