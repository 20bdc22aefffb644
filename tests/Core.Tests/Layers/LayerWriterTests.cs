using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Layers;
using ContainerStages.Oci;
using ContainerStages.Posix;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Layers;

[TestClass]
public sealed class LayerWriterTests : IDisposable
{
    private readonly TempFolder temp = new();
    private readonly DiskContentStore store;
    private readonly string source;

    public LayerWriterTests()
    {
        store = new DiskContentStore(temp.Combine("store"));
        source = temp.NewFolder("source");
    }

    public TestContext TestContext { get; set; } = null!;

    public void Dispose() => temp.Dispose();

    [TestMethod]
    [DataRow(LayerCompression.Gzip)]
    [DataRow(LayerCompression.Zstd)]
    [DataRow(LayerCompression.None)]
    public async Task Empty_folder_is_no_layer_and_stores_nothing(LayerCompression compression)
    {
        var options = new LayerWriterOptions(new ImageForm { Compression = compression });
        Assert.IsNull(await LayerWriter.WriteAsync(source, store, options, TestContext.CancellationToken));
        Assert.IsEmpty(Directory.GetFiles(store.Root, "*", SearchOption.AllDirectories));
    }

    [TestMethod]
    public async Task Same_content_elsewhere_at_another_time_made_in_another_order_is_the_same_layer()
    {
        var other = temp.NewFolder("other");
        foreach (var name in new[] { "b", "a", "c" })
        {
            File.WriteAllText(Path.Combine(source, name), name);
        }

        foreach (var name in new[] { "c", "b", "a" })
        {
            File.WriteAllText(Path.Combine(other, name), name);
            File.SetLastWriteTimeUtc(Path.Combine(other, name), DateTime.UnixEpoch.AddYears(40));
        }

        var first = await WriteAsync(source);
        var second = await WriteAsync(other);
        Assert.AreEqual(first, second);
    }

    [TestMethod]
    public async Task Layer_has_the_digests_it_says_and_no_more_than_its_content()
    {
        File.WriteAllText(Path.Combine(source, "file"), "text");
        var layer = await WriteAsync(source);
        await using var blob = store.OpenRead(layer.Descriptor.Digest);
        var actual = LayerInspector.Inspect(blob, "layer", TestContext.CancellationToken);
        Assert.AreEqual(
            (layer.Descriptor.Digest, layer.Descriptor.Size, layer.DiffId, 4L),
            (actual.Digest, actual.BlobSize, actual.DiffId, actual.ContentSize));
        Assert.AreEqual(4, layer.Size);
    }

    /// <summary>Digest computed once by hand with GNU tar and sha256sum from the same header fields.</summary>
    [TestMethod]
    public async Task Tar_is_what_GNU_tar_writes_for_the_same_fields()
    {
        Directory.CreateDirectory(Path.Combine(source, "etc"));
        File.WriteAllText(Path.Combine(source, "etc/motd"), "hello\n");
        File.CreateSymbolicLink(Path.Combine(source, "link"), "etc/motd");
        var layer = await WriteAsync(source, new LayerWriterOptions(new ImageForm { Compression = LayerCompression.None }));
        await RealTool.RunAsync(
            "tar",
            "--format=ustar",
            "--sort=name",
            "--mtime=@0",
            "--numeric-owner",
            "--no-recursion",
            "-b",
            "1",
            "-cf",
            temp.Combine("gnu.tar"),
            "-C",
            source,
            "etc/",
            "etc/motd",
            "link");
        var gnu = File.ReadAllBytes(temp.Combine("gnu.tar"));
        var ours = File.ReadAllBytes(store.GetPath(layer.Descriptor.Digest));
        Assert.AreEqual(gnu.Length, ours.Length);
        CollectionAssert.AreEqual(gnu, ours);
    }

