using System.Text;
using ContainerStages.Diagnostics;
using ContainerStages.Layers;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Layers;

[TestClass]
public sealed class TarFormatTests : IDisposable
{
    private readonly TempFolder temp = new();
    private readonly string layer;

    public TarFormatTests() => layer = temp.NewFolder("layer");

    public void Dispose() => temp.Dispose();

    [TestMethod]
    public void Long_names_of_GNU_and_pax_are_read()
    {
        var name = string.Join('/', Enumerable.Repeat("folder-with-a-long-name", 10));
        Extract(new TarBuilder()
            .GnuLongName(name + "/gnu").File("short", "gnu")
            .Pax(("path", name + "/pax")).File("short", "pax")
            .GnuLongLink(name + "/gnu").SymbolicLink("link", "short")
            .Pax(("linkpath", name + "/pax")).HardLink("hard", "short"));
        Assert.AreEqual("gnu", File.ReadAllText(Inside("link")));
        Assert.AreEqual("pax", File.ReadAllText(Inside("hard")));
    }

    [TestMethod]
    public void Name_in_prefix_and_name_fields_is_joined()
    {
        Extract(new TarBuilder().Entry(
            '0', "name", "x"u8.ToArray(), change: block => Encoding.ASCII.GetBytes("some/prefix", block.AsSpan(345))));
        Assert.IsTrue(File.Exists(Inside("some/prefix/name")));
    }

    [TestMethod]
    public void Global_pax_header_changes_no_entry()
    {
        Extract(new TarBuilder().GlobalPax(("mtime", "500"), ("uid", "7"), ("path", "elsewhere"))
            .File("a", time: 3)
            .Pax(("mtime", "600.5"))
            .File("b")
            .File("c"));
        Assert.AreEqual(3, Time("a"));
        Assert.AreEqual(600.5, Time("b"));
        Assert.AreEqual(0, Time("c"));
        Assert.IsTrue(Posix.FileCalls.TryStat(Inside("a"), out var status));
        Assert.AreEqual(0u, status.UserId);
    }

    [TestMethod]
    public void A_regular_file_whose_name_ends_in_a_slash_is_a_file()
    {
        Extract(new TarBuilder().File("x/", "text").File("after", "y"));
        Assert.AreEqual("text", File.ReadAllText(Inside("x")));
        Assert.AreEqual("y", File.ReadAllText(Inside("after")));
    }

    [TestMethod]
    public void Old_tars_without_magic_mark_folders_by_a_slash()
    {
        Extract(new TarBuilder().Entry('\0', "dir/", magic: "").Entry('\0', "dir/file", "x"u8.ToArray(), magic: ""));
        Assert.IsTrue(File.Exists(Inside("dir/file")));
    }

    [TestMethod]
    public void Binary_numbers_of_GNU_are_read()
    {
        Extract(new TarBuilder().Entry('0', "file", change: block =>
        {
            block.AsSpan(108, 8).Clear();
            block[108] = 0x80;
            block[113] = 0x40; // 0x400000 = 4194304
        }));
        Assert.IsTrue(Posix.FileCalls.TryStat(Inside("file"), out var status));
        Assert.AreEqual(4194304u, status.UserId);
    }

    [TestMethod]
    public void Archive_without_end_blocks_is_whole()
    {
        LayerTrees.Extract(new TarBuilder().File("file", "x").ToArrayWithoutEnd(), layer);
        Assert.IsTrue(File.Exists(Inside("file")));
    }

    [TestMethod]
    public void An_archive_that_ends_with_the_content_of_its_last_file_is_whole()
    {
        LayerTrees.Extract(new TarBuilder().File("file", "text").ToArrayWithoutEnd()[..516], layer);
        Assert.AreEqual("text", File.ReadAllText(Inside("file")));
    }

    [TestMethod]
    [DataRow(515, "cut off", DisplayName = "in the content of the last file")]
    [DataRow(517, "cut off", DisplayName = "in what follows it")]
    public void An_archive_that_ends_beside_its_last_files_content_is_refused(int length, string reason) =>
        AssertDamaged(new TarBuilder().File("file", "text").ToArrayWithoutEnd()[..length], reason);

    [TestMethod]
    [DataRow(700, "cut off", DisplayName = "in content")]
    [DataRow(1100, "cut off", DisplayName = "in a header")]
    public void Truncated_archive_is_refused(int length, string reason) =>
        AssertDamaged(new TarBuilder().File("file", new string('x', 512)).File("next").ToArrayWithoutEnd()[..length], reason);

    [TestMethod]
    public void Size_that_lies_about_the_end_is_refused() =>
        AssertDamaged(new TarBuilder().Entry('0', "file", size: 1L << 32).ToArray(), "cut off");

    [TestMethod]
    public void Negative_size_is_refused()
    {
        var tar = new TarBuilder().Entry('0', "file", change: block => block.AsSpan(124, 12).Fill(0xFF)).ToArray();
        AssertDamaged(tar, "negative size");
    }

    [TestMethod]
    public void Negative_size_in_a_pax_record_is_refused() =>
        AssertDamaged(new TarBuilder().Pax(("size", "-1")).File("file", "x").ToArray(), "negative size");

    [TestMethod]
    public void Wrong_checksum_is_refused()
    {
        var tar = new TarBuilder().File("file").ToArray();
        tar[0] ^= 1;
        AssertDamaged(tar, "checksum");
    }

    [TestMethod]
    public void Bytes_that_are_no_tar_are_refused() => AssertDamaged(Encoding.ASCII.GetBytes(new string('#', 1024)), "not");

