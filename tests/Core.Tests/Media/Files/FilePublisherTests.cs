using System.Text.Json;
using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Layers;
using ContainerStages.Media.Archives;
using ContainerStages.Media.Layout;
using ContainerStages.Oci;
using ContainerStages.Publishing;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Media.Files;

[TestClass]
public sealed class FilePublisherTests : IDisposable
{
    private readonly TempFolder temp = new();
    private readonly DiskContentStore store;

    public FilePublisherTests() => store = new DiskContentStore(temp.Combine("store"));

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    public void Dispose() => temp.Dispose();

    [TestMethod]
    [DataRow(MediumKind.OciLayout, ImageFormat.Oci, LayerCompression.Gzip)]
    [DataRow(MediumKind.OciLayout, ImageFormat.Oci, LayerCompression.Zstd)]
    [DataRow(MediumKind.OciArchive, ImageFormat.Oci, LayerCompression.Gzip)]
    [DataRow(MediumKind.DockerArchive, ImageFormat.Oci, LayerCompression.Gzip)]
    [DataRow(MediumKind.DockerArchive, ImageFormat.Docker, LayerCompression.Gzip)]
    [DataRow(MediumKind.DockerArchive, ImageFormat.Docker, LayerCompression.None)]
    public async Task Skopeo_reads_and_copies_what_was_published(MediumKind kind, ImageFormat format, LayerCompression compression)
    {
        var image = await SampleImages.CreateAsync(store, format, compression, "one", "two");
        var target = temp.Combine("target");
        var published = await Publisher(kind, target, "example:1.0").PublishAsync(image, Token);
        Assert.IsTrue(published.Written);
        Assert.IsEmpty(await ValidateAsync(kind, target));

        var reference = kind switch
        {
            MediumKind.OciLayout => $"oci:{target}:1.0",
            MediumKind.OciArchive => $"oci-archive:{target}:1.0",
            _ => $"docker-archive:{target}:example:1.0",
        };
        using var config = JsonDocument.Parse(await RealTool.RunAsync("skopeo", "inspect", "--config", reference));
        CollectionAssert.AreEqual(
            image.Config.RootFs.DiffIds.Select(diffId => diffId.ToString()).ToArray(),
            config.RootElement.GetProperty("rootfs")
                .GetProperty("diff_ids")
                .EnumerateArray()
                .Select(diffId => diffId.GetString())
                .ToArray());
        await RealTool.RunAsync("skopeo", "copy", reference, $"oci:{temp.Combine("copy")}:copied");
        Assert.IsEmpty(await LayoutValidator.ValidateFolderAsync(temp.Combine("copy"), Token));
        if (kind != MediumKind.DockerArchive)
        {
            using var raw = JsonDocument.Parse(await RealTool.RunAsync("skopeo", "inspect", reference));
            Assert.AreEqual(image.Digest.ToString(), raw.RootElement.GetProperty("Digest").GetString());
        }
    }

    [TestMethod]
    [DataRow(MediumKind.OciLayout, "oci")]
    [DataRow(MediumKind.OciArchive, "oci-archive")]
    public async Task Skopeo_copies_an_index_with_all_its_images(MediumKind kind, string transport)
    {
        var set = await IndexAsync();
        var target = temp.Combine("target");
        Assert.IsTrue((await Publisher(kind, target, "example:1.0").PublishAsync(set, Token)).Written);
        Assert.IsFalse((await Publisher(kind, target, "example:1.0").PublishAsync(set, Token)).Written);

        await RealTool.RunAsync("skopeo", "copy", "--all", $"{transport}:{target}:1.0", $"oci:{temp.Combine("copy")}:copied");

        Assert.IsEmpty(await LayoutValidator.ValidateFolderAsync(temp.Combine("copy"), Token));
        using var arm64 = JsonDocument.Parse(
            await RealTool.RunAsync("skopeo", "inspect", "--override-arch", "arm64", "--config", $"{transport}:{target}:1.0"));
        Assert.AreEqual(
            set.Images[1].Config.RootFs.DiffIds[0].ToString(),
            arm64.RootElement.GetProperty("rootfs").GetProperty("diff_ids")[0].GetString());
    }

    [TestMethod]
    public async Task A_docker_archive_takes_no_index()
    {
        var set = await IndexAsync();
        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(
            () => Publisher(MediumKind.DockerArchive, temp.Combine("a.tar"), "example:1.0").PublishAsync(set, Token));
        Assert.AreEqual("CST3602", failure.Diagnostics[0].Code);
        Assert.Contains("linux/amd64, linux/arm64", failure.Message);
        Assert.IsFalse(File.Exists(temp.Combine("a.tar")));
    }

    private async Task<ImageSet> IndexAsync()
    {
        var amd64 = await SampleImages.CreateAsync(store, ImageFormat.Oci, LayerCompression.Gzip, "shared", "amd64");
        var other = await SampleImages.CreateAsync(store, ImageFormat.Oci, LayerCompression.Gzip, "shared", "arm64");
        var arm64 = await ImageAssembler.AssembleAsync(
            other.Layers, other.Config with { Architecture = "arm64" }, ImageFormat.Oci, null, store, Token);
        return await ImageSet.CreateAsync([amd64, arm64], ImageFormat.Oci, annotations: null, store, Token);
    }

