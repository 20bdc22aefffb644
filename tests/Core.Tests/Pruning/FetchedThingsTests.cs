using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Images;
using ContainerStages.Layers;
using ContainerStages.Oci;
using ContainerStages.Pruning;
using ContainerStages.Sources;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Pruning;

/// <summary>Pruning what builds fetched from elsewhere than registries.</summary>
[TestClass]
public sealed class FetchedThingsTests(TestContext test) : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [TestMethod]
    public async Task An_image_of_an_archive_stays_as_long_as_it_is_remembered()
    {
        var digest = await ImportAsync();
        var blobs = CountOfBlobs();

        Assert.IsEmpty((await PruneAsync(new PruneSettings())).Removed);
        Assert.AreEqual(blobs, CountOfBlobs());

        foreach (var file in Directory.EnumerateFiles(Open().Root, "*", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/locks/", StringComparison.Ordinal)))
        {
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-30));
        }

        var report = await PruneAsync(new PruneSettings { OlderThan = TimeSpan.FromDays(7) });
        Assert.Contains(
            item => item.Kind == StoreItemKind.Record && item.Path.StartsWith("sources/", StringComparison.Ordinal), report.Removed);
        Assert.AreEqual(0, CountOfBlobs());
        Assert.AreEqual(digest, await ImportAsync());
    }

    [TestMethod]
    public async Task A_running_build_keeps_what_it_took_from_an_archive()
    {
        var building = Open();
        await TakeAsync(building);
        var blobs = CountOfBlobs();

        await PruneAsync(new PruneSettings { All = true });

        Assert.AreEqual(blobs, CountOfBlobs());
        building.Use.Dispose();
        await PruneAsync(new PruneSettings { All = true });
        Assert.AreEqual(0, CountOfBlobs());
    }

    [TestMethod]
    public async Task A_damaged_record_of_an_archive_hinders_nobody()
    {
        var digest = await ImportAsync();
        foreach (var record in Directory.EnumerateFiles(Open().Folder("sources")))
        {
            await File.WriteAllTextAsync(record, "{", test.CancellationToken);
        }

        Assert.IsNotEmpty((await PruneAsync(new PruneSettings())).Removed);
        await PruneAsync(new PruneSettings { All = true });
        Assert.AreEqual(digest, await ImportAsync());
    }

    [TestMethod]
    public async Task A_damaged_record_of_an_archive_is_read_from_the_archive_again()
    {
        var digest = await ImportAsync();
        foreach (var record in Directory.EnumerateFiles(Open().Folder("sources")))
        {
            await File.WriteAllTextAsync(record, "{", test.CancellationToken);
        }

        Assert.AreEqual(digest, await ImportAsync());
    }

    [TestMethod]
    public async Task A_base_that_was_resolved_through_an_index_stays()
    {
        var store = Open();
        var content = new DiskContentStore(store);
        var image = await SampleImages.CreateAsync(content, ImageFormat.Oci, LayerCompression.Gzip, "text");
        var other = await SampleImages.CreateAsync(content, ImageFormat.Oci, LayerCompression.Gzip, "other");
        var index = await ImageSet.CreateAsync([image, other], ImageFormat.Oci, annotations: null, content, test.CancellationToken);
        new RememberedDigests(store).Save(ImageReference.Parse("base:1"), Platform.TryParse("linux/amd64")!, index.Top.Digest);
        store.Use.Dispose();
        var blobs = CountOfBlobs();

        Assert.IsEmpty((await PruneAsync(new PruneSettings())).Removed);
        Assert.AreEqual(blobs, CountOfBlobs());
    }

    [TestMethod]
    public void Who_uses_nothing_any_more_leaves_no_note()
    {
        var store = Open();
        store.Use.Note("blobs/sha256/0123");
        Assert.HasCount(1, Directory.GetFiles(store.Folder("uses")));
        store.Use.Dispose();
        Assert.IsEmpty(Directory.GetFiles(store.Folder("uses")));
    }

    [TestMethod]
    [DataRow("git/0123-tree/file", "git/0123-tree")]
    [DataRow("git/4567.commit", "git/4567.commit")]
    [DataRow("downloads/89ab", "downloads/89ab")]
    [DataRow("downloads/cdef.json", "downloads/cdef.json")]
    public async Task What_git_and_http_brought_goes_by_age_only(string file, string item)
    {
        var path = Path.Combine(Open().Root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, "content", test.CancellationToken);
        Assert.IsEmpty((await PruneAsync(new PruneSettings())).Removed);
        Assert.IsEmpty((await PruneAsync(new PruneSettings { OlderThan = TimeSpan.FromDays(7) })).Removed);

        foreach (var one in new[] { path, Path.Combine(Open().Root, item) })
        {
            File.SetLastWriteTimeUtc(one, DateTime.UtcNow.AddDays(-8));
        }

        Assert.AreEqual(item, (await PruneAsync(new PruneSettings { OlderThan = TimeSpan.FromDays(7) })).Removed.Single().Path);
        Assert.IsFalse(Path.Exists(Path.Combine(Open().Root, item)));
    }

    private async Task<Digest> ImportAsync()
    {
        var store = Open();
        var digest = await TakeAsync(store);
        store.Use.Dispose();
        return digest;
    }

    private async Task<Digest> TakeAsync(StoreDirectory store)
    {
        var archive = folder.Combine("image.tar");
        if (!File.Exists(archive))
        {
            var layout = new DiskContentStore(folder.Combine("layout"));
            var image = await SampleImages.CreateAsync(layout, ImageFormat.Oci, LayerCompression.Gzip, "text");
            folder.Write("layout/oci-layout", """{"imageLayoutVersion":"1.0.0"}""");
            folder.Write(
                "layout/index.json",
                $$"""{"schemaVersion":2,"manifests":[{"mediaType":"{{MediaTypes.OciManifest}}","digest":"{{image.Digest}}","size":{{layout.GetSize(image.Digest)}}}]}""");
            await RealTool.RunAsync("tar", "-cf", archive, "-C", folder.Combine("layout"), "oci-layout", "index.json", "blobs");
        }

        return await new LocalImages(store).TakeAsync(
            ImageReference.TryParseSource($"oci-archive:{archive}")!, Platform.TryParse("linux/amd64")!, test.CancellationToken);
    }

    private int CountOfBlobs() => Directory.EnumerateFiles(Path.Combine(Open().Root, "blobs/sha256")).Count();

    private StoreDirectory Open() => new(folder.Combine("store"));

    private Task<PruneReport> PruneAsync(PruneSettings settings) => new StorePruner(Open()).PruneAsync(settings, test.CancellationToken);
}
