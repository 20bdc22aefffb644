using System.Text;
using ContainerStages.Content;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Content;

[TestClass]
public sealed class ContentStoreTests : IDisposable
{
    private static readonly byte[] Text = Encoding.UTF8.GetBytes("some content");
    private readonly TempFolder temp = new();

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    public void Dispose() => temp.Dispose();

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public async Task Blob_appears_when_it_is_committed_and_not_before(bool onDisk)
    {
        var store = Create(onDisk);
        var digest = Digest.Of(Text);
        await using (var writer = store.CreateWriter())
        {
            await writer.WriteAsync(Text.AsMemory(0, 4), Token);
            await writer.WriteAsync(Text.AsMemory(4), Token);
            Assert.AreEqual(Text.Length, writer.Length);
            Assert.IsFalse(store.Contains(digest));
            Assert.AreEqual(digest, await writer.CommitAsync(digest, Token));
        }

        Assert.IsTrue(store.Contains(digest));
        Assert.AreEqual(Text.Length, store.GetSize(digest));
        CollectionAssert.AreEqual(Text, (await store.ReadAllBytesAsync(digest, 100, Token)).ToArray());
        Assert.AreEqual(digest, await store.AddAsync(Text, Token));
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public async Task Content_with_another_digest_is_not_stored(bool onDisk)
    {
        var store = Create(onDisk);
        await using var writer = store.CreateWriter();
        await writer.WriteAsync(Text, Token);
        var failure = await Assert.ThrowsExactlyAsync<DigestMismatchException>(() => writer.CommitAsync(Digest.Of([]), Token).AsTask());
        Assert.AreEqual(Digest.Of(Text), failure.Actual);
        Assert.IsFalse(store.Contains(Digest.Of(Text)));
        Assert.IsFalse(store.Contains(Digest.Of([])));
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Missing_blob_is_said_to_be_missing(bool onDisk)
    {
        var store = Create(onDisk);
        Assert.IsNull(store.GetSize(Digest.Of(Text)));
        Assert.ThrowsExactly<FileNotFoundException>(() => store.OpenRead(Digest.Of(Text)));
    }

    [TestMethod]
    public async Task Writer_that_is_not_committed_leaves_nothing()
    {
        var store = new DiskContentStore(temp.Path);
        await using (var writer = store.CreateWriter())
        {
            await writer.WriteAsync(Text, Token);
        }

        Assert.IsEmpty(Directory.GetFiles(temp.Path, "*", SearchOption.AllDirectories));
    }

    [TestMethod]
    public async Task Blob_is_readable_for_everyone_at_its_place_in_the_layout()
    {
        var store = new DiskContentStore(temp.Path);
        var digest = await store.AddAsync(Text, Token);
        var path = temp.Combine("blobs", "sha256", digest.Hex);
        Assert.AreEqual("UserRead, UserWrite, GroupRead, OtherRead", Order(File.GetUnixFileMode(path)));
    }

    [TestMethod]
    public async Task Many_writers_of_the_same_and_of_other_blobs_do_not_disturb_each_other()
    {
        var digests = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(() =>
            new DiskContentStore(temp.Path).AddAsync(Encoding.UTF8.GetBytes($"blob {i % 4}"), Token))));
        Assert.HasCount(4, digests.Distinct().ToArray());
        Assert.HasCount(4, Directory.GetFiles(temp.Combine("blobs", "sha256")));
        Assert.IsEmpty(Directory.GetFiles(temp.Combine("ingest")));
    }

    [TestMethod]
    public async Task Damaged_blob_is_noticed_when_it_is_read()
    {
        var store = new DiskContentStore(temp.Path);
        var digest = await store.AddAsync(Text, Token);
        await File.WriteAllTextAsync(store.GetPath(digest), "some c0ntent", Token);
        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(() => store.ReadAllBytesAsync(digest, 100, Token));
        Assert.AreEqual("CST4103", failure.Diagnostics[0].Code);
    }

