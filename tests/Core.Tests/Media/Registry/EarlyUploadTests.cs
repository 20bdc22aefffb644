using System.Security.Cryptography;
using ContainerStages.Content;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Layers;
using ContainerStages.Media.Registry;
using ContainerStages.Oci;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Media.Registry;

/// <summary>Blobs that are sent while they are written.</summary>
[TestClass]
public sealed class EarlyUploadTests(TestContext context) : IDisposable
{
    private const int Size = 9_000_000;
    private readonly TempFolder folder = new();
    private readonly byte[] content = RandomNumberGenerator.GetBytes(Size);

    public void Dispose() => folder.Dispose();

    [TestMethod]
    public async Task A_blob_is_on_its_way_before_it_is_whole_and_appears_when_it_is_asked_for()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        await using var front = new FaultyProxy(registry.Port);
        using var client = TestClients.Create();
        var name = ImageReference.Parse($"{front.Host}/app");
        await using var uploads = Open(client, name);
        await using var writer = uploads.CreateWriter();

        await WriteAsync(writer, content.AsMemory(0, Size / 2));
        await UntilAsync(() => front.Requests.Any(request => request.Method == "PATCH"));
        await WriteAsync(writer, content.AsMemory(Size / 2));
        var digest = await writer.CommitAsync(null, context.CancellationToken);

