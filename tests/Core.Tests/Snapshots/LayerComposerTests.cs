using ContainerStages.Diagnostics;
using ContainerStages.Snapshots;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Snapshots;

/// <summary>What is put into a folder that the layer made itself is as right as what is put into one that was there.</summary>
[TestClass]
public sealed class LayerComposerTests : IDisposable
{
    private readonly TempFolder temp = new();
    private readonly string below;
    private readonly string layer;
    private readonly Ownership owner;

    public LayerComposerTests()
    {
        (below, layer) = (temp.NewFolder("below"), temp.NewFolder("layer"));
        var self = UnionView.OfContext(below).Find("/")!.Status;
        owner = new Ownership(self.UserId, self.GroupId);
        Directory.CreateDirectory(Path.Combine(below, "old"));
        File.WriteAllText(Path.Combine(below, "old", "file"), "below");
        File.CreateSymbolicLink(Path.Combine(below, "old", "link"), "file");
        File.WriteAllText(temp.Combine(temp.NewFolder("context"), "first"), "first");
        File.WriteAllText(temp.Combine("context", "second"), "second");
        File.CreateSymbolicLink(temp.Combine("context", "link"), "first");
    }

    [TestMethod]
    [DataRow("/new")]
    [DataRow("/new/inner")]
    [DataRow("/old")]
    [DataRow("/old/new")]
    public void A_file_replaces_the_one_that_was_put_there_before(string folder)
    {
        Write(composer =>
        {
            composer.MakeDirectory(folder, owner);
            Copy(composer, "first", folder + "/file");
            Copy(composer, "second", folder + "/file");
        });
        Assert.AreEqual("second", File.ReadAllText(layer + folder + "/file"));
    }

    [TestMethod]
    [DataRow("/new")]
    [DataRow("/old")]
    public void A_file_replaces_a_link_and_does_not_write_through_it(string folder)
    {
        Write(composer =>
        {
            composer.MakeDirectory(folder, owner);
            Copy(composer, "first", folder + "/first");
            Copy(composer, "link", folder + "/link");
            Copy(composer, "second", folder + "/link");
        });
        Assert.IsNull(new FileInfo(layer + folder + "/link").LinkTarget);
        Assert.AreEqual("second", File.ReadAllText(layer + folder + "/link"));
        Assert.AreEqual("first", File.ReadAllText(layer + folder + "/first"));
        Assert.AreEqual("below", File.ReadAllText(Path.Combine(below, "old", "file")));
    }

    [TestMethod]
    [DataRow("/new")]
    [DataRow("/old")]
    public void A_link_replaces_a_file(string folder)
    {
        Write(composer =>
        {
            composer.MakeDirectory(folder, owner);
            Copy(composer, "second", folder + "/file");
            Copy(composer, "link", folder + "/file");
        });
        Assert.AreEqual("first", new FileInfo(layer + folder + "/file").LinkTarget);
    }

    [TestMethod]
    [DataRow("/new")]
    [DataRow("/old")]
    public void A_folder_does_not_replace_a_file(string folder)
    {
        Write(composer =>
        {
            composer.MakeDirectory(folder, owner);
            Copy(composer, "first", folder + "/file");
            Assert.ThrowsExactly<BuildFailedException>(() => composer.MakeDirectory(folder + "/file", owner));
        });
        Assert.AreEqual("first", File.ReadAllText(layer + folder + "/file"));
    }

    [TestMethod]
    [DataRow("/new/inner")]
    [DataRow("/old/inner")]
    public void A_file_does_not_replace_a_folder(string folder) => Write(composer =>
    {
        composer.MakeDirectory(folder, owner);
        Assert.ThrowsExactly<BuildFailedException>(() => Copy(composer, "first", folder));
    });

    [TestMethod]
    [DataRow("/new")]
    [DataRow("/old")]
    public void What_an_archive_puts_in_the_place_of_a_folder_stands_alone(string folder)
    {
        var inner = folder + "/inner";
        Write(composer =>
        {
            composer.MakeDirectory(inner, owner);
            Copy(composer, "first", inner + "/file");
            composer.ClearFor(inner, directory: false);
            Copy(composer, "link", inner);
            composer.ClearFor(inner, directory: true);
            composer.MakeDirectory(inner, owner);
            Copy(composer, "second", inner + "/file");
            Copy(composer, "second", inner + "/other");
        });
        CollectionAssert.AreEquivalent(
            new[] { layer + inner + "/file", layer + inner + "/other" },
            Directory.GetFiles(layer + inner));
        Assert.AreEqual("second", File.ReadAllText(layer + inner + "/file"));
    }

    [TestMethod]
    public void A_folder_in_the_place_of_a_link_below_has_nothing_of_what_it_led_to()
    {
        Write(composer =>
        {
            composer.ClearFor("/old/link", directory: true);
            composer.MakeDirectory("/old/link", owner);
            Copy(composer, "first", "/old/link/file");
        });
        Assert.IsNull(new DirectoryInfo(layer + "/old/link").LinkTarget);
        Assert.AreEqual("first", File.ReadAllText(layer + "/old/link/file"));
        Assert.AreEqual("below", File.ReadAllText(Path.Combine(below, "old", "file")));
    }

    [TestMethod]
    public void A_second_name_replaces_the_file_that_was_put_there_before()
    {
        Write(composer =>
        {
            composer.MakeDirectory("/new", owner);
            Copy(composer, "first", "/new/first");
            Copy(composer, "second", "/new/second");
            composer.LinkFile("/new/second", "/new/first");
        });
        Assert.AreEqual("first", File.ReadAllText(layer + "/new/second"));
    }

    [TestMethod]
    public void A_folder_of_the_user_is_written_into_and_its_links_are_replaced()
    {
        File.CreateSymbolicLink(Path.Combine(layer, "file"), "../below/old/file");
        LayerComposer.WriteInto(layer, 0, composer => Copy(composer, "second", "/file"));
        Assert.IsNull(new FileInfo(Path.Combine(layer, "file")).LinkTarget);
        Assert.AreEqual("below", File.ReadAllText(Path.Combine(below, "old", "file")));
    }

    private void Write(Action<LayerComposer> write) => LayerComposer.Write(new UnionView([below]), layer, 0, write);

    private void Copy(LayerComposer composer, string name, string path) => composer.CopyFile(
        path,
        UnionView.OfContext(temp.Combine("context")).Find("/" + name, followLast: false)!,
        owner,
        mode: 0x1A4,
        withAttributes: false);

    public void Dispose() => temp.Dispose();
}
