using ContainerStages.Content;
using ContainerStages.Posix;
using ContainerStages.Snapshots;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Snapshots;

/// <summary>A file that did not change is not read again, and every change is seen.</summary>
[TestClass]
public sealed class ContentMemoryTests : IDisposable
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(3.1);
    private static readonly string[] Changes =
    [
        "printf other > file",
        "printf more >> file",
        "printf other > new && touch -r file new && mv new file",
        "touch -r file time && printf other > file && touch -r time file",
        "printf other > new && cp --preserve=timestamps new file",
        "rm file && printf other > file",
        "ln -f second file",
        "truncate -s 3 file",
        "printf O | dd of=file bs=1 conv=notrunc status=none",
    ];

    private readonly TempFolder temp = new();
    private readonly StoreDirectory store;

    public ContentMemoryTests() => store = new StoreDirectory(temp.NewFolder("store"));

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task Every_change_is_seen()
    {
        for (var i = 0; i < Changes.Length; i++)
        {
            temp.Write($"context/{i}/file", "first");
            temp.Write($"context/{i}/second", "other");
        }

        await Task.Delay(Rest, TestContext.CancellationToken);
        var before = Digest();
        Assert.AreEqual(Hashed(), before);
        Assert.HasCount(1, Directory.GetFiles(temp.Combine("store", "contexts")));
        for (var i = 0; i < Changes.Length; i++)
        {
            await RealTool.RunAsync("sh", "-euc", $"cd \"$1\"; {Changes[i]}", "sh", temp.Combine("context", $"{i}"));
            var after = Digest();
            Assert.AreNotEqual(before, after, Changes[i]);
            Assert.AreEqual(Hashed(), after, Changes[i]);
            before = after;
        }
    }

    [TestMethod]
    public async Task An_unchanged_file_is_not_read_again()
    {
        temp.Write("context/file", "first");
        await Task.Delay(Rest, TestContext.CancellationToken);
        var memory = Open();
        var file = Select().SelectMany(source => source.Entries).Single(item => item.RelativePath == "file").Entry;
        Assert.IsTrue(memory.Accepts(file.Status));
        memory.Add(file.Status, new byte[32]);
        memory.Save();
        Assert.AreSequenceEqual(new byte[32], Open().Find(file.Status)!);
        Assert.AreNotEqual(Hashed(), Digest());
    }

    [TestMethod]
    public void A_file_that_has_just_changed_is_not_remembered()
    {
        temp.Write("context/file", "first");
        Digest();
        Assert.IsFalse(Directory.Exists(temp.Combine("store", "contexts")));
    }

    [TestMethod]
    public async Task What_is_damaged_is_made_again()
    {
        temp.Write("context/file", "first");
        await Task.Delay(Rest, TestContext.CancellationToken);
        Digest();
        var kept = Directory.GetFiles(temp.Combine("store", "contexts")).Single();
        var bytes = File.ReadAllBytes(kept);
        bytes[50] ^= 1;
        File.WriteAllBytes(kept, bytes);
        Assert.AreEqual(Hashed(), Digest());
        bytes[50] ^= 1;
        Assert.AreSequenceEqual(bytes, File.ReadAllBytes(kept));
    }

    [TestMethod]
    public async Task Files_that_other_builds_read_stay_known()
    {
        temp.Write("context/one/file", "first");
        temp.Write("context/two/file", "second");
        await Task.Delay(Rest, TestContext.CancellationToken);
        Digest("one");
        Digest("two");
        var entries = Select().SelectMany(source => source.Entries).Select(item => item.Entry);
        var statuses = entries.Where(entry => entry.IsRegularFile).Select(entry => entry.Status).ToList();
        Assert.HasCount(2, statuses);
        var memory = Open();
        Assert.IsTrue(statuses.All(status => memory.Find(status) is not null));
    }

    [TestMethod]
    public void What_stages_add_side_by_side_is_all_kept()
    {
        for (var i = 0; i < 100; i++)
        {
            temp.Write($"context/{i}", $"{i}");
        }

        var entries = Select().SelectMany(source => source.Entries).Select(item => item.Entry);
        var statuses = entries.Where(entry => entry.IsRegularFile).Select(entry => entry.Status).ToList();
        var memory = Open();
        Parallel.ForEach(statuses, status =>
        {
            memory.Add(status, new byte[32]);
            memory.Save();
            Assert.IsNotNull(memory.Find(status));
        });

        Assert.HasCount(100, statuses);
        Assert.IsTrue(statuses.All(status => Open().Find(status) is not null));
    }

    [TestMethod]
    public void A_file_system_without_times_of_its_own_has_no_memory() => Assert.IsNull(ContentMemory.Open(store, "/proc"));

    [TestMethod]
    public void A_folder_of_the_store_has_no_memory() => Assert.IsNull(ContentMemory.Open(store, temp.NewFolder("store/context")));

    public void Dispose() => temp.Dispose();

    private ContentMemory Open() => ContentMemory.Open(store, temp.Combine("context"))!;

    private string Digest(string source = ".") =>
        ContentDigest.Of(Select(source), withOwners: false, Open(), TestContext.CancellationToken);

    private string Hashed() => ContentDigest.Of(Select(), withOwners: false, memory: null, TestContext.CancellationToken);

    private IReadOnlyList<SelectedSource> Select(string source = ".") =>
        new SourceSelection(UnionView.OfContext(temp.Combine("context")), filter: null, withSpecialFiles: false)
            .Select(source, TestContext.CancellationToken);
}
