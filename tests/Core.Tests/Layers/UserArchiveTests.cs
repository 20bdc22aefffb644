using ContainerStages.Diagnostics;
using ContainerStages.Layers;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Layers;

/// <summary>Archives that ADD unpacks: known by content, and never a way out of the folder they are unpacked into.</summary>
[TestClass]
public sealed class UserArchiveTests : IDisposable
{
    private readonly TempFolder temp = new();

    public void Dispose() => temp.Dispose();

    [TestMethod]
    [DataRow("-cf")]
    [DataRow("-czf")]
    [DataRow("-cjf")]
    [DataRow("-cJf")]
    [DataRow("-c --zstd -f")]
    public async Task Every_compression_is_known_by_content_whatever_the_name(string options)
    {
        temp.Write("in/folder/file", "text");
        var archive = temp.Combine("no-archive.txt");
        await RealTool.RunAsync("tar", [.. options.Split(' '), archive, "-C", temp.Combine("in"), "."]);
        Assert.IsTrue(UserArchive.IsArchive(archive));
        UserArchive.Extract(archive, "archive", temp.NewFolder("out"), CancellationToken.None);
        Assert.AreEqual("text", await File.ReadAllTextAsync(temp.Combine("out", "folder", "file")));
    }

    /// <summary>
    /// Two halves compressed one by one, as parallel compressors and <c>cat</c> make them; and what is no archive behind the end.
    /// </summary>
    [TestMethod]
    [DataRow("gzip -c half-a; gzip -c half-b")]
    [DataRow("bzip2 -c half-a; printf %s | bzip2 -c; bzip2 -c half-b")]
    [DataRow("xz -c half-a; xz -c half-b")]
    [DataRow("zstd -qc half-a; zstd -qc half-b")]
    [DataRow("xz -c half-a; head -c 8 /dev/zero; printf %s | xz -c; xz -c half-b; head -c 4 /dev/zero")]
    [DataRow(
        "printf 'S*M\\030\\004\\000\\000\\000skip'; zstd -qc half-a; printf 'P*M\\030\\000\\000\\000\\000'; printf " +
        "%s | zstd -qc; zstd -qc half-b")]
    [DataRow("gzip -c whole; echo behind the end, behind the end")]
    [DataRow("bzip2 -c whole; echo behind the end, behind the end")]
    [DataRow("xz -c whole; echo behind the end, behind the end")]
    [DataRow("zstd -qc whole; echo behind the end, behind the end")]
    [DataRow("bzip2 -c whole; head -c 4096 /dev/zero")]
    [DataRow("zstd -qc whole; head -c 4096 /dev/zero")]
    [DataRow("cat whole; echo behind the end, behind the end")]
    public async Task Every_part_of_an_archive_is_read_and_nothing_behind_its_end(string make)
    {
        temp.Write("in/first", new string('x', 200_000));
        temp.Write("in/last", "text");
        const string Halves = "tar -cf whole -C in first last; head -c 100000 whole > half-a; tail -c +100001 whole > half-b";
        await RealTool.RunAsync("sh", "-euc", $"cd \"$1\"; {Halves}; {{ {make}; }} > archive", "sh", temp.Path);
        Assert.IsTrue(UserArchive.IsArchive(temp.Combine("archive")));
        UserArchive.Extract(temp.Combine("archive"), "archive", temp.NewFolder("out"), CancellationToken.None);
        Assert.AreEqual("text", await File.ReadAllTextAsync(temp.Combine("out", "last")));
        Assert.AreEqual(200_000, new FileInfo(temp.Combine("out", "first")).Length);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("BZh9 only begins like bzip2")]
    [DataRow("just a text that is no archive at all")]
    public void What_is_no_archive_is_none(string content) => Assert.IsFalse(UserArchive.IsArchive(temp.Write("file", content)));

    /// <summary>The decompressor lacks these filters or gives wrong bytes.</summary>
    [TestMethod]
    [DataRow("--delta=dist=4", "delta")]
    [DataRow("--x86", "x86")]
    [DataRow("--delta --arm", "delta")]
    [DataRow("--block-size=1000 --powerpc", "powerpc")]
    public async Task An_archive_with_a_filter_of_xz_is_an_error_that_says_so(string options, string filter)
    {
        temp.Write("in/file", new string('x', 10_000));
        await RealTool.RunAsync("sh", "-euc", $"cd \"$1\"; tar -c in | xz -c {options} --lzma2 > archive", "sh", temp.Path);
        Assert.IsTrue(UserArchive.IsArchive(temp.Combine("archive")));
        var failed = Assert.ThrowsExactly<BuildFailedException>(
            () => UserArchive.Extract(temp.Combine("archive"), "a.tar.xz", temp.NewFolder("out"), CancellationToken.None));
        Assert.AreEqual("CST4112", failed.Diagnostics[0].Code);
        StringAssert.Contains(failed.Message, $"'{filter}'");
    }

    [TestMethod]
    public async Task A_compressed_file_that_holds_no_tar_is_none()
    {
        var file = temp.Write("file", "text");
        await RealTool.RunAsync("gzip", [file]);
        Assert.IsFalse(UserArchive.IsArchive(file + ".gz"));
    }

    [TestMethod]
    [DataRow("../outside")]
    [DataRow("/../outside")]
    [DataRow("a/../../outside")]
    public void Entry_with_dotdot_is_refused(string name) => AssertRefused(new TarBuilder().File(name, "evil"));

    [TestMethod]
    public void Whiteout_that_would_remove_a_file_of_the_image_is_refused() => AssertRefused(new TarBuilder().File(".wh.passwd"));

    [TestMethod]
    public void Absolute_link_is_made_but_never_followed()
    {
        var outside = temp.NewFolder("outside");
        Extract(new TarBuilder().SymbolicLink("link", outside).File("link/file", "evil"), out var failed);
        Assert.IsEmpty(Directory.GetFileSystemEntries(outside), failed?.Message);
    }

    [TestMethod]
    public void Damaged_archive_is_an_error_of_the_user()
    {
        Extract(new TarBuilder().Entry('0', "file", data: "short"u8.ToArray(), size: 100_000), out var failed);
        Assert.IsNotNull(failed);
    }

    private void AssertRefused(TarBuilder tar)
    {
        Extract(tar, out var failed);
        Assert.IsNotNull(failed);
        Assert.IsFalse(File.Exists(temp.Combine("outside")));
    }

    private void Extract(TarBuilder tar, out BuildFailedException? failed)
    {
        var archive = temp.Combine("archive.tar");
        File.WriteAllBytes(archive, tar.ToArray());
        failed = null;
        try
        {
            UserArchive.Extract(archive, "archive.tar", temp.NewFolder("out"), CancellationToken.None);
        }
        catch (BuildFailedException refused)
        {
            failed = refused;
        }
    }
}
