using System.Net;
using System.Net.Sockets;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Media.Registry;
using ContainerStages.Oci;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Media.Registry;

[TestClass]
public sealed class FailureTests(TestContext context)
{
    private static readonly Platform Amd64 = new() { Os = "linux", Architecture = "amd64" };

    [TestMethod]
    public async Task An_unknown_tag_is_named()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        var failure = await FailAsync(TestClients.Create(), $"{registry.Host}/team/app:nope");
        Assert.AreEqual("CST5002", failure.Diagnostics[0].Code);
        Assert.Contains($"{registry.Host}/team/app:nope", failure.Message);
    }

    [TestMethod]
    public async Task A_registry_that_is_not_there_is_named_with_the_reason()
    {
        var failure = await FailAsync(TestClients.Create(), $"localhost:{FileServer.FreePort()}/app:1");
        Assert.AreEqual("CST5001", failure.Diagnostics[0].Code);
        Assert.Contains("connection refused", failure.Message);
    }

    [TestMethod]
    public async Task A_host_name_that_nobody_knows_is_named_with_the_reason()
    {
        var failure = await FailAsync(TestClients.Create(), "registry.invalid/app:1");
        Assert.AreEqual("CST5001", failure.Diagnostics[0].Code);
        Assert.Contains("registry.invalid", failure.Message);
    }

    [TestMethod]
    public async Task A_mirror_that_is_down_is_passed_over()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        var store = new TestContentStore();
        var image = await PushAsync(store, $"{registry.Host}/library/alpine:3");
        using var client = TestClients.Create($"""
            [[registry]]
            prefix = "docker.io"
            [[registry.mirror]]
            location = "localhost:{FileServer.FreePort()}"
            [[registry.mirror]]
            location = "{registry.Host}"
            """);

        var pulled = await new ImagePuller(client, new TestContentStore()).ResolveAsync(
            ImageReference.Parse("alpine:3"), Amd64, context.CancellationToken);

        Assert.AreEqual(image.Digest, pulled.Descriptor.Digest);
    }

    [TestMethod]
    public async Task When_no_place_has_the_image_each_is_listed_with_its_reason()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        var (first, itself) = (FileServer.FreePort(), FileServer.FreePort());
        using var client = TestClients.Create($"""
            [[registry]]
            prefix = "example.com/team"
            location = "localhost:{itself}/team"
            [[registry.mirror]]
            location = "localhost:{first}/m"
            [[registry.mirror]]
            location = "{registry.Host}/copy"
            """);

        var failure = await FailAsync(client, "example.com/team/app:1");

        Assert.AreEqual("CST5014", failure.Diagnostics[0].Code);
        Assert.Contains(
            $"localhost:{first}/m/app (mirror): connection refused; {registry.Host}/copy/app (mirror): not found; " +
            $"localhost:{itself}/team/app: connection refused",
            failure.Message);
    }

    [TestMethod]
    public async Task A_blocked_registry_is_not_asked()
    {
        using var client = TestClients.Create("[[registry]]\nlocation = \"example.com\"\nblocked = true\n");
        var failure = await FailAsync(client, "example.com/app:1");
        Assert.AreEqual("CST5015", failure.Diagnostics[0].Code);
    }

    [TestMethod]
    public async Task A_blob_altered_inside_the_registry_is_refused()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        using var client = TestClients.Create();
        var store = new TestContentStore();
        var name = ImageReference.Parse($"{registry.Host}/app:1");
        var image = await PushAsync(store, name.ToString());
        var layer = image.Manifest.Layers[0];
        await FlipAsync(registry.BlobFile(layer.Digest.Hex));
        var mine = new TestContentStore();

        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(
            () => new BlobFetcher(client, mine).FetchAsync(name, layer, context.CancellationToken));

        Assert.AreEqual("CST5005", failure.Diagnostics[0].Code);
        Assert.Contains(layer.Digest.ToString(), failure.Message);
        Assert.AreEqual(0, mine.Count);
    }

    [TestMethod]
    public async Task A_configuration_altered_inside_the_registry_is_refused()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        var image = await PushAsync(new TestContentStore(), $"{registry.Host}/app:1");
        await FlipAsync(registry.BlobFile(image.Manifest.Config.Digest.Hex));

        var failure = await FailAsync(TestClients.Create(), $"{registry.Host}/app:1");

        Assert.AreEqual("CST5005", failure.Diagnostics[0].Code);
    }

    [TestMethod]
    [DataRow("app:1")]
    [DataRow("app@{0}")]
    public async Task A_manifest_altered_on_the_way_is_refused(string reference)
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        var image = await PushAsync(new TestContentStore(), $"{registry.Host}/app:1");
        var altered = "{\"schemaVersion\":2}";
        await using var proxy = new FaultyProxy(registry.Port, request => request is { Method: "GET" }
            && request.Path.Contains("/manifests/", StringComparison.Ordinal)
            ? ProxyFault.AnswerWithBody(
                "200 OK", altered, $"Content-Type: {MediaTypes.OciManifest}", $"Docker-Content-Digest: {image.Digest}")
            : null);

        var failure = await FailAsync(TestClients.Create(), $"{proxy.Host}/{string.Format(null, reference, image.Digest)}");

        Assert.AreEqual("CST5005", failure.Diagnostics[0].Code);
    }

    [TestMethod]
    public async Task A_blob_whose_connection_breaks_is_resumed_where_it_broke()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        var store = new TestContentStore();
        var (name, layer) = await PushLargeAsync(store, registry);
        var left = 3;
        await using var proxy =
            new FaultyProxy(registry.Port, request => request.Path.Contains("/blobs/", StringComparison.Ordinal)
                && Interlocked.Decrement(ref left) >= 0 ? ProxyFault.Cut(500_000) : null);
        using var client = TestClients.Create();
        var mine = new TestContentStore();

        await new BlobFetcher(client, mine).FetchAsync(Through(proxy, name), layer, context.CancellationToken);

        Assert.IsTrue(mine.Contains(layer.Digest));
        var ranges = proxy.Requests.Where(request => request.Path.Contains("/blobs/", StringComparison.Ordinal))
            .Select(request => request.Headers.GetValueOrDefault("Range"))
            .ToList();
        Assert.HasCount(4, ranges);
        Assert.IsNull(ranges[0]);
        Assert.IsTrue(ranges[1..].TrueForAll(range => range is not null && range.StartsWith("bytes=", StringComparison.Ordinal)));
    }

    [TestMethod]
    public async Task A_blob_of_which_no_more_bytes_come_is_resumed()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        var (name, layer) = await PushLargeAsync(new TestContentStore(), registry);
        var left = 1;
        await using var proxy =
            new FaultyProxy(registry.Port, request => request.Path.Contains("/blobs/", StringComparison.Ordinal)
                && Interlocked.Decrement(ref left) >= 0 ? ProxyFault.Stall(500_000) : null);
        using var client = TestClients.Create(
            RegistriesConfiguration.Empty, TestClients.Environment(), new RetryPolicy { Stall = TimeSpan.FromMilliseconds(200) });
        var mine = new TestContentStore();

        await new BlobFetcher(client, mine).FetchAsync(Through(proxy, name), layer, context.CancellationToken);

        Assert.IsTrue(mine.Contains(layer.Digest));
    }

    [TestMethod]
    public async Task A_server_without_ranges_is_read_again_from_the_start()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        var store = new TestContentStore();
        var (name, layer) = await PushLargeAsync(store, registry);
        var left = 1;
        await using var proxy = new FaultyProxy(
            registry.Port, request => request.Path.Contains("/blobs/", StringComparison.Ordinal) && Interlocked.Decrement(ref left) >= 0
                ? ProxyFault.Cut(500_000)
                : null, dropHeader: "Range");
        using var client = TestClients.Create();
        var mine = new TestContentStore();

        await new BlobFetcher(client, mine).FetchAsync(Through(proxy, name), layer, context.CancellationToken);

        Assert.IsTrue(mine.Contains(layer.Digest));
    }

    [TestMethod]
    public async Task A_mirror_that_breaks_in_the_middle_is_followed_by_the_next_place_from_the_same_byte()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        var (name, layer) = await PushLargeAsync(new TestContentStore(), registry);
        await using var mirror = new FaultyProxy(
            registry.Port, request => request.Path.Contains("/blobs/", StringComparison.Ordinal) ? ProxyFault.Cut(1000) : null);
        using var client =
            TestClients.Create($"[[registry]]\nlocation = \"{registry.Host}\"\n[[registry.mirror]]\nlocation = \"{mirror.Host}\"\n");
        var mine = new TestContentStore();

        await new BlobFetcher(client, mine).FetchAsync(name, layer, context.CancellationToken);

        Assert.IsTrue(mine.Contains(layer.Digest));
    }

    [TestMethod]
    [DataRow("429 Too Many Requests")]
    [DataRow("503 Service Unavailable")]
    public async Task A_busy_registry_is_asked_again(string status)
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        var image = await PushAsync(new TestContentStore(), $"{registry.Host}/app:1");
        var left = 3;
        await using var proxy = new FaultyProxy(
            registry.Port,
            request => request.Path != "/v2/" && Interlocked.Decrement(ref left) >= 0 ? ProxyFault.Answer(status, "Retry-After: 0") : null);
        using var client = TestClients.Create();

        var document = await client.GetManifestAsync(ImageReference.Parse($"{proxy.Host}/app:1"), context.CancellationToken);

        Assert.AreEqual(image.Digest, document.Digest);
    }

    [TestMethod]
    [DataRow("429 Too Many Requests", "CST5011")]
    [DataRow("500 Internal Server Error", "CST5016")]
    [DataRow("507 Insufficient Storage", "CST5012")]
    [DataRow("403 Forbidden", "CST5004")]
    [DataRow("400 Bad Request", "CST5016")]
    public async Task A_registry_that_keeps_refusing_is_an_error_of_its_own_kind(string status, string code)
    {
        await using var proxy = new FaultyProxy(0, request => request.Path == "/v2/"
            ? ProxyFault.Answer("200 OK")
            : ProxyFault.AnswerWithBody(status, """{"errors":[{"code":"SOME","message":"because of this"}]}"""));
        var failure = await FailAsync(TestClients.Create(), $"{proxy.Host}/app@{Digest.Of("x"u8)}");
        Assert.AreEqual(code, failure.Diagnostics[0].Code);
        Assert.Contains("because of this", failure.Message);
    }

    [TestMethod]
    public async Task A_cancelled_pull_stops_at_once()
    {
        await using var proxy =
            new FaultyProxy(0, request => request.Path == "/v2/"
                ? ProxyFault.Answer("200 OK")
                : ProxyFault.Answer("503 Service Unavailable", "Retry-After: 30"));
        using var client = TestClients.Create();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        var pull = client.GetManifestAsync(ImageReference.Parse($"{proxy.Host}/app:1"), cancel.Token);
        while (proxy.Requests.Count < 2)
        {
            await Task.Delay(1, context.CancellationToken);
        }

        await cancel.CancelAsync();

        await Assert.ThrowsAsync<OperationCanceledException>(() => pull);
    }

    private async Task<BuildFailedException> FailAsync(RegistryClient client, string reference)
    {
        using (client)
        {
            return await Assert.ThrowsExactlyAsync<BuildFailedException>(
                () => new ImagePuller(client, new TestContentStore()).ResolveAsync(
                    ImageReference.Parse(reference), Amd64, context.CancellationToken));
        }
    }

    private async Task<Image> PushAsync(TestContentStore store, string reference)
    {
        using var client = TestClients.Create();
        var image = TestImages.Create(store, "amd64", "content");
        await new RegistryPublisher(
            client,
            ImageReference.Parse(reference),
            [],
            store,
            new BlobFetcher(client, store),
            NoBuildEvents.Instance,
            "push").PublishAsync(image, context.CancellationToken);
        return image;
    }

    private async Task<(ImageReference Name, Descriptor Layer)> PushLargeAsync(TestContentStore store, RegistryServer registry)
    {
        using var client = TestClients.Create();
        var name = ImageReference.Parse($"{registry.Host}/app:1");
        var layer = TestImages.CreateRandomLayer(store, 3_000_000).Descriptor;
        await client.PushBlobAsync(name, layer, null, _ => Task.FromResult(store.OpenRead(layer.Digest)), null, context.CancellationToken);
        return (name, layer);
    }

    private static ImageReference Through(FaultyProxy proxy, ImageReference name) =>
        ImageReference.Parse($"{proxy.Host}/{name.Repository}:{name.Tag}");

    private static async Task FlipAsync(string file)
    {
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);
    }
}
