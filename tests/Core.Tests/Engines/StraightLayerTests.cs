using ContainerStages.Contracts;
using ContainerStages.Oci;
using ContainerStages.Posix;

namespace ContainerStages.Core.Tests.Engines;

/// <summary>A copy that only the image needs is written as a layer at once. The layer is the one that its folder would give.</summary>
[TestClass]
public sealed class StraightLayerTests : IDisposable
{
    private readonly EngineBench bench = new();

    public void Dispose() => bench.Dispose();

    [TestInitialize]
    public void Prepare()
    {
        bench.AddImage("base", "one");
        bench.Write("tree/b.txt", "b");
        bench.Write("tree/a.txt", "a");
        bench.Write("tree/a/inner/file", "inner");
        bench.Write("tree/a-b", "between");
        bench.Write($"tree/{new string('n', 120)}", "long name");
        bench.Write("tree/\u00e9", "name beyond ASCII");
        bench.Write("tree/program", "#!/bin/sh");
        File.SetUnixFileMode(bench.PathOf("tree/program"), (UnixFileMode)0x9ED); // u=rwxs,go=rx
        File.CreateSymbolicLink(bench.PathOf("tree/link"), "a.txt");
        File.CreateSymbolicLink(bench.PathOf("tree/dangling"), "/nowhere");
        Directory.CreateDirectory(bench.PathOf("tree/empty"));
        using var tree = FileCalls.OpenDirectory(bench.PathOf("tree"));
        Assert.AreEqual(0, FileCalls.LinkAt(tree, "b.txt", tree, "another name", 0));
        Assert.AreEqual(0, FileCalls.LinkAt(tree, "b.txt", tree, "z-name", 0));
        bench.Write("other/a.txt", "other a");
        bench.Write("other/a/more", "more");
    }

    [TestMethod]
    [DataRow("COPY tree /tree")]
    [DataRow("COPY tree/ /")]
    [DataRow("COPY tree/a.txt /file0")]
    [DataRow("COPY tree/a.txt /deep/er/name")]
    [DataRow("COPY tree/a.txt tree/b.txt /deep/")]
    [DataRow("COPY tree other /both/")]
    [DataRow("COPY --chown=7:8 tree /tree")]
    [DataRow("COPY --chmod=640 tree /tree")]
    [DataRow("COPY --chmod=u+x,g-r tree /tree/")]
    [DataRow("COPY --link tree /tree")]
    [DataRow("COPY --link --chown=7:8 tree/a.txt /a/b/c")]
    [DataRow("COPY --parents tree/a/inner /p/")]
    [DataRow("COPY --exclude=*.txt tree /tree")]
    [DataRow("COPY tree/*.txt /texts/")]
    [DataRow("COPY --from=made /given /taken")]
    [DataRow("COPY --from=made --chown=9 /given /taken")]
    [DataRow("COPY --from=base /file0 /copied")]
    [DataRow("COPY <<EOF /text\nwords\nEOF")]
    public async Task The_layer_is_the_one_that_its_folder_gives(string copy)
    {
        var stages = $"""
            FROM base AS made
            COPY --chown=5:6 tree /given
            FROM base
            {copy}
            """;

        var straight = (await bench.BuildAsync(stages)).Single();
        var snapshots = SnapshotCount();

        // A step that stands on the copy needs its folder. Nothing of the build before helps.
        Directory.Delete(bench.Store.Root, recursive: true);
        Directory.CreateDirectory(bench.Store.Root);
        var composed = (await bench.BuildAsync(stages + "\nWORKDIR /file0/../later\n")).Single();

        Assert.AreEqual(composed.Layers[^2].Layer, straight.Layers[^1].Layer);
        Assert.IsGreaterThan(snapshots + 1, SnapshotCount(), "A folder was made of what only the image needs, or none of what is read.");
        Assert.IsEmpty(bench.Leftovers());
    }

    [TestMethod]
    [DataRow("COPY tree /file0", "/file0")]
    [DataRow("COPY --link tree/a.txt tree/b.txt /file", "")]
    [DataRow("COPY tree/a.txt /file0/below", "/file0")]
    public async Task What_stands_in_the_way_is_the_same_error(string copy, string path)
    {
        var straight = await bench.FailAsync($"FROM base\n{copy}\n");
        var composed = await bench.FailAsync($"FROM base\n{copy}\nWORKDIR /later\n");
        Assert.AreEqual(composed, straight);
        Assert.Contains(path, straight.Message, StringComparison.Ordinal);
        Assert.IsEmpty(bench.Leftovers());
    }

    [TestMethod]
    public async Task A_name_that_marks_removed_files_is_refused()
    {
        bench.Write("tree/.wh.gone", "");
        Assert.AreEqual("CST4109", (await bench.FailAsync("FROM base\nCOPY tree /tree\n")).Code);
    }

    [TestMethod]
    public async Task A_copy_of_nothing_adds_no_layer()
    {
        var image = (await bench.BuildAsync("FROM base\nCOPY tree/*.none /file0x/\n")).Single();
        Assert.AreEqual(1, image.Layers.Length);
        Assert.IsTrue((await bench.BuildAsync("FROM base\nCOPY tree/*.none /file0x/\n")).Single().AllCached);
    }

    [TestMethod]
    public async Task A_later_build_that_needs_the_folder_makes_it()
    {
        const string Copy = "FROM base\nCOPY tree /tree\n";
        var first = (await bench.BuildAsync(Copy)).Single();
        Assert.IsTrue((await bench.BuildAsync(Copy)).Single().AllCached);

        var second = (await bench.BuildAsync(Copy + "RUN read /tree/a.txt\n")).Single();

        Assert.AreEqual("read /tree/a.txt", bench.Runs.Single());
        Assert.AreEqual(first.Layers[^1].Layer, second.Layers.Single(layer => layer.Origin is null).Layer);
    }

    [TestMethod]
    public async Task A_target_that_another_stage_reads_has_its_folder()
    {
        bench.Platforms = [Platform.Host, Platform.Host];
        bench.Form = new ImageForm { Compression = LayerCompression.Zstd };
        var images = await bench.BuildAsync("FROM scratch AS files\nCOPY tree /tree\nFROM scratch\nCOPY --from=files /tree/a /a\n");
        Assert.HasCount(2, images);
        Assert.AreEqual(EngineBench.Layers(images[0]), EngineBench.Layers(images[1]));
        Assert.AreEqual(1, SnapshotCount());
    }

    private int SnapshotCount() => Directory.EnumerateDirectories(bench.Store.Folder("snapshots")).Count();
}
