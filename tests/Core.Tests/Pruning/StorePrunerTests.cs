using ContainerStages.Caching;
using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Engines;
using ContainerStages.Images;
using ContainerStages.Layers;
using ContainerStages.Oci;
using ContainerStages.Pruning;
using ContainerStages.Snapshots;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Pruning;

[TestClass]
public sealed class StorePrunerTests : IDisposable
{
    private static readonly PruneSettings Everything = new() { All = true };
    private readonly TempFolder folder = new();

    public TestContext TestContext { get; set; } = null!;

    public void Dispose() => folder.Dispose();

    [TestMethod]
    public async Task Without_options_only_what_nothing_refers_to_goes()
    {
        var store = Open();
        var named = await AddImageAsync(store, "named", "one");
        var unnamed = await AddImageAsync(store, null, "two");
        Snapshot(store, 'a', daysAgo: 1000);
        Directory.CreateDirectory(Path.Combine(store.Folder("snapshots"), "tmp-1-0-1", "layer"));
        File.WriteAllText(Path.Combine(store.Folder("ingest"), "half"), "half");
        File.SetLastWriteTimeUtc(Path.Combine(store.Root, "ingest", "half"), DateTime.UtcNow.AddHours(-2));

        var report = await PruneAsync(store, new PruneSettings());

        Assert.IsFalse(Exists(store, unnamed.Digest));
        Assert.IsEmpty(await ValidateAsync(store));
        Assert.IsTrue(Exists(store, named.Digest) && Exists(store, 'a'));
        CollectionAssert.AreEquivalent(
            new[] { "ingest/half", "snapshots/tmp-1-0-1" },
            report.Removed.Where(item => item.Kind == StoreItemKind.Leftover).Select(item => item.Path).ToArray());
        Assert.AreEqual(report.Removed.Sum(item => item.Size), report.Freed);
    }

    [TestMethod]
    public async Task Everything_goes_with_its_names()
    {
        var store = Open();
        await AddImageAsync(store, "named", "one");
        Snapshot(store, 'a', daysAgo: 0);
        var report = await PruneAsync(store, Everything);
        CollectionAssert.AreEqual(new[] { "named:latest" }, report.Names.ToArray());
        Assert.IsEmpty(new ImageNames(store).List());
        Assert.IsEmpty(Directory.EnumerateFileSystemEntries(Path.Combine(store.Root, "blobs", "sha256")));
        Assert.AreEqual(0, report.Left);
    }

    [TestMethod]
    public async Task What_was_used_lately_stays_and_named_images_stay_whatever_their_age()
    {
        var store = Open();
        var image = await AddImageAsync(store, "named", "one");
        foreach (var blob in Directory.EnumerateFiles(Path.Combine(store.Root, "blobs", "sha256")))
        {
            File.SetLastWriteTimeUtc(blob, DateTime.UtcNow.AddDays(-30));
        }

        Snapshot(store, 'a', daysAgo: 8);
        Snapshot(store, 'b', daysAgo: 6);
        await PruneAsync(store, new PruneSettings { OlderThan = TimeSpan.FromDays(7) });
        Assert.IsTrue(!Exists(store, 'a') && Exists(store, 'b') && Exists(store, image.Digest));

        var report = await PruneAsync(store, new PruneSettings { OlderThan = TimeSpan.FromDays(7), All = true });
        CollectionAssert.AreEqual(new[] { "named:latest" }, report.Names.ToArray());
        Assert.IsTrue(Exists(store, 'b') && !Exists(store, image.Digest));
    }

    [TestMethod]
    public async Task The_least_used_goes_first_until_the_size_is_right()
    {
        var store = Open();
        Snapshot(store, 'a', daysAgo: 1, size: 1_000_000);
        Snapshot(store, 'b', daysAgo: 3, size: 1_000_000);
        Snapshot(store, 'c', daysAgo: 2, size: 1_000_000);
        var report = await PruneAsync(store, new PruneSettings { MaxSize = 1_500_000 });
        Assert.IsTrue(Exists(store, 'a') && !Exists(store, 'b') && !Exists(store, 'c'));
        Assert.IsLessThanOrEqualTo(1_500_000, report.Left);
    }

    [TestMethod]
    public async Task A_dry_run_tells_the_same_and_removes_nothing()
    {
        var store = Open();
        var image = await AddImageAsync(store, "named", "one");
        Snapshot(store, 'a', daysAgo: 1);
        var told = await PruneAsync(store, Everything with { DryRun = true });
        Assert.IsTrue(Exists(store, 'a') && Exists(store, image.Digest));
        Assert.HasCount(1, new ImageNames(store).List());
        var done = await PruneAsync(store, Everything);
        CollectionAssert.AreEquivalent(told.Removed.Select(item => item.Path).ToArray(), done.Removed.Select(item => item.Path).ToArray());
    }

    [TestMethod]
    public async Task What_a_build_noted_stays_until_it_ends()
    {
        Snapshot(Open(), 'a', daysAgo: 1000);
        Snapshot(Open(), 'b', daysAgo: 1000);
        var building = Open();
        building.Use.Note("snapshots/" + new string('a', 32));
        Assert.AreEqual(1, (await PruneAsync(Open(), Everything)).InUse);
        Assert.IsTrue(Exists(building, 'a') && !Exists(building, 'b'));

        building.Use.Dispose();
        await PruneAsync(Open(), Everything);
        Assert.IsFalse(Exists(building, 'a'));
    }