    [TestMethod]
    public async Task Document_over_the_limit_is_not_read()
    {
        var store = new DiskContentStore(temp.Path);
        var digest = await store.AddAsync(Text, Token);
        await Assert.ThrowsExactlyAsync<BuildFailedException>(() => store.ReadAllBytesAsync(digest, Text.Length - 1, Token));
    }

    [TestMethod]
    public async Task Full_disk_is_told_with_the_folder_and_what_to_do()
    {
        var mount = temp.NewFolder("small");
        await RealTool.RunAsync("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", mount);
        try
        {
            await using var writer = new DiskContentStore(mount).CreateWriter();
            var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(() => writer.WriteAsync(new byte[1 << 20], Token).AsTask());
            Assert.AreEqual("CST4101", failure.Diagnostics[0].Code);
            Assert.Contains(mount, failure.Message);
            var tar = new TarBuilder().File("file", new string('x', 1 << 20)).ToArray();
            var extracting = Assert.ThrowsExactly<BuildFailedException>(
                () => LayerTrees.Extract(tar, Directory.CreateDirectory(Path.Combine(mount, "layer")).FullName));
            Assert.AreEqual("CST4101", extracting.Diagnostics[0].Code);
        }
        finally
        {
            await RealTool.RunAsync("umount", "--lazy", mount);
        }
    }

    [TestMethod]
    public void Store_that_cannot_be_written_is_told()
    {
        File.WriteAllText(temp.Combine("blobs"), "a file is in the way");
        var failure = Assert.ThrowsExactly<BuildFailedException>(() => new DiskContentStore(temp.Path).CreateWriter());
        Assert.AreEqual("CST4102", failure.Diagnostics[0].Code);
    }

    [TestMethod]
    public async Task Files_of_killed_processes_are_removed_and_those_of_living_ones_stay()
    {
        var store = new DiskContentStore(temp.Path);
        await using var writer = store.CreateWriter();
        var living = Directory.GetFiles(temp.Combine("ingest")).Single();
        var abandoned = temp.Combine("ingest", "abandoned");
        await File.WriteAllTextAsync(abandoned, "half", Token);
        File.SetLastWriteTimeUtc(abandoned, DateTime.UtcNow.AddHours(-2));
        await RealTool.RunAsync("touch", "-d", "2 hours ago", living);
        store.RemoveAbandonedFiles();
        CollectionAssert.AreEqual(new[] { living }, Directory.GetFiles(temp.Combine("ingest")));
    }

    [TestMethod]
    [DataRow(0, true)]
    [DataRow(1, false)]
    [DataRow(-1, false)]
    public async Task Verifying_stream_checks_digest_and_size_at_the_end(int difference, bool valid)
    {
        await using var stream = new VerifyingStream(new MemoryStream(Text), Digest.Of(Text), Text.Length + difference);
        if (valid)
        {
            await stream.CopyToAsync(Stream.Null, Token);
        }
        else
        {
            await Assert.ThrowsExactlyAsync<DigestMismatchException>(() => stream.CopyToAsync(Stream.Null, Token));
        }
    }

    [TestMethod]
    public void Verifying_stream_notices_other_content()
    {
        using var stream = new VerifyingStream(new MemoryStream(Text), Digest.Of([1]));
        Assert.ThrowsExactly<DigestMismatchException>(() => stream.CopyTo(Stream.Null));
    }

    private static string Order(UnixFileMode mode) =>
        string.Join(
            ", ",
            new[]
            {
                UnixFileMode.UserRead,
                UnixFileMode.UserWrite,
                UnixFileMode.GroupRead,
                UnixFileMode.GroupWrite,
                UnixFileMode.OtherRead,
                UnixFileMode.OtherWrite,
            }.Where(flag => mode.HasFlag(flag)));

    private IContentStore Create(bool onDisk) => onDisk ? new DiskContentStore(temp.Path) : new MemoryContentStore();
}
