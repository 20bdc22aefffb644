using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Media.Registry;
using ContainerStages.Oci;
using ContainerStages.Publishing;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Media.Registry;

/// <summary>A registry that lost a part of what was pushed, or went down in the middle: pushing again makes it whole.</summary>
[TestClass]
public sealed class PushAgainTests(TestContext context)
{
    private readonly TestContentStore store = new();

    [TestMethod]
    public async Task Images_of_an_index_that_a_clean_up_removed_are_pushed_again()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        using var client = TestClients.Create();
        var images = await IndexAsync();
        var name = ImageReference.Parse($"{registry.Host}/app:1");
        await PublishAsync(client, images, name);
        await registry.CollectGarbageAsync();
        Assert.AreEqual(images.Top.Digest, await client.FindPublishedAsync(name, context.CancellationToken), "The tag stays.");
        Assert.IsNull(
            await client.FindPublishedAsync(name.WithDigest(images.Images[1].Digest), context.CancellationToken), "The images go.");

        Assert.IsTrue((await PublishAsync(client, images, name)).Written);

        await PullAllAsync(images, name);
        Assert.IsFalse((await PublishAsync(client, images, name)).Written);
    }

    [TestMethod]
    public async Task Images_with_tags_of_their_own_stay_in_a_clean_up()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        using var client = TestClients.Create();
        var images = await IndexAsync();
        var name = ImageReference.Parse($"{registry.Host}/app:1");
        await PublishAsync(client, images, name);
        foreach (var image in images.Images)
        {
            await PublishAsync(client, image, name.WithTag("1-" + image.Config.Architecture));
        }

        await registry.CollectGarbageAsync();

        Assert.IsFalse((await PublishAsync(client, images, name)).Written);
        await PullAllAsync(images, name);
    }

    [TestMethod]
    public async Task An_unchanged_index_takes_one_request_more_for_each_image()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        await using var front = new FaultyProxy(registry.Port);
        using var client = TestClients.Create();
        var images = await IndexAsync();
        await PublishAsync(client, images, ImageReference.Parse($"{front.Host}/app:1"));
        var before = front.Requests.Count;

        await PublishAsync(client, images, ImageReference.Parse($"{front.Host}/app:1"));

        var expected = images.Images.Select(image => $"HEAD /v2/app/manifests/{image.Digest}").Append("HEAD /v2/app/manifests/1");
        CollectionAssert.AreEquivalent(expected.ToArray(), front.Requests.Skip(before).Select(request => request.ToString()).ToArray());
    }

    [TestMethod]
    [DataRow("POST", "blobs/uploads")]
    [DataRow("PUT", "blobs/uploads")]
    [DataRow("PUT", "manifests/sha256:")]
    [DataRow("PUT", "manifests/1")]
    public async Task A_registry_that_goes_down_in_the_middle_is_pushed_to_again(string method, string part)
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        await using var front =
            GoesDownAt(registry, request => request.Method == method && request.Path.Contains(part, StringComparison.Ordinal));
        using var client = TestClients.Create();
        var images = await IndexAsync();
        var name = ImageReference.Parse($"{front.Host}/app:1");

        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(() => PublishAsync(client, images, name));
        await registry.RestartAsync(context.CancellationToken);
        var isThere = await client.FindPublishedAsync(name, context.CancellationToken) is not null;
        var again = await PublishAsync(client, images, name);

        Assert.AreEqual("CST5001", failure.Diagnostics[0].Code);
        Assert.IsFalse(isThere, "The name is there before all that it needs.");
        Assert.IsTrue(again.Written);
        await PullAllAsync(images, name);
    }

    [TestMethod]
    public async Task A_registry_that_is_started_anew_meanwhile_is_waited_for()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        using var client = TestClients.Create(RegistriesConfiguration.Empty, TestClients.Environment(), new RetryPolicy());
        var images = await IndexAsync();
        var name = ImageReference.Parse($"{registry.Host}/app:1");
        Assert.IsNull(await client.FindPublishedAsync(name, context.CancellationToken));
        await registry.KillAsync();

        var push = PublishAsync(client, images, name);
        await Task.Delay(50, context.CancellationToken);
        await registry.RestartAsync(context.CancellationToken);

        Assert.IsTrue((await push).Written);
        await PullAllAsync(images, name);
    }

    [TestMethod]
    [DataRow("manifests/")]
    [DataRow("blobs/")]
    public async Task A_registry_that_goes_down_in_the_middle_of_a_pull_is_pulled_from_again(string part)
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        using var pusher = TestClients.Create();
        var images = await IndexAsync();
        await PublishAsync(pusher, images, ImageReference.Parse($"{registry.Host}/app:1"));
        await using var front =
            GoesDownAt(registry, request => request.Method == "GET" && request.Path.Contains(part, StringComparison.Ordinal));
        var name = ImageReference.Parse($"{front.Host}/app:1");

        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(() => PullAllAsync(images, name));
        await registry.RestartAsync(context.CancellationToken);

        Assert.AreEqual("CST5001", failure.Diagnostics[0].Code);
        await PullAllAsync(images, name);
    }

    /// <summary>The registry behind this ends at the first such request, which gets no answer.</summary>
    private static FaultyProxy GoesDownAt(RegistryServer registry, Func<ProxiedRequest, bool> where)
    {
        var isDown = 0;
        return new FaultyProxy(registry.Port, request =>
        {
            if (where(request) && Interlocked.Exchange(ref isDown, 1) == 0)
            {
                registry.KillAsync().GetAwaiter().GetResult();
            }

            return null;
        });
    }

    private async Task<ImageSet> IndexAsync()
    {
        ImmutableArray<Image> images =
            [TestImages.Create(store, "amd64", "both", "amd64"), TestImages.Create(store, "arm64", "both", "arm64")];
        return await ImageSet.CreateAsync(images, ImageFormat.Oci, annotations: null, store, context.CancellationToken);
    }

    private Task<PublishedImage> PublishAsync(RegistryClient client, ImageSet images, ImageReference name) =>
        new RegistryPublisher(client, name, [], store, new BlobFetcher(client, store), NoBuildEvents.Instance, "push").PublishAsync(
            images, context.CancellationToken);

    private async Task PullAllAsync(ImageSet images, ImageReference name)
    {
        using var client = TestClients.Create();
        foreach (var image in images.Images)
        {
            var mine = new TestContentStore();
            var pulled = await new ImagePuller(client, mine).ResolveAsync(name, image.Config.Platform, context.CancellationToken);
            Assert.AreEqual(image.Digest, pulled.Descriptor.Digest);
            foreach (var layer in pulled.Manifest.Layers)
            {
                await new BlobFetcher(client, mine).FetchAsync(pulled.Reference, layer, context.CancellationToken);
            }
        }
    }
}
