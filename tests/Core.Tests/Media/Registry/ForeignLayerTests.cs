using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Layers;
using ContainerStages.Media.Registry;
using ContainerStages.Oci;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Media.Registry;

/// <summary>Layers that may not be handed on, and are fetched from where their descriptor says.</summary>
[TestClass]
public sealed class ForeignLayerTests(TestContext context)
{
    private const string Foreign = "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip";

    [TestMethod]
    public async Task A_layer_that_the_registry_lacks_comes_from_its_address_without_credentials()
    {
        await using var registry = await RegistryServer.StartWithPasswordAsync(context.CancellationToken);
        await using var source = await RegistryServer.StartAsync(context.CancellationToken);
        await using var vendor = new FaultyProxy(source.Port, request => request.Path.StartsWith("/download", StringComparison.Ordinal)
            ? ProxyFault.Answer("302 Found", "Location: " + request.Path["/download".Length..])
            : null);
        var layer = await OfferAsync(source, vendor, "/download");
        using var client = TestClients.CreateFor(registry.Host);
        var mine = new TestContentStore();

        await new BlobFetcher(client, mine).FetchAsync(ImageReference.Parse($"{registry.Host}/app:1"), layer, context.CancellationToken);

        Assert.IsTrue(mine.Contains(layer.Digest));
        Assert.HasCount(2, vendor.Requests);
        Assert.IsFalse(vendor.Requests.Any(request => request.Headers.ContainsKey("Authorization")));
    }

    [TestMethod]
    public async Task An_address_is_not_asked_while_the_registry_has_the_layer()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        await using var vendor = new FaultyProxy(registry.Port);
        var layer = await OfferAsync(registry, vendor);
        using var client = TestClients.Create();

        await new BlobFetcher(client, new TestContentStore()).FetchAsync(
            ImageReference.Parse($"{registry.Host}/layers"), layer, context.CancellationToken);