    [TestMethod]
    [DataRow("5 a=b\n", DisplayName = "length too short")]
    [DataRow("99 a=b\n", DisplayName = "length too long")]
    [DataRow("-6 a=b\n", DisplayName = "length negative")]
    [DataRow("6 abc\n", DisplayName = "no equals sign")]
    [DataRow("x", DisplayName = "no length")]
    public void Malformed_pax_header_is_refused(string record) =>
        AssertDamaged(new TarBuilder().Entry('x', "pax", Encoding.ASCII.GetBytes(record)).File("file").ToArray(), "pax header");

    [TestMethod]
    [DataRow('x')]
    [DataRow('L')]
    public void Bomb_in_an_extended_header_is_not_read_into_memory(char type) =>
        AssertDamaged(new TarBuilder().Entry(type, "bomb", size: 1L << 31).ToArray(), "at most 1048576");

    [TestMethod]
    public void Unknown_entry_type_is_refused() => AssertDamaged(new TarBuilder().Entry('V', "volume").ToArray(), "unknown type");

    [TestMethod]
    [DataRow("gnu")]
    [DataRow("pax")]
    [DataRow("pax --sparse-version=0.0")]
    [DataRow("pax --sparse-version=0.1")]
    public async Task Sparse_files_of_GNU_tar_are_read(string format)
    {
        var source = temp.NewFolder("source");
        await using (var file = File.Create(Path.Combine(source, "sparse")))
        {
            for (var i = 0; i < 30; i++)
            {
                file.Position = i * 1_000_000L;
                file.Write(Encoding.ASCII.GetBytes($"part {i}"));
            }

            file.SetLength(40_000_001);
        }

        await RealTool.RunAsync(
            "tar", ["--sparse", .. $"--format={format}".Split(' '), "-cf", temp.Combine("sparse.tar"), "-C", source, "."]);
        var extracted = LayerTrees.Extract(await File.ReadAllBytesAsync(temp.Combine("sparse.tar")), layer);
        Assert.AreEqual(40_000_001, extracted.Size);
        Assert.IsTrue(File.ReadAllBytes(Inside("sparse")).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(source, "sparse"))));
    }

    [TestMethod]
    [DataRow("0,10", "5", DisplayName = "beyond the end")]
    [DataRow("5,1,0,1", "10", DisplayName = "backwards")]
    [DataRow("0,3,1,3", "10", DisplayName = "overlapping")]
    [DataRow("0,9", "10", DisplayName = "more than stored")]
    [DataRow("9223372036854775807,1", "9223372036854775807", DisplayName = "overflow")]
    public void Sparse_map_that_contradicts_itself_is_refused(string map, string size) =>
        AssertDamaged(new TarBuilder().Pax(("GNU.sparse.size", size), ("GNU.sparse.map", map)).File("file", "x").ToArray(), "sparse");

    [TestMethod]
    [DataRow("gnu")]
    [DataRow("pax")]
    [DataRow("ustar")]
    [DataRow("v7")]
    public async Task Archives_of_GNU_tar_are_read_in_every_format(string format)
    {
        var source = temp.NewFolder("source");
        Directory.CreateDirectory(Path.Combine(source, "a/b"));
        File.WriteAllText(Path.Combine(source, "a/b/file"), "text");
        File.CreateSymbolicLink(Path.Combine(source, "a/link"), "b/file");
        File.SetUnixFileMode(Path.Combine(source, "a"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await RealTool.RunAsync("tar", $"--format={format}", "-cf", temp.Combine("a.tar"), "-C", source, ".");
        LayerTrees.Extract(await File.ReadAllBytesAsync(temp.Combine("a.tar")), layer);
        CollectionAssert.AreEqual(LayerTrees.Describe(source).ToArray(), LayerTrees.Describe(layer).ToArray());
    }

    [TestMethod]
    public void Damaged_archives_never_end_in_anything_but_a_clear_error() => CsCheck.Check.Sample(
        CsCheck.Gen.Select(CsCheck.Gen.Int[0, 4095], CsCheck.Gen.Byte, CsCheck.Gen.Int[0, 4096]),
        change =>
        {
            var (position, value, length) = change;
            var tar = new TarBuilder().Folder("d/")
                .Pax(("path", "d/long"), ("mtime", "1.5"))
                .File("x", "text")
                .GnuLongName("d/gnu")
                .File("y")
                .HardLink("d/h", "d/long")
                .ToArray();
            tar[position % tar.Length] = value;
            using var folder = new TempFolder();
            try
            {
                LayerTrees.Extract(tar[..Math.Max(0, tar.Length - length)], folder.Path, new ExtractionLimits { MaxBytes = 1 << 20 });
            }
            catch (BuildFailedException)
            {
                // A clear error.
            }
        },
        iter: 2000);

    private double Time(string path)
    {
        Assert.IsTrue(Posix.FileCalls.TryStat(Inside(path), out var status));
        return status.ModificationSeconds + (status.ModificationNanoseconds / 1e9);
    }

    private string Inside(string path) => Path.Combine(layer, path);

    private void Extract(TarBuilder tar) => LayerTrees.Extract(tar.ToArray(), layer);

    private void AssertDamaged(byte[] tar, string reason)
    {
        var failure = Assert.ThrowsExactly<BuildFailedException>(() => LayerTrees.Extract(tar, layer));
        Assert.AreEqual("CST4105", failure.Diagnostics[0].Code);
        Assert.Contains(reason, failure.Message);
    }
}