    [TestMethod]
    public async Task Use_is_remembered_beyond_the_build()
    {
        var store = Open();
        Snapshot(store, 'a', daysAgo: 1000);
        var building = Open();
        building.Use.Note("snapshots/" + new string('a', 32));
        building.Use.Dispose();
        await PruneAsync(store, new PruneSettings { OlderThan = TimeSpan.FromDays(1) });
        Assert.IsTrue(Exists(store, 'a'));
    }

    [TestMethod]
    public async Task Whoever_found_a_blob_can_read_it_whole_while_everything_is_pruned_again_and_again()
    {
        using var over = new CancellationTokenSource();
        var pruning = Task.Run(async () =>
        {
            var rounds = 0;
            for (; !over.IsCancellationRequested; rounds++)
            {
                await PruneAsync(Open(), Everything);
            }

            return rounds;
        });
        await Task.WhenAll(Enumerable.Range(0, 4).Select(builder => Task.Run(async () =>
        {
            for (var round = 0; round < 60; round++)
            {
                var store = Open();
                var content = new DiskContentStore(store);
                var bytes = new byte[1000];
                bytes.AsSpan().Fill((byte)(round % 5));
                var digest = Digest.Of(bytes);
                if (!content.Contains(digest))
                {
                    await content.AddAsync(bytes, CancellationToken.None);
                }

                await Task.Yield();
                Assert.AreEqual(1000, (await content.ReadAllBytesAsync(digest, 1 << 20, CancellationToken.None)).Length);
                store.Use.Dispose();
            }
        })));
        await over.CancelAsync();
        Assert.IsGreaterThan(0, await pruning);
    }

    [TestMethod]
    public async Task A_damaged_image_is_told_and_the_others_stay_whole()
    {
        var store = Open();
        var broken = await AddImageAsync(store, "broken", "one");
        var whole = await AddImageAsync(store, "whole", "two");
        await using (var file = File.OpenWrite(Path.Combine(store.Root, "blobs", "sha256", broken.Digest.Hex)))
        {
            file.SetLength(10);
        }

        var report = await PruneAsync(store, new PruneSettings());
        StringAssert.Contains(report.Warnings.Single().ToString(), "CST4602: The image 'broken:latest'");
        Assert.IsTrue(Exists(store, whole.Digest) && whole.Manifest.Layers.All(layer => Exists(store, layer.Digest)));
        await PruneAsync(store, Everything);
        Assert.IsEmpty(new ImageNames(store).List());
    }

    [TestMethod]
    public async Task A_step_whose_layer_went_is_forgotten_and_one_whose_layer_is_a_blob_is_not()
    {
        var store = Open();
        var records = new StoreMemory(store);
        var layer = (await AddImageAsync(store, "named", "one")).Layers[0].Layer;
        Snapshot(store, 'a', daysAgo: 9);
        Snapshot(store, 'b', daysAgo: 9);
        records.SaveStep(new StepKey("gone"), new StepResult(new SnapshotId(new string('a', 64)), Empty: false));
        records.SaveStep(new StepKey("kept"), new StepResult(new SnapshotId(new string('b', 64)), Empty: false));
        records.SaveStep(new StepKey("empty"), new StepResult(new SnapshotId(new string('c', 64)), Empty: true));
        records.SaveLayer(new LayerKey(new string('b', 64) + "-Oci-0"), layer);
        await PruneAsync(store, new PruneSettings { OlderThan = TimeSpan.FromDays(7) });
        CollectionAssert.AreEquivalent(
            new[] { "kept", "empty" }, Directory.EnumerateFiles(Path.Combine(store.Root, "steps")).Select(Path.GetFileName).ToArray());
    }

    private StoreDirectory Open() => new(folder.Combine("store"));

    private Task<PruneReport> PruneAsync(StoreDirectory store, PruneSettings settings) =>
        new StorePruner(store).PruneAsync(settings, TestContext.CancellationToken);

    private static async Task<Image> AddImageAsync(StoreDirectory store, string? name, string text)
    {
        var content = new DiskContentStore(store.Root);
        var image = await SampleImages.CreateAsync(content, ImageFormat.Oci, LayerCompression.Gzip, text);
        if (name is not null)
        {
            await new ImageNames(store).SetAsync(
                [ImageReference.Parse(name)],
                new Descriptor { MediaType = MediaTypes.OciManifest, Digest = image.Digest, Size = content.GetSize(image.Digest)!.Value },
                CancellationToken.None);
        }

        return image;
    }

    private async Task<IReadOnlyList<string>> ValidateAsync(StoreDirectory store) =>
        await LayoutValidator.ValidateFolderAsync(store.Root, TestContext.CancellationToken);

    private static void Snapshot(StoreDirectory store, char name, int daysAgo, int size = 10)
    {
        var path = Path.Combine(store.Folder("snapshots"), new string(name, 32));
        Directory.CreateDirectory(path);
        File.WriteAllBytes(Path.Combine(path, "file"), new byte[size]);
        File.WriteAllText(path + StoreUse.MarkerSuffix, "");
        File.SetLastWriteTimeUtc(path + StoreUse.MarkerSuffix, DateTime.UtcNow.AddDays(-daysAgo));
    }

    private static bool Exists(StoreDirectory store, char snapshot) =>
        Directory.Exists(Path.Combine(store.Root, "snapshots", new string(snapshot, 32)));

    private static bool Exists(StoreDirectory store, Digest digest) => File.Exists(Path.Combine(store.Root, "blobs", "sha256", digest.Hex));
}
