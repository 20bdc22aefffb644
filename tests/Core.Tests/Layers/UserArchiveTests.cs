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

    [TestMethod]
    [DataRow("")]
    [DataRow("BZh9 only begins like bzip2")]
    [DataRow("just a text that is no archive at all")]
    public void What_is_no_archive_is_none(string content) => Assert.IsFalse(UserArchive.IsArchive(temp.Write("file", content)));

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
