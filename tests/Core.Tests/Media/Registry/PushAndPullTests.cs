using System.Diagnostics;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Media.Registry;
using ContainerStages.Oci;
using ContainerStages.Publishing;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Media.Registry;

[TestClass]
public sealed class PushAndPullTests(TestContext context)
{
    private static readonly Platform Amd64 = new() { Os = "linux", Architecture = "amd64" };

    [TestMethod]
    public async Task A_pushed_image_is_what_skopeo_sees_and_comes_back_the_same()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        using var client = TestClients.Create();
        var store = new TestContentStore();
        var image = TestImages.Create(store, "amd64", "base", "application");
        var name = ImageReference.Parse($"{registry.Host}/team/app:1.0");

        var published = await PublishAsync(client, store, image, name, "latest");

        Assert.IsTrue(published.Written);
        CollectionAssert.AreEqual(
            new[] { $"{registry.Host}/team/app:1.0", $"{registry.Host}/team/app:latest" }, published.References.ToArray());
        var seen = await SkopeoAsync(
            "inspect",
            "--tls-verify=false",
            "--format",
            "{{.Digest}} {{.Architecture}} {{len .Layers}}",
            $"docker://{registry.Host}/team/app:latest");
        Assert.AreEqual($"{image.Digest} amd64 2", seen);

        var fresh = new TestContentStore();
        var pulled = await new ImagePuller(client, fresh).ResolveAsync(name, Amd64, context.CancellationToken);
        Assert.AreEqual(image.Digest, pulled.Descriptor.Digest);
        Assert.AreEqual(image.Digest, pulled.Reference.Digest);
        CollectionAssert.AreEqual(image.ManifestBytes.ToArray(), pulled.ManifestBytes.ToArray());
        CollectionAssert.AreEqual(image.ConfigBytes.ToArray(), pulled.ConfigBytes.ToArray());