        Assert.IsEmpty(vendor.Requests);
    }

    [TestMethod]
    public async Task What_comes_from_an_address_is_verified()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        await using var source = await RegistryServer.StartAsync(context.CancellationToken);
        await using var vendor = new FaultyProxy(source.Port, _ => ProxyFault.AlterBody(body => new byte[body.Length]));
        var layer = await OfferAsync(source, vendor);
        using var client = TestClients.Create();
        var mine = new TestContentStore();

        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(
            () =>
                new BlobFetcher(client, mine).FetchAsync(ImageReference.Parse($"{registry.Host}/app:1"), layer, context.CancellationToken));

        Assert.AreEqual("CST5005", failure.Diagnostics[0].Code);
        Assert.AreEqual(0, mine.Count);
    }

    [TestMethod]
    [DataRow("http://169.254.169.254/latest/meta-data")]
    [DataRow("http://vendor.example.com/layer")]
    [DataRow("file:///etc/passwd")]
    [DataRow("nonsense")]
    public async Task An_address_without_protection_is_not_asked(string url)
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        using var client = TestClients.Create();
        var layer = new Descriptor { MediaType = Foreign, Digest = Digest.Of("x"u8), Size = 1, Urls = [url] };

        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(
            () => new BlobFetcher(client, new TestContentStore()).FetchAsync(
                ImageReference.Parse($"{registry.Host}/app:1"), layer, context.CancellationToken));

        Assert.AreEqual("CST5021", failure.Diagnostics[0].Code);
    }

    [TestMethod]
    public async Task An_address_on_this_machine_is_not_asked_for_an_image_from_elsewhere()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        await using var proxy = new ForwardProxy(registry.Port);
        await using var service = new FaultyProxy(registry.Port);
        using var client = TestClients.Create(
            TestClients.Configuration("[[registry]]\nlocation = \"registry.test\"\ninsecure = true\n"),
            TestClients.Environment(("http_proxy", $"localhost:{proxy.Port}")));
        var layer =
            new Descriptor { MediaType = Foreign, Digest = Digest.Of("x"u8), Size = 1, Urls = [$"http://localhost:{service.Port}/v2/"] };

        await Assert.ThrowsExactlyAsync<BuildFailedException>(
            () => new BlobFetcher(client, new TestContentStore()).FetchAsync(
                ImageReference.Parse("registry.test/app:1"), layer, context.CancellationToken));

        Assert.IsEmpty(service.Requests);
    }

    [TestMethod]
    public async Task A_foreign_layer_keeps_its_addresses_in_the_new_image_and_is_not_pushed()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        await using var front =
            new FaultyProxy(registry.Port, request => request.Method == "PUT"
                && request.Path.Contains("/manifests/", StringComparison.Ordinal) ? ProxyFault.Answer("201 Created") : null);
        using var client = TestClients.Create();
        var store = new TestContentStore();
        var foreign = new Descriptor
        {
            MediaType = MediaTypes.DockerForeignLayerGzip,
            Digest = Digest.Of("x"u8),
            Size = 1,
            Urls = ["https://vendor.example.com/layer"],
        };
        var image = await ImageAssembler.AssembleAsync(
            [new ImageLayer(new Layer(foreign, Digest.Of("y"u8), 1)), new ImageLayer(TestImages.CreateRandomLayer(store, 1000))],
            SampleImages.Config(2),
            ImageFormat.Oci,
            null,
            store,
            context.CancellationToken);

        await new RegistryPublisher(
            client,
            ImageReference.Parse($"{front.Host}/app:1"),
            [],
            store,
            new BlobFetcher(client, store),
            NoBuildEvents.Instance,
            "push").PublishAsync(image, context.CancellationToken);

        Assert.AreEqual(
            (Foreign, "https://vendor.example.com/layer"), (image.Manifest.Layers[0].MediaType, image.Manifest.Layers[0].Urls!.Single()));
        Assert.IsFalse(front.Requests.Any(request => request.Path.Contains(foreign.Digest.Hex, StringComparison.Ordinal)));
        Assert.AreEqual(
            2, front.Requests.Count(request => request.Method == "PUT" && request.Path.Contains("/blobs/", StringComparison.Ordinal)));
    }

    [TestMethod]
    public async Task A_registry_that_does_not_allow_addresses_is_told_at_once()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        await using var front = new FaultyProxy(registry.Port);

        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(() => PushForeignAsync(front.Host));

        Assert.AreEqual("CST6005", failure.Diagnostics[0].Code);
        Assert.Contains($"{Digest.Of("x"u8)} https://vendor.example.com/layer", failure.Message);
        Assert.Contains("validation.manifests.urls.allow", failure.Message);
        Assert.AreEqual(
            1, front.Requests.Count(request => request.Method == "PUT" && request.Path.Contains("/manifests/", StringComparison.Ordinal)));
    }

    [TestMethod]
    public async Task A_registry_that_allows_the_addresses_takes_the_image()
    {
        await using var registry = await RegistryServer.StartWithUrlsAsync(@"^https://vendor\.example\.com/", context.CancellationToken);

        var image = await PushForeignAsync(registry.Host);

        using var client = TestClients.Create();
        Assert.AreEqual(
            image.Digest, await client.FindPublishedAsync(ImageReference.Parse($"{registry.Host}/app:1"), context.CancellationToken));
    }

    private async Task<Image> PushForeignAsync(string host)
    {
        using var client = TestClients.Create();
        var store = new TestContentStore();
        var foreign =
            new Descriptor { MediaType = Foreign, Digest = Digest.Of("x"u8), Size = 1, Urls = ["https://vendor.example.com/layer"] };
        var image = await ImageAssembler.AssembleAsync(
            [new ImageLayer(new Layer(foreign, Digest.Of("y"u8), 1)), new ImageLayer(TestImages.CreateRandomLayer(store, 1000))],
            SampleImages.Config(2),
            ImageFormat.Oci,
            null,
            store,
            context.CancellationToken);
        await new RegistryPublisher(
            client,
            ImageReference.Parse($"{host}/app:1"),
            [],
            store,
            new BlobFetcher(client, store),
            NoBuildEvents.Instance,
            "push").PublishAsync(image, context.CancellationToken);
        return image;
    }

    /// <summary>Puts a layer into a registry and names it as a foreign one with an address there.</summary>
    private async Task<Descriptor> OfferAsync(RegistryServer source, FaultyProxy vendor, string prefix = "")
    {
        using var client = TestClients.Create();
        var store = new TestContentStore();
        var layer = TestImages.CreateRandomLayer(store, 100_000).Descriptor;
        await client.PushBlobAsync(
            ImageReference.Parse($"{source.Host}/layers"),
            layer,
            null,
            _ => Task.FromResult(store.OpenRead(layer.Digest)),
            null,
            context.CancellationToken);
        return layer with
        {
            MediaType = Foreign,
            Urls = ["https://vendor.invalid/gone", $"http://localhost:{vendor.Port}{prefix}/v2/layers/blobs/{layer.Digest}"],
        };
    }
}
