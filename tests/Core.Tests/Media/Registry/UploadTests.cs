using ContainerStages.Diagnostics;
using ContainerStages.Media.Registry;
using ContainerStages.Oci;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Media.Registry;

[TestClass]
public sealed class UploadTests(TestContext context)
{
    private const string Chunks = "DOTNET_CONTAINER_REGISTRY_CHUNKED_UPLOAD_SIZE_BYTES";

    [TestMethod]
    [DataRow("DOTNET_CONTAINER_REGISTRY_CHUNKED_UPLOAD_SIZE_BYTES", "400000", 3)]
    [DataRow("SDK_CONTAINER_REGISTRY_CHUNKED_UPLOAD_SIZE_BYTES", "400000", 3)]
    [DataRow("DOTNET_CONTAINER_REGISTRY_CHUNKED_UPLOAD", "true", 1)]
    [DataRow("DOTNET_CONTAINER_REGISTRY_CHUNKED_UPLOAD", "false", 0)]
    [DataRow("OTHER", "1", 0)]
    public async Task A_blob_is_sent_in_chunks_of_the_size_that_was_asked_for(string variable, string value, int chunks)
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        await using var front = new FaultyProxy(registry.Port);

        await PushAsync(registry, front, (variable, value));

        Assert.AreEqual(chunks, front.Requests.Count(request => request.Method == "PATCH"));
        Assert.AreEqual(1, front.Requests.Count(request => request.Method == "PUT"));
        Assert.AreEqual(
            chunks == 3 ? "0-399999" : null,
            front.Requests.FirstOrDefault(request => request.Method == "PATCH")?.Headers.GetValueOrDefault("Content-Range"));
    }

    [TestMethod]
    [DataRow("PUT", null)]
    [DataRow("PATCH", "600000")]
    public async Task After_a_broken_connection_only_the_rest_is_sent(string method, string? chunkSize)
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        var left = 1;
        await using var front = new FaultyProxy(
            registry.Port, request => request.Method == method && Interlocked.Decrement(ref left) >= 0
                ? ProxyFault.CutInUpload(500_000, keeps: true)
                : null);

        var blob = await PushAsync(registry, front, (Chunks, chunkSize ?? ""));

        var bodies = front.Requests.Where(request => request.Method is "PUT" or "PATCH").ToList();
        Assert.AreEqual(
            "GET",
            front.Requests.SkipWhile(request => request != bodies[0]).Skip(1).First().Method,
            "the registry is asked how far it came");
        Assert.AreEqual(blob.Size - 500_000, bodies.Skip(1).Sum(request => request.ContentLength));
        Assert.ContainsSingle(front.Requests.Where(request => request.Method == "POST"));
    }

    [TestMethod]
    public async Task A_registry_that_forgot_the_upload_gets_everything_again()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        var left = 1;
        await using var front = new FaultyProxy(registry.Port, request => request.Method == "PUT"
            && Interlocked.Decrement(ref left) >= 0 ? ProxyFault.CutInUpload(500_000)
            : request.Method == "GET" && request.Path.Contains("/uploads/", StringComparison.Ordinal) ? ProxyFault.Answer("404 Not Found")
            : null);

        var blob = await PushAsync(registry, front);

        Assert.AreEqual(blob.Size, front.Requests.Last(request => request.Method == "PUT").ContentLength);
        Assert.AreEqual(2, front.Requests.Count(request => request.Method == "POST"));
    }

    [TestMethod]
    public async Task When_only_the_answer_was_lost_nothing_is_sent_again()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        var left = 1;
        await using var front = new FaultyProxy(
            registry.Port, request => request.Method == "PUT" && Interlocked.Decrement(ref left) >= 0 ? ProxyFault.LoseAnswer() : null);

        await PushAsync(registry, front);

        Assert.ContainsSingle(front.Requests.Where(request => request.Method == "PUT"));
    }

    [TestMethod]
    public async Task A_proxy_that_limits_bodies_gets_chunks()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        await using var front = new FaultyProxy(
            registry.Port,
            request => request.Method == "PUT" && request.ContentLength > 1000 ? ProxyFault.Answer("413 Request Entity Too Large") : null);

        await PushAsync(registry, front);

        Assert.ContainsSingle(front.Requests.Where(request => request.Method == "PATCH"));
    }

    [TestMethod]
    [DataRow("DOTNET_CONTAINER_REGISTRY_CHUNKED_UPLOAD_SIZE_BYTES", "many")]
    [DataRow("DOTNET_CONTAINER_REGISTRY_CHUNKED_UPLOAD_SIZE_BYTES", "0")]
    [DataRow("DOTNET_CONTAINER_REGISTRY_CHUNKED_UPLOAD", "maybe")]
    [DataRow("DOTNET_CONTAINER_REGISTRY_PARALLEL_UPLOAD", "4")]
    public void A_variable_that_means_nothing_is_an_error(string name, string value)
    {
        var failure = Assert.ThrowsExactly<BuildFailedException>(() => UploadSettings.Read(TestClients.Environment((name, value))));
        Assert.AreEqual("CST5024", failure.Diagnostics[0].Code);
        Assert.Contains(name, failure.Message);
    }

    [TestMethod]
    [DataRow("true", 4)]
    [DataRow("false", 1)]
    public void Uploads_run_side_by_side_unless_that_is_switched_off(string value, int expected) =>
        Assert.AreEqual(
            expected, UploadSettings.Read(TestClients.Environment(("DOTNET_CONTAINER_REGISTRY_PARALLEL_UPLOAD", value))).AtOnce);

    private async Task<Descriptor> PushAsync(RegistryServer registry, FaultyProxy front, params (string Name, string Value)[] variables)
    {
        var store = new TestContentStore();
        var blob = TestImages.CreateRandomLayer(store, 1_000_000).Descriptor;
        using var client = TestClients.Create(RegistriesConfiguration.Empty, TestClients.Environment(variables));
        await client.PushBlobAsync(
            ImageReference.Parse($"{front.Host}/app"),
            blob,
            null,
            _ => Task.FromResult(store.OpenRead(blob.Digest)),
            null,
            context.CancellationToken);

        var mine = new TestContentStore();
        await new BlobFetcher(client, mine).FetchAsync(ImageReference.Parse($"{registry.Host}/app"), blob, context.CancellationToken);
        Assert.IsTrue(mine.Contains(blob.Digest));
        return blob;
    }
}