        var fetcher = new BlobFetcher(client, fresh);
        await Task.WhenAll(pulled.Manifest.Layers.Select(layer => fetcher.FetchAsync(pulled.Reference, layer, context.CancellationToken)));
        Assert.IsTrue(pulled.Manifest.Layers.All(layer => fresh.Contains(layer.Digest)));
    }

    [TestMethod]
    public async Task What_skopeo_pushed_can_be_pulled()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        using var client = TestClients.Create();
        var store = new TestContentStore();
        var image = TestImages.Create(store, "amd64", "base");
        await PublishAsync(client, store, image, ImageReference.Parse($"{registry.Host}/app:one"));
        await SkopeoAsync(
            "copy",
            "--src-tls-verify=false",
            "--dest-tls-verify=false",
            "--format",
            "v2s2",
            $"docker://{registry.Host}/app:one",
            $"docker://{registry.Host}/app:docker");

        var pulled = await new ImagePuller(client, new TestContentStore()).ResolveAsync(
            ImageReference.Parse($"{registry.Host}/app:docker"), Amd64, context.CancellationToken);

        Assert.AreEqual(MediaTypes.DockerManifest, pulled.Descriptor.MediaType);
        Assert.AreEqual(MediaTypes.DockerConfig, pulled.Manifest.Config.MediaType);
    }

    [TestMethod]
    public async Task A_name_that_has_the_digest_already_costs_one_request()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        await using var proxy = new FaultyProxy(registry.Port);
        using var client = TestClients.Create();
        var store = new TestContentStore();
        var image = TestImages.Create(store, "amd64", "base");
        var name = ImageReference.Parse($"{proxy.Host}/app:1");
        await PublishAsync(client, store, image, name);
        var before = proxy.Requests.Count;

        var again = await PublishAsync(client, store, image, name);

        Assert.IsFalse(again.Written);
        Assert.AreEqual("HEAD /v2/app/manifests/1", proxy.Requests.Skip(before).Single().ToString());
    }

    [TestMethod]
    public async Task The_name_appears_after_everything_it_needs()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        await using var proxy = new FaultyProxy(registry.Port);
        using var client = TestClients.Create();
        var store = new TestContentStore();
        await PublishAsync(
            client, store, TestImages.Create(store, "amd64", "a", "b", "c"), ImageReference.Parse($"{proxy.Host}/app:1"), "2");

        var puts = proxy.Requests.Where(request => request.Method == "PUT").Select(request => request.Path.Split('?')[0]).ToList();
        Assert.HasCount(6, puts);
        Assert.IsTrue(puts[..4].TrueForAll(path => path.Contains("/blobs/uploads/", StringComparison.Ordinal)));
        CollectionAssert.AreEqual(new[] { "/v2/app/manifests/1", "/v2/app/manifests/2" }, puts[4..]);
    }

    [TestMethod]
    public async Task Progress_ends_with_all_bytes_of_layers_and_configuration()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        using var client = TestClients.Create();
        var store = new TestContentStore();
        var image = TestImages.Create(store, "amd64", "a", "b");
        var events = new RecordedEvents();

        await new RegistryPublisher(
            client,
            ImageReference.Parse($"{registry.Host}/app:1"),
            [],
            store,
            new BlobFetcher(client, store),
            events,
            "push-7").PublishAsync(image, context.CancellationToken);

        var total = image.Manifest.Layers.Sum(layer => layer.Size) + image.Manifest.Config.Size;
        Assert.AreEqual(new ProgressChanged("push-7", total, total), events.Events[^1]);
    }

    [TestMethod]
    public async Task A_push_that_fails_leaves_no_name()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        using var client = TestClients.Create();
        var store = new TestContentStore();
        var image = TestImages.Create(store, "amd64", "a", "b");
        var empty = new TestContentStore();

        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(
            () => PublishAsync(client, empty, image, ImageReference.Parse($"{registry.Host}/app:1")));

        Assert.AreEqual("CST6001", failure.Diagnostics[0].Code);
        Assert.IsNull(await client.FindPublishedAsync(ImageReference.Parse($"{registry.Host}/app:1"), context.CancellationToken));
    }

    [TestMethod]
    public async Task Base_layers_that_the_repository_has_are_not_sent_again()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        await using var proxy = new FaultyProxy(registry.Port);
        using var client = TestClients.Create();
        var store = new TestContentStore();
        var first = TestImages.Create(store, "amd64", "base");
        await PublishAsync(client, store, first, ImageReference.Parse($"{proxy.Host}/app:1"));
        var second = TestImages.Create(store, "amd64", "base", "more");
        var before = proxy.Requests.Count;

        await PublishAsync(client, store, second, ImageReference.Parse($"{proxy.Host}/app:2"));

        var uploads = proxy.Requests.Skip(before)
            .Where(request => request.Method == "PUT" && request.Path.Contains("/blobs/", StringComparison.Ordinal))
            .ToList();
        Assert.HasCount(2, uploads, "the new layer and the configuration");
        Assert.IsFalse(
            uploads.Exists(upload => upload.Path.Contains(first.Layers[0].Layer.Descriptor.Digest.Hex, StringComparison.Ordinal)));
    }

    [TestMethod]
    public async Task Base_layers_of_another_repository_of_the_registry_are_mounted_also_when_they_came_through_a_mirror()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        await using var proxy = new FaultyProxy(registry.Port);
        using var client = TestClients.Create("", new RegistryMirror { Registry = "docker.io", Location = proxy.Host });
        var store = new TestContentStore();
        var theBase = TestImages.Create(store, "amd64", "base");
        await PublishAsync(client, store, theBase, ImageReference.Parse($"{proxy.Host}/library/alpine:latest"));

        // The store of this build never saw the base's layer.
        var fresh = new TestContentStore();
        var pulled = await new ImagePuller(client, fresh).ResolveAsync(ImageReference.Parse("alpine"), Amd64, context.CancellationToken);
        var image = TestImages.Assemble(
            fresh,
            "amd64",
            [new ImageLayer(theBase.Layers[0].Layer, pulled.Reference), new ImageLayer(TestImages.CreateRandomLayer(fresh, 1000))]);
        await PublishAsync(client, fresh, image, ImageReference.Parse($"{proxy.Host}/team/app:1"));

        var digest = theBase.Layers[0].Layer.Descriptor.Digest;
        Assert.IsFalse(fresh.Contains(digest), "nobody had to download it");
        Assert.ContainsSingle(proxy.Requests.Where(
            request => request.Method == "POST" && request.Path.Contains("from=library%2Falpine", StringComparison.Ordinal)));
        Assert.IsTrue(
            await client.HasPublishedBlobAsync(ImageReference.Parse($"{proxy.Host}/team/app"), digest, context.CancellationToken));
    }

    [TestMethod]
    public async Task A_mount_that_is_not_allowed_becomes_an_upload()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        await using var proxy = new FaultyProxy(
            registry.Port,
            request => request.Path.Contains("mount=", StringComparison.Ordinal) ? ProxyFault.Answer("403 Forbidden") : null);
        using var client = TestClients.Create();
        var store = new TestContentStore();
        var theBase = TestImages.Create(store, "amd64", "base");
        await PublishAsync(client, store, theBase, ImageReference.Parse($"{proxy.Host}/base:1"));

        var image =
            TestImages.Assemble(store, "amd64", [new ImageLayer(theBase.Layers[0].Layer, ImageReference.Parse($"{proxy.Host}/base:1"))]);
        await PublishAsync(client, store, image, ImageReference.Parse($"{proxy.Host}/app:1"));

        Assert.IsTrue(await client.HasPublishedBlobAsync(
            ImageReference.Parse($"{registry.Host}/app"), theBase.Layers[0].Layer.Descriptor.Digest, context.CancellationToken));
    }

    [TestMethod]
    public async Task Base_layers_of_another_registry_are_fetched_and_sent()
    {
        await using var source = await RegistryServer.StartAsync(context.CancellationToken);
        await using var target = await RegistryServer.StartAsync(context.CancellationToken);
        using var client = TestClients.Create();
        var store = new TestContentStore();
        var theBase = TestImages.Create(store, "amd64", "base");
        await PublishAsync(client, store, theBase, ImageReference.Parse($"{source.Host}/base:1"));

        var fresh = new TestContentStore();
        var pulled = await new ImagePuller(client, fresh).ResolveAsync(
            ImageReference.Parse($"{source.Host}/base:1"), Amd64, context.CancellationToken);
        var image = TestImages.Assemble(fresh, "amd64", [new ImageLayer(theBase.Layers[0].Layer, pulled.Reference)]);
        await PublishAsync(client, fresh, image, ImageReference.Parse($"{target.Host}/app:1"));

        Assert.AreEqual(
            image.Digest.ToString(),
            await SkopeoAsync("inspect", "--tls-verify=false", "--format", "{{.Digest}}", $"docker://{target.Host}/app:1"));
    }

    [TestMethod]
    public async Task The_manifest_of_the_wanted_platform_is_chosen_from_an_index()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        using var client = TestClients.Create();
        var store = new TestContentStore();
        var (name, amd64, arm64) = await PushIndexAsync(client, store, registry);
        var puller = new ImagePuller(client, new TestContentStore());

        var pulled = await puller.ResolveAsync(name, Amd64, context.CancellationToken);
        var other = await puller.ResolveAsync(
            name, new Platform { Os = "linux", Architecture = "arm64", Variant = "v8" }, context.CancellationToken);

        Assert.AreEqual(amd64.Digest, pulled.Descriptor.Digest);
        Assert.AreEqual(arm64.Digest, other.Descriptor.Digest);
        Assert.AreEqual(pulled.NamedDigest, other.NamedDigest);
        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(
            () => puller.ResolveAsync(name, new Platform { Os = "linux", Architecture = "s390x" }, context.CancellationToken));
        Assert.AreEqual("CST5006", failure.Diagnostics[0].Code);
        Assert.Contains("linux/amd64, linux/arm64", failure.Message);
    }

    [TestMethod]
    public async Task An_index_is_pushed_after_its_images_and_its_tags_come_last()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        await using var proxy = new FaultyProxy(registry.Port);
        using var client = TestClients.Create();
        var store = new TestContentStore();
        // Both images have the layer of the text "same": it travels once.
        var set = await IndexAsync(store, TestImages.Create(store, "amd64", "same", "x"), TestImages.Create(store, "arm64", "same", "y"));
        var name = ImageReference.Parse($"{proxy.Host}/app:1");

        await PublishAsync(client, store, set, name, "2");

        var puts = proxy.Requests.Where(request => request.Method == "PUT").ToList();
        Assert.HasCount(5, puts.Where(request => request.Path.Contains("/blobs/", StringComparison.Ordinal)));
        Assert.AreSequenceEqual(
            [.. set.Images.Select(image => image.Digest.ToString()), "1", "2"],
            puts.Select(request => request.Path)
                .Where(path => path.Contains("/manifests/", StringComparison.Ordinal))
                .Select(path => path.Split('/')[^1]));
        Assert.IsFalse((await PublishAsync(client, store, set, name, "2")).Written);
        Assert.Contains(
            "\"architecture\":\"arm64\"", await SkopeoAsync("inspect", "--raw", "--tls-verify=false", $"docker://{registry.Host}/app:2"));
    }

    [TestMethod]
    public async Task A_single_image_of_another_platform_is_taken_as_it_is()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        using var client = TestClients.Create();
        var store = new TestContentStore();
        var name = ImageReference.Parse($"{registry.Host}/app:arm");
        await PublishAsync(client, store, TestImages.Create(store, "arm64", "x"), name);

        var pulled = await new ImagePuller(client, store).ResolveAsync(name, Amd64, context.CancellationToken);

        Assert.AreEqual("linux/arm64", pulled.Config.Platform.ToString());
    }

    [TestMethod]
    public async Task What_the_store_has_is_not_fetched_again()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        await using var proxy = new FaultyProxy(registry.Port);
        using var client = TestClients.Create();
        var store = new TestContentStore();
        var name = ImageReference.Parse($"{proxy.Host}/app:1");
        await PublishAsync(client, store, TestImages.Create(store, "amd64", "x"), name);
        var mine = new TestContentStore();
        var puller = new ImagePuller(client, mine);
        var pulled = await puller.ResolveAsync(name, Amd64, context.CancellationToken);
        var before = proxy.Requests.Count;

        await puller.ResolveAsync(name, Amd64, context.CancellationToken);
        await puller.ResolveAsync(pulled.Reference, Amd64, context.CancellationToken);

        Assert.AreEqual("HEAD /v2/app/manifests/1", proxy.Requests.Skip(before).Single().ToString());
    }

    [TestMethod]
    public async Task Many_who_want_one_blob_share_one_download()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        await using var proxy = new FaultyProxy(registry.Port);
        using var client = TestClients.Create();
        var store = new TestContentStore();
        var image = TestImages.Assemble(store, "amd64", [new ImageLayer(TestImages.CreateRandomLayer(store, 3_000_000))]);
        var name = ImageReference.Parse($"{proxy.Host}/app:1");
        await PublishAsync(client, store, image, name);
        var fetcher = new BlobFetcher(client, new TestContentStore());

        await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => fetcher.FetchAsync(name, image.Manifest.Layers[0], context.CancellationToken)));

        Assert.ContainsSingle(
            proxy.Requests.Where(request => request.Method == "GET" && request.Path.Contains("/blobs/", StringComparison.Ordinal)));
    }

    private async Task<(ImageReference Name, Image Amd64, Image Arm64)> PushIndexAsync(
        RegistryClient client, TestContentStore store, RegistryServer registry)
    {
        Image[] images = [TestImages.Create(store, "amd64", "x"), TestImages.Create(store, "arm64", "y")];
        var name = ImageReference.Parse($"{registry.Host}/app:all");
        await PublishAsync(client, store, await IndexAsync(store, images), name);
        return (name, images[0], images[1]);
    }

    private Task<ImageSet> IndexAsync(TestContentStore store, params Image[] images) =>
        ImageSet.CreateAsync([.. images], Contracts.ImageFormat.Oci, annotations: null, store, context.CancellationToken);

    private Task<PublishedImage> PublishAsync(
        RegistryClient client, TestContentStore store, ImageSet image, ImageReference name, params string[] tags) =>
        new RegistryPublisher(client, name, tags, store, new BlobFetcher(client, store), NoBuildEvents.Instance, "push").PublishAsync(
            image, context.CancellationToken);

    private async Task<string> SkopeoAsync(params string[] arguments)
    {
        using var process =
            Process.Start(new ProcessStartInfo(
                "skopeo", arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync(context.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(context.CancellationToken);
        await process.WaitForExitAsync(context.CancellationToken);
        Assert.AreEqual(0, process.ExitCode, await errors);
        return output.Trim();
    }
}
