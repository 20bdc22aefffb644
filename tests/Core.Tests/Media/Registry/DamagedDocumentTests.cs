using System.Text.Json;
using ContainerStages.Content;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Media.Registry;
using ContainerStages.Oci;
using ContainerStages.Sources;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Media.Registry;

/// <summary>What of an image is damaged in the store is asked for again, wherever the image is from.</summary>
[TestClass]
public sealed class DamagedDocumentTests(TestContext context) : IDisposable
{
    private static readonly Platform Amd64 = Platform.TryParse("linux/amd64")!;
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [TestMethod]
    [DataRow("index")]
    [DataRow("manifest")]
    [DataRow("configuration")]
    [DataRow("remembered digest, flipped")]
    [DataRow("remembered digest, empty")]
    public async Task A_damaged_document_of_the_store_is_fetched_again(string what)
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        var (image, index) = await PublishAsync(registry);
        var reference = ImageReference.Parse($"{registry.Host}/app:1");
        await ResolveAsync(reference);
        var damaged = what switch
        {
            "index" => Blob(index),
            "manifest" => Blob(image.Digest),
            "configuration" => Blob(image.Manifest.Config.Digest),
            _ => Directory.GetFiles(folder.Combine("store", "references")).Single(),
        };
        await DamageAsync(damaged, what.EndsWith("empty", StringComparison.Ordinal));

        Assert.AreEqual(image.Digest, (await ResolveAsync(reference)).Descriptor.Digest);

        await registry.KillAsync();
        Assert.AreEqual(image.Digest, (await ResolveAsync(reference)).Descriptor.Digest, "The store is whole again.");
    }

    [TestMethod]
    [DataRow("oci-layout", "manifest")]
    [DataRow("oci-layout", "configuration")]
    [DataRow("oci-archive", "manifest")]
    [DataRow("oci-archive", "configuration")]
    public async Task A_damaged_document_comes_from_its_layout_or_archive_again(string transport, string what)
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        var (image, _) = await PublishAsync(registry);
        var place = transport == "oci-layout" ? $"oci:{folder.Combine("image")}:1" : $"oci-archive:{folder.Combine("image")}:1";
        await RealTool.RunAsync("skopeo", "copy", "-q", "--src-tls-verify=false", $"docker://{registry.Host}/app:1", place);
        var reference = ImageReference.TryParseSource($"{transport}:{folder.Combine("image")}:1")!;
        var taken = await ResolveAsync(reference);
        await DamageAsync(Blob(what == "manifest" ? taken.Descriptor.Digest : taken.Manifest.Config.Digest), isEmptied: false);

        Assert.AreEqual(image.ConfigBytes.ToArray().Length, (await ResolveAsync(reference)).ConfigBytes.Length);
    }

    private async Task<(Image Image, Digest Index)> PublishAsync(RegistryServer registry)
    {
        using var client = TestClients.Create();
        var store = new TestContentStore();
        var image = TestImages.Create(store, "amd64", "text");
        await new RegistryPublisher(
            client,
            ImageReference.Parse($"{registry.Host}/app:amd64"),
            [],
            store,
            new BlobFetcher(client, store),
            NoBuildEvents.Instance,
            "push").PublishAsync(image, context.CancellationToken);
        var index = JsonSerializer.SerializeToUtf8Bytes(
            new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = [image.Descriptor with { Platform = Amd64 }] },
            OciJson.Plain.ImageIndex);
        await client.PushManifestAsync(
            ImageReference.Parse($"{registry.Host}/app:1"), MediaTypes.OciIndex, index, context.CancellationToken);
        return (image, Digest.Of(index));
    }

    private async Task<PulledImage> ResolveAsync(ImageReference reference)
    {
        using var client = TestClients.Create();
        var store = new StoreDirectory(folder.NewFolder("store"));
        var sources = new ImageSources(store, new ImageNames(store), new ImagePuller(client, new DiskContentStore(store)), pull: false);
        return await sources.ResolveAsync(reference, Amd64, context.CancellationToken);
    }

    private string Blob(Digest digest) => folder.Combine("store", "blobs", "sha256", digest.Hex);

    private static async Task DamageAsync(string file, bool isEmptied)
    {
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[20] = bytes[20] == (byte)'0' ? (byte)'1' : (byte)'0';
        await File.WriteAllBytesAsync(file, isEmptied ? [] : bytes);
    }
}
