using System.Text.Json;
using ContainerStages.Content;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Media.Registry;
using ContainerStages.Oci;
using ContainerStages.Sources;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Media.Registry;

/// <summary>Indexes whose entries are indexes, in a registry, a layout and an archive.</summary>
[TestClass]
public sealed class NestedIndexTests(TestContext context) : IDisposable
{
    private static RegistryServer? registry;
    private readonly TempFolder folder = new();

    private DiskContentStore Layout => new(folder.Combine("layout"));

    [ClassInitialize]
    public static async Task StartAsync(TestContext context) => registry = await RegistryServer.StartAsync(context.CancellationToken);

    [ClassCleanup]
    public static async Task StopAsync() => await registry!.DisposeAsync();

    public void Dispose() => folder.Dispose();

    [TestMethod]
    [DataRow(1, true)]
    [DataRow(1, false, DisplayName = "The inner indexes name no platform")]
    [DataRow(3, true)]
    [DataRow(3, false)]
    public async Task The_image_for_the_platform_is_found_in_inner_indexes(int inner, bool named)
    {
        var (top, arm) = await WriteAsync(inner, named);

        Assert.AreEqual(arm, (await PullAsync(top)).Descriptor.Digest);
        Assert.AreEqual(arm, await TakeAsync($"oci-layout:{folder.Combine("layout")}"));
        await RealTool.RunAsync("tar", "-cf", folder.Combine("image.tar"), "-C", folder.Combine("layout"), ".");
        Assert.AreEqual(arm, await TakeAsync($"oci-archive:{folder.Combine("image.tar")}"));
    }

    [TestMethod]
    public async Task Indexes_that_stand_in_each_other_without_end_are_refused()
    {
        var (top, _) = await WriteAsync(4, named: true);

        var pulled = await Assert.ThrowsExactlyAsync<BuildFailedException>(() => PullAsync(top));
        var taken = await Assert.ThrowsExactlyAsync<BuildFailedException>(() => TakeAsync($"oci-layout:{folder.Combine("layout")}"));

        Assert.AreEqual(("CST5017", "CST5017"), (pulled.Diagnostics[0].Code, taken.Diagnostics[0].Code));
        Assert.Contains("more than 4 deep", pulled.Message);
    }

    [TestMethod]
    public async Task All_platforms_of_inner_indexes_are_named_where_none_is_wanted()
    {
        var (top, _) = await WriteAsync(1, named: false);

        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(() => PullAsync(top, "linux/s390x"));

        Assert.AreEqual("CST5006", failure.Diagnostics[0].Code);
        Assert.Contains("it has: linux/amd64, linux/arm64.", failure.Message);
    }

    [TestMethod]
    public async Task Without_an_image_for_the_processor_the_newest_older_one_is_taken()
    {
        var (old, newer) = (await AddImageAsync("arm", "old"), await AddImageAsync("arm", "newer"));
        var top = await AddIndexAsync([old with { Platform = Arm("v5") }, newer with { Platform = Arm("v6") }]);
        folder.Write(
            "layout/index.json",
            JsonSerializer.Serialize(new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = [top] }, OciJson.Plain.ImageIndex));

        Assert.AreEqual(newer.Digest, (await PullAsync(top.Digest, "linux/arm/v7")).Descriptor.Digest);
        Assert.AreEqual(newer.Digest, await TakeAsync($"oci-layout:{folder.Combine("layout")}", "linux/arm/v7"));
        Assert.AreEqual(old.Digest, (await PullAsync(top.Digest, "linux/arm/v5")).Descriptor.Digest);

        static Platform Arm(string variant) => new() { Os = "linux", Architecture = "arm", Variant = variant };
    }

    /// <summary>
    /// An image for each of two platforms, each below so many indexes: in a layout and in the registry. Returns the digests of the top and
    /// of the image for arm64.
    /// </summary>
    private async Task<(Digest Top, Digest Arm)> WriteAsync(int inner, bool named)
    {
        var entries = new List<Descriptor>();
        var arm = default(Digest);
        foreach (var architecture in new[] { "amd64", "arm64" })
        {
            var entry = await AddImageAsync(architecture);
            arm = entry.Digest;
            for (var level = 0; level < inner; level++)
            {
                entry = await AddIndexAsync([entry]) with { Platform = named ? entry.Platform : null };
            }

            entries.Add(entry);
        }

        var top = await AddIndexAsync(entries);
        folder.Write(
            "layout/index.json",
            JsonSerializer.Serialize(new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = [top] }, OciJson.Plain.ImageIndex));
        return (top.Digest, arm);
    }

    private async Task<Descriptor> AddImageAsync(string architecture, string? text = null)
    {
        var store = new TestContentStore();
        var image = TestImages.Create(store, architecture, text ?? architecture);
        using var client = TestClients.Create();
        await new RegistryPublisher(client, Name(image.Digest), [], store, new BlobFetcher(client, store), NoBuildEvents.Instance, "push")
            .PublishAsync(image, context.CancellationToken);
        await using var layer = store.OpenRead(image.Manifest.Layers[0].Digest);
        await Layout.CopyAsync(layer, null, context.CancellationToken);
        await Layout.AddAsync(image.ConfigBytes, context.CancellationToken);
        await Layout.AddAsync(image.ManifestBytes, context.CancellationToken);
        return image.Descriptor with { Platform = image.Config.Platform };
    }

    private async Task<Descriptor> AddIndexAsync(IReadOnlyList<Descriptor> entries)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(
            new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = entries }, OciJson.Plain.ImageIndex);
        var digest = await Layout.AddAsync(bytes, context.CancellationToken);
        using var client = TestClients.Create();
        await client.PushManifestAsync(Name(digest), MediaTypes.OciIndex, bytes, context.CancellationToken);
        return new Descriptor { MediaType = MediaTypes.OciIndex, Digest = digest, Size = bytes.Length, Platform = entries[0].Platform };
    }

    private async Task<PulledImage> PullAsync(Digest top, string platform = "linux/arm64")
    {
        using var client = TestClients.Create();
        return await new ImagePuller(client, new TestContentStore()).ResolveAsync(
            Name(top), Platform.TryParse(platform)!, context.CancellationToken);
    }

    private async Task<Digest> TakeAsync(string source, string platform = "linux/arm64")
    {
        using var client = TestClients.Create();
        var store = new StoreDirectory(folder.NewFolder("store"));
        var sources = new ImageSources(store, new ImageNames(store), new ImagePuller(client, new DiskContentStore(store)), pull: false);
        return (await sources.ResolveAsync(
            ImageReference.TryParseSource(source)!, Platform.TryParse(platform)!, context.CancellationToken)).Descriptor.Digest;
    }

    private static ImageReference Name(Digest digest) => ImageReference.Parse($"{registry!.Host}/nested").WithDigest(digest);
}