    [TestMethod]
    public async Task Docker_archive_is_an_OCI_archive_too()
    {
        var image = await SampleImages.CreateAsync(store, ImageFormat.Oci, LayerCompression.Gzip, "one");
        await Publisher(MediumKind.DockerArchive, temp.Combine("both.tar"), "example:1.0").PublishAsync(image, Token);
        await RealTool.RunAsync("skopeo", "inspect", $"oci-archive:{temp.Combine("both.tar")}:1.0");
    }

    [TestMethod]
    public async Task Umoci_unpacks_the_same_files()
    {
        var image = await SampleImages.CreateAsync(store, ImageFormat.Oci, LayerCompression.Gzip, "one", "two");
        await Publisher(MediumKind.OciLayout, temp.Combine("layout"), "example:latest").PublishAsync(image, Token);
        await RealTool.RunAsync("umoci", "unpack", "--image", $"{temp.Combine("layout")}:latest", temp.Combine("bundle"));
        Assert.AreEqual("one", await File.ReadAllTextAsync(temp.Combine("bundle", "rootfs", "file0"), Token));
        Assert.AreEqual("two", await File.ReadAllTextAsync(temp.Combine("bundle", "rootfs", "file1"), Token));
    }

    [TestMethod]
    [DataRow(MediumKind.OciLayout)]
    [DataRow(MediumKind.OciArchive)]
    [DataRow(MediumKind.DockerArchive)]
    public async Task Publishing_again_writes_nothing_and_says_so(MediumKind kind)
    {
        var image = await SampleImages.CreateAsync(store, ImageFormat.Oci, LayerCompression.Gzip, "one");
        var target = temp.Combine("target");
        Assert.IsTrue((await Publisher(kind, target, "example:1.0").PublishAsync(image, Token)).Written);
        Assert.IsFalse((await Publisher(kind, target, "example:1.0").PublishAsync(image, Token)).Written);
        CollectionAssert.AreEquivalent(
            new[] { "store", "target" }, Directory.GetFileSystemEntries(temp.Path).Select(Path.GetFileName).ToArray());
    }

    [TestMethod]
    [DataRow(MediumKind.OciLayout, "oci-layout")]
    [DataRow(MediumKind.OciArchive, "oci-archive")]
    public async Task What_was_published_is_answered_under_the_name_by_which_from_reads_it(MediumKind kind, string scheme)
    {
        var image = await SampleImages.CreateAsync(store, ImageFormat.Oci, LayerCompression.Gzip, "one");
        var target = temp.Combine("target");
        var published = await Publisher(kind, target, "example:1.0").PublishAsync(image, Token);
        CollectionAssert.AreEqual(new[] { $"{scheme}:{target}:1.0" }, published.References.ToArray());
        var read = ImageReference.TryParseSource(published.References[0])!;
        Assert.AreEqual((kind, target, "1.0"), (read.Medium.Kind, read.Repository, read.Tag));
    }

