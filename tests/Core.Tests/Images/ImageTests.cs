using System.Text;
using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Layers;
using ContainerStages.Oci;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Images;

[TestClass]
public sealed class ImageTests : IDisposable
{
    private readonly TempFolder temp = new();
    private readonly DiskContentStore store;
    private readonly LayerSizes sizes;

    public ImageTests()
    {
        store = new DiskContentStore(temp.Path);
        sizes = new LayerSizes(temp.Path);
    }

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    public void Dispose() => temp.Dispose();

    [TestMethod]
    [DataRow(ImageFormat.Oci, LayerCompression.Gzip)]
    [DataRow(ImageFormat.Oci, LayerCompression.Zstd)]
    [DataRow(ImageFormat.Oci, LayerCompression.None)]
    [DataRow(ImageFormat.Docker, LayerCompression.Gzip)]
    [DataRow(ImageFormat.Docker, LayerCompression.None)]
    public async Task Assembled_image_is_valid_and_reads_back_the_same(ImageFormat format, LayerCompression compression)
    {
        var image = await SampleImages.CreateAsync(store, format, compression, "one", "twotwo");
        Assert.IsEmpty(await ImageValidator.ValidateAsync(image, store, Token));
        Assert.AreEqual(9, image.Size);
        var read = await ImageReader.ReadAsync(store, sizes, image.Digest, null, Token);
        Assert.IsTrue(read.ManifestBytes.Span.SequenceEqual(image.ManifestBytes.Span));
        Assert.IsTrue(read.ConfigBytes.Span.SequenceEqual(image.ConfigBytes.Span));
        CollectionAssert.AreEqual(image.Layers.ToArray(), read.Layers.ToArray());
        Assert.IsEmpty(await ImageValidator.ValidateAsync(read, store, Token));
    }

    [TestMethod]
    public async Task Same_input_in_another_store_is_the_same_digest()
    {
        var first = await SampleImages.CreateAsync(store, ImageFormat.Oci, LayerCompression.Gzip, "one");
        var second = await SampleImages.CreateAsync(new MemoryContentStore(), ImageFormat.Oci, LayerCompression.Gzip, "one");
        Assert.AreEqual(first.Digest, second.Digest);
        Assert.Contains("echo hello && true", Encoding.UTF8.GetString(first.ConfigBytes.Span));
    }

    [TestMethod]
    [DataRow(ImageFormat.Docker, ImageFormat.Oci, MediaTypes.OciLayerGzip)]
    [DataRow(ImageFormat.Oci, ImageFormat.Docker, MediaTypes.DockerLayerGzip)]
    public async Task Base_layers_are_renamed_to_the_format_of_the_image(ImageFormat from, ImageFormat to, string expected)
    {
        var origin = ImageReference.Parse("base:1");
        var below = await SampleImages.CreateAsync(store, from, LayerCompression.Gzip, "base");
        var image = await ImageAssembler.AssembleAsync(
            [.. below.Layers.Select(layer => layer with { Origin = origin })], SampleImages.Config(1), to, null, store, Token);
        Assert.AreEqual(expected, image.Manifest.Layers[0].MediaType);
        Assert.AreEqual(below.Manifest.Layers[0].Digest, image.Manifest.Layers[0].Digest);
        Assert.AreEqual(origin, image.Layers[0].Origin);
        Assert.IsEmpty(await ImageValidator.ValidateAsync(image, store, Token));
    }

    [TestMethod]
    public async Task Zstd_layer_in_Docker_format_is_refused()
    {
        var below = await SampleImages.CreateAsync(store, ImageFormat.Oci, LayerCompression.Zstd, "base");
        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(() =>
            ImageAssembler.AssembleAsync(below.Layers, SampleImages.Config(1), ImageFormat.Docker, null, store, Token));
        Assert.AreEqual("CST4110", failure.Diagnostics[0].Code);
    }

    [TestMethod]
    [DataRow(12, 5, 7)]
    [DataRow(LayerSizes.Unknown, 5, LayerSizes.Unknown)]
    [DataRow(LayerSizes.Unknown, LayerSizes.Unknown, LayerSizes.Unknown, 5)]
    [DataRow(0)]
    public void A_sum_of_sizes_is_unknown_where_one_of_them_is(long sum, params long[] parts) =>
        Assert.AreEqual(sum, LayerSizes.Sum(parts));

