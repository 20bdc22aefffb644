using System.Text;
using ContainerStages.Caching;
using ContainerStages.Content;
using ContainerStages.Oci;

namespace ContainerStages.Core.Tests.Caching;

[TestClass]
public sealed class SharedCacheDocumentTests
{
    private static readonly string Key = new('a', 64);

    [TestMethod]
    public void What_was_written_is_read()
    {
        var document = Document(day: 20000, size: 10);
        var read = SharedCacheDocument.Read(document.ToBytes());
        Assert.IsTrue(read.Covers(document) && document.Covers(read));
        Assert.AreEqual(Encoding.UTF8.GetString(document.ToBytes()), Encoding.UTF8.GetString(read.ToBytes()));
        Assert.HasCount(2, read.Blobs.ToArray());
    }

    [TestMethod]
    public void One_that_was_of_use_later_or_has_another_blob_is_not_covered()
    {
        var older = Document(day: 20000, size: 10);
        Assert.IsFalse(older.Covers(Document(day: 20001, size: 10)));
        Assert.IsTrue(Document(day: 20001, size: 10).Covers(older));
        Assert.IsFalse(older.Covers(Document(day: 20000, size: 10, content: "other")));
        Assert.IsFalse(older.Covers(
            older.With(new SharedCacheDocument { Steps = { [new string('b', 64)] = new SharedStep(Key, Empty: true, 1) } })));
    }

    [TestMethod]
    public void Together_both_keep_what_they_have_and_the_newer_says_what_both_have()
    {
        var first = new SharedCacheDocument { Steps =
            { [Key] = new SharedStep(Key, false, 1), [new string('b', 64)] = new SharedStep(Key, false, 1) } };
        var second = new SharedCacheDocument { Steps =
            { [Key] = new SharedStep(new string('c', 64), false, 2), [new string('d', 64)] = new SharedStep(Key, false, 1) } };
        var both = first.With(second);
        Assert.HasCount(3, both.Steps);
        Assert.AreEqual(new string('c', 64), both.Steps[Key].Layer);
    }

    [TestMethod]
    public void What_was_long_of_no_use_goes_and_of_blobs_the_least_recently_used()
    {
        var document = new SharedCacheDocument
        {
            Steps = { [Key] = new SharedStep(Key, false, 10), [new string('b', 64)] = new SharedStep(Key, false, 20) },
            Selections = { [Key] = new SharedSelection("sha256:x", 9) },
            Layers = { [$"{Key}-old"] = Layer("old", 100, 10), [$"{Key}-new"] = Layer("new", 100, 20),
                [$"{Key}-same"] = Layer("new", 100, 15) },
            Mounts = { [Key] = Layer("mount", 60, 15) },
        };

        var byAge = document.Bounded(oldest: 15, mostBytes: 1000);
        CollectionAssert.AreEqual(new[] { new string('b', 64) }, byAge.Steps.Keys);
        Assert.IsEmpty(byAge.Selections);
        CollectionAssert.AreEqual(new[] { $"{Key}-new", $"{Key}-same" }, byAge.Layers.Keys);
        Assert.HasCount(1, byAge.Mounts);

        var bySize = document.Bounded(oldest: 0, mostBytes: 160);
        CollectionAssert.AreEqual(new[] { $"{Key}-new", $"{Key}-same" }, bySize.Layers.Keys);
        Assert.HasCount(1, bySize.Mounts);
        Assert.HasCount(2, bySize.Steps);
    }

    [TestMethod]
    public void Of_very_many_entries_the_newest_stay()
    {
        var document = new SharedCacheDocument();
        for (var day = 0; day < 7000; day++)
        {
            document.Steps[day.ToString("x64")] = new SharedStep(Key, true, day);
            document.Layers[$"{day:x64}-form"] = Layer($"{day}", 1, day);
        }

        var bounded = document.Bounded(0, long.MaxValue);
        Assert.HasCount(6000, bounded.Steps);
        Assert.AreEqual(1000, bounded.Steps.Values.Min(step => step.Day));
        Assert.IsLessThan(ContentStoreExtensions.DocumentLimit, bounded.ToBytes().Length);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("null")]
    [DataRow("[]")]
    [DataRow("""{"steps":{"../../etc":{"layer":"KEY","empty":false,"day":1}}}""")]
    [DataRow("""{"steps":{"KEY":{"layer":"../x","empty":false,"day":1}}}""")]
    [DataRow("""{"steps":{"KEY":{"empty":false,"day":1}}}""")]
    [DataRow("""{"steps":null}""")]
    [DataRow("""{"selections":{"KEY":{"digest":"","day":1}}}""")]
    [DataRow("""{"layers":{"KEY/../x":LAYER}}""")]
    [DataRow("""{"layers":{"KEY-form":null}}""")]
    [DataRow("""{"layers":{"KEY-form":{"descriptor":null,"diffId":"DIGEST","size":1,"day":1}}}""")]
    [DataRow("""{"layers":{"KEY-form":{"descriptor":{"mediaType":"text/plain",REST,"size":1},ENTRY}}}""")]
    [DataRow("""{"layers":{"KEY-form":{"descriptor":{"mediaType":"TAR",REST,"size":-1},ENTRY}}}""")]
    [DataRow("""{"layers":{"KEY-form":{"descriptor":{"mediaType":"TAR",REST,"size":1,"urls":["http://localhost/"]},ENTRY}}}""")]
    [DataRow("""{"mounts":{"KEY-form":LAYER}}""")]
    public void Anything_else_is_none(string text)
    {
        var layer = """{"descriptor":{"mediaType":"TAR",REST,"size":1},ENTRY}""";
        var bytes = Encoding.UTF8.GetBytes(text.Replace("LAYER", layer, StringComparison.Ordinal)
            .Replace("REST", "\"digest\":\"DIGEST\"", StringComparison.Ordinal)
            .Replace("ENTRY", "\"diffId\":\"DIGEST\",\"size\":1,\"day\":1", StringComparison.Ordinal)
            .Replace("KEY", Key, StringComparison.Ordinal)
            .Replace("DIGEST", $"sha256:{Key}", StringComparison.Ordinal)
            .Replace("TAR", MediaTypes.OciLayerZstd, StringComparison.Ordinal));
        Assert.ThrowsExactly<InvalidDataException>(() => SharedCacheDocument.Read(bytes));
    }

    private static SharedCacheDocument Document(int day, long size, string content = "content") => new()
    {
        Steps = { [Key] = new SharedStep(Key, Empty: false, day) },
        Selections = { [Key] = new SharedSelection("sha256:files", day) },
        Layers = { [$"{Key}-form"] = Layer(content, size, day) },
        Mounts = { [Key] = Layer("mount", size, day) },
    };

    private static SharedLayer Layer(string content, long size, int day) => new(
        new Descriptor { MediaType = MediaTypes.OciLayerZstd, Digest = Digest.Of(Encoding.UTF8.GetBytes(content)), Size = size },
            Digest.Of([1]), size, day);
}