    [TestMethod]
    public async Task Layout_keeps_other_images_and_moves_a_tag()
    {
        var layout = temp.Combine("layout");
        var one = await SampleImages.CreateAsync(store, ImageFormat.Oci, LayerCompression.Gzip, "one");
        var two = await SampleImages.CreateAsync(store, ImageFormat.Oci, LayerCompression.Gzip, "two");
        await Publisher(MediumKind.OciLayout, layout, "example:1", "example:latest").PublishAsync(one, Token);
        await Publisher(MediumKind.OciLayout, layout, "example:2", "example:latest").PublishAsync(two, Token);
        using var index = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(layout, "index.json"), Token));
        var tags = index.RootElement.GetProperty("manifests").EnumerateArray().ToDictionary(
            entry => entry.GetProperty("annotations").GetProperty("org.opencontainers.image.ref.name").GetString()!,
            entry => entry.GetProperty("digest").GetString());
        Assert.HasCount(3, tags);
        Assert.AreEqual((one.Digest.ToString(), two.Digest.ToString(), two.Digest.ToString()), (tags["1"], tags["2"], tags["latest"]));
        Assert.IsEmpty(await LayoutValidator.ValidateFolderAsync(layout, Token));
        CollectionAssert.AreEquivalent(
            new[] { "blobs", "index.json", "oci-layout" }, Directory.GetFileSystemEntries(layout).Select(Path.GetFileName).ToArray());
    }

    [TestMethod]
    public async Task Images_published_at_once_into_one_layout_are_all_there()
    {
        var layout = temp.Combine("layout");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            var image = await SampleImages.CreateAsync(store, ImageFormat.Oci, LayerCompression.Gzip, $"text {i}");
            await Publisher(MediumKind.OciLayout, layout, $"example:{i}").PublishAsync(image, Token);
        }));
        using var index = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(layout, "index.json"), Token));
        Assert.AreEqual(8, index.RootElement.GetProperty("manifests").GetArrayLength());
        Assert.IsEmpty(await LayoutValidator.ValidateFolderAsync(layout, Token));
    }

    [TestMethod]
    public async Task Members_of_index_json_that_others_wrote_stay()
    {
        var layout = temp.NewFolder("layout");
        await File.WriteAllTextAsync(Path.Combine(layout, "oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}", Token);
        await File.WriteAllTextAsync(
            Path.Combine(layout, "index.json"),
            "{\"schemaVersion\":2,\"x\":1,\"manifests\":[{\"digest\":\"d\",\"artifactType\":\"a\"}]}",
            Token);
        var image = await SampleImages.CreateAsync(store, ImageFormat.Oci, LayerCompression.Gzip, "one");
        await Publisher(MediumKind.OciLayout, layout, "example:1").PublishAsync(image, Token);
        var index = await File.ReadAllTextAsync(Path.Combine(layout, "index.json"), Token);
        Assert.Contains("\"x\":1", index);
        Assert.Contains("\"artifactType\":\"a\"", index);
    }

    [TestMethod]
    public async Task Missing_base_layers_are_fetched_from_their_origin()
    {
        var image = await SampleImages.CreateAsync(store, ImageFormat.Oci, LayerCompression.Gzip, "one");
        var elsewhere = new Fetcher(store, new DiskContentStore(temp.Combine("empty")));
        var pulled = image with { Layers = [image.Layers[0] with { Origin = ImageReference.Parse("base:1") }] };
        await new OciArchivePublisher(temp.Combine("image.tar"), ["example"], elsewhere.Local, elsewhere).PublishAsync(pulled, Token);
        Assert.IsEmpty(await LayoutValidator.ValidateArchiveAsync(temp.Combine("image.tar"), Token));

        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(() =>
            new OciArchivePublisher(temp.Combine("image.tar"), [], new MemoryContentStore(), null).PublishAsync(image, Token));
        Assert.AreEqual("CST6105", failure.Diagnostics[0].Code);
    }

    [TestMethod]
    [DataRow(MediumKind.OciLayout)]
    [DataRow(MediumKind.OciArchive)]
    public async Task Damaged_blob_is_not_published(MediumKind kind)
    {
        var image = await SampleImages.CreateAsync(store, ImageFormat.Oci, LayerCompression.Gzip, "one");
        var blob = store.GetPath(image.Manifest.Layers[0].Digest);
        var bytes = await File.ReadAllBytesAsync(blob, Token);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(blob, bytes, Token);
        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(
            () => Publisher(kind, temp.Combine("target"), "example:1").PublishAsync(image, Token));
        Assert.AreEqual("CST4103", failure.Diagnostics[0].Code);
        Assert.IsFalse(File.Exists(temp.Combine("target", "index.json")) || File.Exists(temp.Combine("target")));
    }

    [TestMethod]
    public async Task Place_that_cannot_be_written_is_told()
    {
        var image = await SampleImages.CreateAsync(store, ImageFormat.Oci, LayerCompression.Gzip, "one");
        await File.WriteAllTextAsync(temp.Combine("file"), "", Token);
        foreach (var kind in new[] { MediumKind.OciLayout, MediumKind.OciArchive })
        {
            var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(
                () => Publisher(kind, temp.Combine("file", "below"), "example:1").PublishAsync(image, Token));
            Assert.AreEqual("CST6101", failure.Diagnostics[0].Code);
        }
    }

    [TestMethod]
    [DataRow("Example:1")]
    [DataRow("example@sha256:0000000000000000000000000000000000000000000000000000000000000000")]
    public void Name_that_names_no_tag_is_refused(string name)
    {
        var failure = Assert.ThrowsExactly<BuildFailedException>(() => Publisher(MediumKind.DockerArchive, "x", name));
        Assert.AreEqual("CST6104", failure.Diagnostics[0].Code);
    }

    private Task<IReadOnlyList<string>> ValidateAsync(MediumKind kind, string target) =>
        kind == MediumKind.OciLayout
            ? LayoutValidator.ValidateFolderAsync(target, Token)
            : LayoutValidator.ValidateArchiveAsync(target, Token);

    private IPublisher Publisher(MediumKind kind, string target, params string[] names) => kind switch
    {
        MediumKind.OciLayout => new OciLayoutPublisher(target, names, store, null),
        MediumKind.OciArchive => new OciArchivePublisher(target, names, store, null),
        _ => new DockerArchivePublisher(target, names, store, null),
    };

    private sealed class Fetcher(IContentStore remote, IContentStore local) : IBlobFetcher
    {
        public IContentStore Local => local;

        public async Task FetchAsync(ImageReference origin, Descriptor blob, CancellationToken cancellationToken) =>
            await local.AddAsync(await remote.ReadAllBytesAsync(blob.Digest, 1 << 20, cancellationToken), cancellationToken);
    }
}