        Assert.AreEqual(Digest.Of(content), digest);
        Assert.IsFalse(await client.HasPublishedBlobAsync(name, digest, context.CancellationToken));
        var sent = new Sent();
        Assert.IsTrue(await uploads.TryCommitAsync(name, digest, sent, context.CancellationToken));
        Assert.IsTrue(await client.HasPublishedBlobAsync(name, digest, context.CancellationToken));
        Assert.AreSequenceEqual(
            ["POST", "PATCH", "PUT"],
            front.Requests.Where(request => request.Method is not ("GET" or "HEAD")).Select(request => request.Method));
        var mine = new TestContentStore();
        var blob = new Descriptor { MediaType = MediaTypes.OciLayer, Digest = digest, Size = Size };
        await new BlobFetcher(client, mine).FetchAsync(name, blob, context.CancellationToken);
        Assert.IsTrue(mine.Contains(digest));
        Assert.IsFalse(await uploads.TryCommitAsync(name, digest, sent, context.CancellationToken), "It is committed once.");
    }

    [TestMethod]
    public async Task A_small_blob_and_one_for_another_repository_are_sent_by_the_push()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        await using var front = new FaultyProxy(registry.Port);
        using var client = TestClients.Create();
        await using (var uploads = Open(client, ImageReference.Parse($"{front.Host}/app")))
        {
            var small = await WriteAllAsync(uploads, content.AsMemory(0, (int)EarlyUploads.Least - 1));
            Assert.IsFalse(await uploads.TryCommitAsync(
                ImageReference.Parse($"{front.Host}/app"), small, new Sent(), context.CancellationToken));
            Assert.IsEmpty(front.Requests);

            var large = await WriteAllAsync(uploads, content);
            Assert.IsFalse(await uploads.TryCommitAsync(
                ImageReference.Parse($"{front.Host}/other"), large, new Sent(), context.CancellationToken));
            await UntilAsync(() => front.Requests.Any(request => request.Method == "PATCH"));
        }

        Assert.AreEqual("DELETE", front.Requests[^1].Method);
        Assert.IsEmpty(Uploads(registry));
    }

    [TestMethod]
    public async Task What_is_given_up_is_forgotten_by_the_registry()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        await using var front = new FaultyProxy(registry.Port);
        using var client = TestClients.Create();
        await using (var uploads = Open(client, ImageReference.Parse($"{front.Host}/app")))
        {
            await using var writer = uploads.CreateWriter();
            await WriteAsync(writer, content);
            await UntilAsync(() => front.Requests.Any(request => request.Method == "PATCH"));
        }

        Assert.AreEqual("DELETE", front.Requests[^1].Method);
        Assert.IsEmpty(Uploads(registry));
        Assert.IsEmpty(Directory.GetFiles(folder.Combine("store", "ingest")));
    }

    [TestMethod]
    [DataRow("POST", "403 Forbidden")]
    [DataRow("POST", "500 Internal Server Error")]
    [DataRow("PATCH", "413 Request Entity Too Large")]
    [DataRow("PATCH", "404 Not Found")]
    [DataRow("PATCH", "")]
    [DataRow("PUT", "400 Bad Request")]
    [DataRow("PUT", "500 Internal Server Error")]
    public async Task A_registry_that_takes_no_such_upload_gets_the_blob_afterwards(string method, string answer)
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        var left = 1;
        await using var front = new FaultyProxy(
            registry.Port,
            request => request.Method == method && (method == "PATCH" || request.ContentLength == 0) && Interlocked.Decrement(ref left) >= 0
                ? answer.Length == 0 ? ProxyFault.CutInUpload(100_000) : ProxyFault.Answer(answer)
                : null);
        using var client = TestClients.Create();

        await PushAsync(client, registry, front);
    }

    [TestMethod]
    public async Task A_registry_that_took_no_upload_is_not_asked_again_before_the_push()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        await using var front = new FaultyProxy(
            registry.Port, request => request.Method == "POST" ? ProxyFault.Answer("401 Unauthorized") : null);
        using var client = TestClients.Create();
        var name = ImageReference.Parse($"{front.Host}/app");
        await using var uploads = Open(client, name);

        var first = await WriteAllAsync(uploads, content);
        Assert.IsFalse(await uploads.TryCommitAsync(name, first, new Sent(), context.CancellationToken));
        await WriteAllAsync(uploads, content.AsMemory(1));

        Assert.HasCount(1, front.Requests.Where(request => request.Method == "POST"));
    }

    [TestMethod]
    public async Task A_blob_that_the_repository_has_is_taken_back()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        await using var front = new FaultyProxy(registry.Port);
        using var client = TestClients.Create();
        await PushAsync(client, registry, front);
        var before = front.Requests.Count;

        await PushAsync(client, registry, front);

        Assert.AreSequenceEqual(
            ["DELETE", "PATCH", "POST"],
            front.Requests.Skip(before).Select(request => request.Method).Where(method => method is not ("GET" or "HEAD")).Order());
        Assert.IsEmpty(Uploads(registry));
    }

    [TestMethod]
    public async Task The_end_of_a_build_does_not_wait_for_a_registry_that_does_not_answer()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        await using var front = new FaultyProxy(
            registry.Port, request => request.Method is "PATCH" or "DELETE" ? ProxyFault.Silence() : null);
        using var client = TestClients.Create();
        var uploads = Open(client, ImageReference.Parse($"{front.Host}/app"));
        await WriteAllAsync(uploads, content);
        await UntilAsync(() => front.Requests.Any(request => request.Method == "PATCH"));

        await uploads.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), context.CancellationToken);
    }

    [TestMethod]
    public async Task A_registry_that_takes_nothing_holds_nobody_up()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        var left = 1;
        await using var front = new FaultyProxy(
            registry.Port,
            request => request.Method == "PATCH" && Interlocked.Decrement(ref left) >= 0 ? ProxyFault.Silence() : null);
        using var client = TestClients.Create(
            RegistriesConfiguration.Empty,
            TestClients.Environment(),
            new RetryPolicy
            {
                FirstDelay = TimeSpan.FromMilliseconds(1), Commit = TimeSpan.FromSeconds(1), Stall = TimeSpan.FromSeconds(1),
            });

        await PushAsync(client, registry, front);
    }

    [TestMethod]
    public async Task Nobody_at_the_registry_is_told_by_the_push_alone()
    {
        var nobody = ImageReference.Parse("localhost:1/app");
        using var client = TestClients.Create();
        await using var uploads = Open(client, nobody);

        var digest = await WriteAllAsync(uploads, content);

        Assert.IsFalse(await uploads.TryCommitAsync(nobody, digest, new Sent(), context.CancellationToken));
        await Assert.ThrowsExactlyAsync<BuildFailedException>(
            () => client.HasPublishedBlobAsync(nobody, digest, context.CancellationToken));
    }

    /// <summary>The image arrives whole, whatever became of the early upload.</summary>
    private async Task PushAsync(RegistryClient client, RegistryServer registry, FaultyProxy front)
    {
        var name = ImageReference.Parse($"{front.Host}/app:1");
        await using var uploads = Open(client, name);
        var blob = new Descriptor
        {
            MediaType = MediaTypes.OciLayer, Digest = await WriteAllAsync(uploads, content), Size = Size,
        };
        var layer = new Layer(blob, blob.Digest, Size);
        var documents = new TestContentStore();
        var image = TestImages.Assemble(documents, "amd64", [new ImageLayer(layer)]);

        await new RegistryPublisher(client, name, [], uploads, new BlobFetcher(client, uploads), NoBuildEvents.Instance, "push")
        {
            Early = uploads,
        }.PublishAsync(image, context.CancellationToken);

        Assert.IsTrue(front.Requests.Any(request => request.Method is "POST"));
        var mine = new TestContentStore();
        await new BlobFetcher(client, mine).FetchAsync(ImageReference.Parse($"{registry.Host}/app"), blob, context.CancellationToken);
        Assert.IsTrue(mine.Contains(blob.Digest));
    }

    private EarlyUploads Open(RegistryClient client, ImageReference name) =>
        new(new DiskContentStore(folder.Combine("store")), client, name);

    private async Task<Digest> WriteAllAsync(EarlyUploads uploads, ReadOnlyMemory<byte> bytes)
    {
        await using var writer = uploads.CreateWriter();
        await WriteAsync(writer, bytes);
        return await writer.CommitAsync(null, context.CancellationToken);
    }

    private async Task WriteAsync(IBlobWriter writer, ReadOnlyMemory<byte> bytes)
    {
        for (var offset = 0; offset < bytes.Length; offset += 65536)
        {
            await writer.WriteAsync(bytes[offset..Math.Min(offset + 65536, bytes.Length)], context.CancellationToken);
        }
    }

    private async Task UntilAsync(Func<bool> isSo)
    {
        while (!isSo())
        {
            await Task.Delay(10, context.CancellationToken);
        }
    }

    /// <summary>Bytes that were sent and are no blob. The registry leaves an upload's folder, with the state of its hash.</summary>
    private static string[] Uploads(RegistryServer registry) =>
        [.. Directory.GetFiles(registry.StorageFolder, "data", SearchOption.AllDirectories).Where(path => path.Contains("/_uploads/"))];

    private sealed class Sent : IProgress<long>
    {
        public void Report(long value)
        {
        }
    }
}