    [TestMethod]
    [DataRow(0L, 0L)]
    [DataRow(1000L, 1000L)]
    [DataRow(1_600_000_000L, 1_500_000_000L)]
    public async Task No_time_is_later_than_the_epoch(long epoch, long expected)
    {
        File.WriteAllText(Path.Combine(source, "file"), "");
        File.SetLastWriteTimeUtc(Path.Combine(source, "file"), DateTimeOffset.FromUnixTimeSeconds(1_500_000_000).UtcDateTime);
        await UnpackAsync(await WriteAsync(source, new LayerWriterOptions(new ImageForm { SourceDateEpoch = epoch })));
        Assert.IsTrue(FileCalls.TryStat(temp.Combine("unpacked", "file"), out var status));
        Assert.AreEqual(expected, status.ModificationSeconds);
    }

    [TestMethod]
    public async Task Overlay_form_becomes_the_form_of_the_specification_and_comes_back()
    {
        LayerTrees.Extract(
            new TarBuilder().Folder("dir/")
                .File("dir/file", "x")
                .File("dir/.wh..wh..opq")
                .File(".wh.gone")
                .Folder("empty/")
                .File("empty/.wh.inner")
                .ToArray(), source);
        var layer = await WriteAsync(source, new LayerWriterOptions(new ImageForm { Compression = LayerCompression.None }));
        var listing = await RealTool.RunAsync("tar", "tf", store.GetPath(layer.Descriptor.Digest));
        CollectionAssert.AreEqual(
            new[] { "dir/", "dir/.wh..wh..opq", "dir/file", "empty/", "empty/.wh.inner", ".wh.gone" },
            listing.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        await UnpackAsync(layer);
        AssertEqualTrees();
    }

    [TestMethod]
    public async Task Hard_links_are_kept_and_their_content_written_once()
    {
        File.WriteAllText(Path.Combine(source, "a"), "12345");
        Directory.CreateDirectory(Path.Combine(source, "b"));
        await RealTool.RunAsync("ln", Path.Combine(source, "a"), Path.Combine(source, "b/c"));
        var layer = await WriteAsync(source);
        Assert.AreEqual(5, layer.Size);
        await UnpackAsync(layer);
        Assert.IsTrue(FileCalls.TryStat(temp.Combine("unpacked", "a"), out var a));
        Assert.IsTrue(FileCalls.TryStat(temp.Combine("unpacked", "b/c"), out var c));
        Assert.AreEqual(a.Inode, c.Inode);
    }

    [TestMethod]
    public async Task Everything_that_ustar_cannot_say_is_in_pax_records()
    {
        var name = new string('n', 200);
        LayerTrees.Extract(
            new TarBuilder()
                .Pax(("path", name)).File("x", "long name")
                .Pax(("path", "\u00c3\u00a4")).File("x", "UTF-8")
                .Folder("caf\u00e9/")
                .Pax(("uid", "3000000"), ("gid", "4000000")).File("ids", "large ids")
                .Pax(
                    ("SCHILY.xattr.user.a", "\0\u00ff"),
                    ("SCHILY.xattr.security.capability", "\u0001\0\0\u0002\0\u0020\0\0\0\0\0\0\0\0\0\0\0\0\0\0")).File(
                    "xattrs", "attributes")
                .SymbolicLink("link", "x").Pax(("linkpath", name)).SymbolicLink("longlink", "x")
                .ToArray(),
            source);
        await UnpackAsync(await WriteAsync(source));
        AssertEqualTrees();
    }

    [TestMethod]
    public async Task Sockets_are_left_out()
    {
        using var socket = new System.Net.Sockets.Socket(
            System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
        socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(Path.Combine(source, "socket")));
        Assert.IsNull(await LayerWriter.WriteAsync(source, store, LayerWriterOptions.Default, TestContext.CancellationToken));
    }

    [TestMethod]
    [DataRow(LayerCompression.Gzip)]
    [DataRow(LayerCompression.Zstd)]
    [DataRow(LayerCompression.None)]
    public async Task File_whose_name_would_read_as_a_removal_is_refused(LayerCompression compression)
    {
        File.WriteAllText(Path.Combine(source, ".wh.file"), "");
        var options = new LayerWriterOptions(new ImageForm { Compression = compression });
        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(
            () => LayerWriter.WriteAsync(source, store, options, TestContext.CancellationToken));
        Assert.AreEqual("CST4109", failure.Diagnostics[0].Code);
        Assert.IsEmpty(Directory.GetFiles(store.Root, "*", SearchOption.AllDirectories));
    }

    [TestMethod]
    [DataRow(LayerCompression.Gzip, ImageFormat.Oci, MediaTypes.OciLayerGzip)]
    [DataRow(LayerCompression.Gzip, ImageFormat.Docker, MediaTypes.DockerLayerGzip)]
    [DataRow(LayerCompression.Zstd, ImageFormat.Oci, MediaTypes.OciLayerZstd)]
    [DataRow(LayerCompression.None, ImageFormat.Oci, MediaTypes.OciLayer)]
    [DataRow(LayerCompression.None, ImageFormat.Docker, MediaTypes.DockerLayer)]
    public async Task Media_type_follows_compression_and_format(LayerCompression compression, ImageFormat format, string mediaType)
    {
        File.WriteAllBytes(Path.Combine(source, "file"), new byte[3_000_000]);
        var layer = await WriteAsync(source, new LayerWriterOptions(new ImageForm { Compression = compression, Format = format }));
        Assert.AreEqual(mediaType, layer.Descriptor.MediaType);
        await UnpackAsync(layer);
        AssertEqualTrees();
    }

    [TestMethod]
    public async Task Parallel_gzip_is_one_member_that_gzip_reads_and_compresses_as_well()
    {
        var random = new Random(1);
        var words = Enumerable.Range(0, 5000).Select(_ => new string((char)random.Next('a', 'z'), random.Next(2, 9))).ToArray();
        File.WriteAllText(
            Path.Combine(source, "file"), string.Join(' ', Enumerable.Range(0, 1_500_000).Select(_ => words[random.Next(words.Length)])));
        var layer = await WriteAsync(source);
        await RealTool.RunAsync(
            "sh",
            "-c",
            $"gzip -t < {store.GetPath(layer.Descriptor.Digest)} && gzip -dc < {store.GetPath(layer.Descriptor.Digest)} | gzip -6 -c > " +
            $"{temp.Combine("again.gz")}");
        Assert.IsLessThan(new FileInfo(temp.Combine("again.gz")).Length * 1.05, layer.Descriptor.Size);
    }

    [TestMethod]
    public async Task What_does_not_compress_is_stored_and_costs_no_more_than_its_size()
    {
        var random = new Random(2);
        for (var i = 0; i < 100; i++)
        {
            var bytes = new byte[random.Next(50_000, 90_000)];
            random.NextBytes(bytes);
            File.WriteAllBytes(Path.Combine(source, $"random{i}"), bytes);
            File.WriteAllText(Path.Combine(source, $"text{i}"), string.Concat(Enumerable.Repeat($"line {i} of a text\n", 9000)));
        }

        var layer = await WriteAsync(source);
        var path = store.GetPath(layer.Descriptor.Digest);
        await RealTool.RunAsync("sh", "-c", $"gzip -t < {path} && gzip -dc < {path} | gzip -6 -c > {temp.Combine("again.gz")}");
        Assert.IsLessThan(new FileInfo(temp.Combine("again.gz")).Length * 1.05, layer.Descriptor.Size);
        await UnpackAsync(layer);
        AssertEqualTrees();
    }

    [TestMethod]
    [DataRow(5_000)]
    [DataRow(15_000)]
    [DataRow(33_000)]
    [DataRow(1_100_000)]
    public async Task What_does_not_compress_is_stored_also_between_the_headers_of_small_files(int size)
    {
        var random = new Random(size);
        var files = Enumerable.Range(0, Math.Max(3, 2_000_000 / size)).Select(_ => new byte[size]).ToArray();
        foreach (var (i, bytes) in files.Index())
        {
            random.NextBytes(bytes);
            File.WriteAllBytes(Path.Combine(source, $"random{i:D4}"), bytes);
        }

        var layer = await WriteAsync(source);

        var blob = File.ReadAllBytes(store.GetPath(layer.Descriptor.Digest));
        var stored = files.Count(bytes => blob.AsSpan().IndexOf(bytes.AsSpan(0, 4096)) >= 0);
        Assert.IsGreaterThan(files.Length * 0.9, stored);
        Assert.IsLessThan((files.Length * (size + 250L)) + 2000, layer.Descriptor.Size);
        await UnpackAsync(layer);
        AssertEqualTrees();
    }

    [TestMethod]
    public async Task A_file_that_grows_leaves_the_blocks_of_the_others_as_they_are()
    {
        var random = new Random(3);
        for (var i = 0; i < 1000; i++)
        {
            var bytes = new byte[random.Next(1000, 40_000)];
            random.NextBytes(bytes);
            File.WriteAllText(Path.Combine(source, $"file{i:D4}"), Convert.ToHexString(bytes));
        }

        var before = File.ReadAllBytes(store.GetPath((await WriteAsync(source)).Descriptor.Digest));
        File.AppendAllText(Path.Combine(source, "file0500"), new string('x', 5000));
        var after = File.ReadAllBytes(store.GetPath((await WriteAsync(source)).Descriptor.Digest));

        const int trailer = 8;
        var end = before.Length - trailer - 1;
        var shift = after.Length - before.Length;
        while (end >= 0 && before[end] == after[end + shift])
        {
            end--;
        }

        var common = before.AsSpan().CommonPrefixLength(after) + (before.Length - trailer - 1 - end);
        Assert.IsGreaterThan(before.Length * 0.9, common);
    }

    [TestMethod]
    public async Task Small_entries_are_written_together_where_nothing_is_compressed()
    {
        var writes = 0;
        await using var output = new PlainStream(Count, TestContext.CancellationToken);
        using var hash = System.Security.Cryptography.IncrementalHash.CreateHash(System.Security.Cryptography.HashAlgorithmName.SHA256);
        await using var stream = new HashingStream(output, hash);
        var tar = new TarStreamWriter(stream);
        for (var i = 0; i < 1000; i++)
        {
            tar.WriteEntry(new TarEntry { Kind = TarEntryKind.Directory, Name = $"folder{i}/" });
        }

        tar.Finish();
        await stream.CompleteAsync();
        Assert.IsLessThan(20, writes);

        ValueTask Count(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            writes++;
            return ValueTask.CompletedTask;
        }
    }

    [TestMethod]
    public async Task A_large_file_has_blocks_of_its_own()
    {
        var bytes = new byte[5_000_000];
        new Random(4).NextBytes(bytes);
        File.WriteAllText(Path.Combine(source, "b"), Convert.ToHexString(bytes));
        File.WriteAllText(Path.Combine(source, "a"), new string('x', 1000));
        var before = File.ReadAllBytes(store.GetPath((await WriteAsync(source)).Descriptor.Digest));
        File.WriteAllText(Path.Combine(source, "a"), new string('y', 100_000));
        var after = File.ReadAllBytes(store.GetPath((await WriteAsync(source)).Descriptor.Digest));
        const int trailer = 8;
        var same = before.AsSpan(2000, before.Length - trailer - 2000);
        Assert.IsTrue(after.AsSpan(0, after.Length - trailer).EndsWith(same));
    }

    private async Task<Layer> WriteAsync(string folder, LayerWriterOptions? options = null) =>
        (await LayerWriter.WriteAsync(folder, store, options ?? LayerWriterOptions.Default, TestContext.CancellationToken))!;

    private async Task UnpackAsync(Layer layer)
    {
        await using var blob = store.OpenRead(layer.Descriptor.Digest);
        await LayerUnpacker.UnpackAsync(
            blob, layer.Descriptor, layer.DiffId, temp.NewFolder("unpacked"), null, null, TestContext.CancellationToken);
    }

    private void AssertEqualTrees() =>
        CollectionAssert.AreEqual(LayerTrees.Describe(source).ToArray(), LayerTrees.Describe(temp.Combine("unpacked")).ToArray());
}