    [TestMethod]
    public async Task Size_of_a_layer_is_measured_once_and_remembered_without_its_blob()
    {
        var image = await SampleImages.CreateAsync(store, ImageFormat.Oci, LayerCompression.Gzip, "one");
        Assert.IsNull(sizes.TryGet(image.Layers[0].Layer.DiffId));
        Assert.AreEqual(3, (await ImageReader.ReadAsync(store, sizes, image.Digest, null, Token)).Size);
        File.Delete(store.GetPath(image.Manifest.Layers[0].Digest));
        Assert.AreEqual(3, (await ImageReader.ReadAsync(store, sizes, image.Digest, null, Token)).Size);
        Assert.AreEqual(LayerSizes.Unknown, (await ImageReader.ReadAsync(store, null, image.Digest, null, Token)).Layers[0].Layer.Size);
    }

    [TestMethod]
    public async Task Validator_finds_a_damaged_layer()
    {
        var image = await SampleImages.CreateAsync(store, ImageFormat.Oci, LayerCompression.None, "one", "two");
        var path = store.GetPath(image.Manifest.Layers[1].Digest);
        var bytes = await File.ReadAllBytesAsync(path, Token);
        bytes[512] ^= 1;
        await File.WriteAllBytesAsync(path, bytes, Token);
        var findings = await ImageValidator.ValidateAsync(image, store, Token);
        Assert.Contains(finding => finding.Contains("has diff id", StringComparison.Ordinal), findings);
        Assert.Contains(finding => finding.Contains("has digest", StringComparison.Ordinal), findings);
    }

    [TestMethod]
    public async Task A_layer_that_images_share_is_read_once_and_held_against_each()
    {
        var image = await SampleImages.CreateAsync(store, ImageFormat.Oci, LayerCompression.Gzip, "one");
        var inspected = new Dictionary<Digest, LayerInspection>();
        Assert.IsEmpty(await ImageValidator.ValidateAsync(image, store, inspected, Token));

        // Read again, it would be found.
        await File.WriteAllTextAsync(store.GetPath(image.Manifest.Layers[0].Digest), "damaged", Token);
        Assert.IsEmpty(await ImageValidator.ValidateAsync(image, store, inspected, Token));

        var layer = image.Layers[0].Layer;
        var lying = layer with { DiffId = layer.Descriptor.Digest };
        var wrong =
            await ImageAssembler.AssembleAsync([new ImageLayer(lying)], SampleImages.Config(1), ImageFormat.Oci, null, store, Token);
        Assert.Contains("has diff id", (await ImageValidator.ValidateAsync(wrong, store, inspected, Token)).Single());
    }

    [TestMethod]
    public async Task Validator_finds_a_history_that_does_not_fit_and_a_missing_platform()
    {
        var image = await SampleImages.CreateAsync(store, ImageFormat.Oci, LayerCompression.Gzip, "one");
        var wrong = await ImageAssembler.AssembleAsync(
            image.Layers, SampleImages.Config(2) with { Os = "", Created = "yesterday" }, ImageFormat.Oci, null, store, Token);
        Assert.HasCount(3, await ImageValidator.ValidateAsync(wrong, store, Token));
    }

    [TestMethod]
    public async Task Validator_finds_a_missing_blob_and_a_media_type_that_lies()
    {
        var image = await SampleImages.CreateAsync(store, ImageFormat.Oci, LayerCompression.Gzip, "one", "two");
        File.Delete(store.GetPath(image.Manifest.Layers[1].Digest));
        var layer = image.Layers[0].Layer;
        var lying = layer with { Descriptor = layer.Descriptor with { MediaType = MediaTypes.OciLayer } };
        var wrong = await ImageAssembler.AssembleAsync(
            [new ImageLayer(lying), image.Layers[1]], SampleImages.Config(2), ImageFormat.Oci, null, store, Token);
        var findings = await ImageValidator.ValidateAsync(wrong, store, Token);
        Assert.HasCount(2, findings);
        Assert.Contains("Gzip, not None", findings[0]);
        Assert.Contains("not in the store", findings[1]);
    }

    [TestMethod]
    public async Task Document_that_is_no_manifest_is_a_clear_error()
    {
        var digest = await store.AddAsync("{}"u8.ToArray(), Token);
        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(() => ImageReader.ReadAsync(store, sizes, digest, null, Token));
        Assert.Contains("no image document", failure.Message);
    }
}
