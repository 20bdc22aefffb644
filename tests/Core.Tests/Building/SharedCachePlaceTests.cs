using ContainerStages.Building;
using ContainerStages.Diagnostics;

namespace ContainerStages.Core.Tests.Building;

[TestClass]
public sealed class SharedCachePlaceTests
{
    [TestMethod]
    [DataRow("registry.example/team/cache", "registry.example/team/cache:latest")]
    [DataRow("cache:main", "docker.io/library/cache:main")]
    [DataRow("type=registry,ref=localhost:5000/cache:main,mode=min", "localhost:5000/cache:main")]
    public void A_name_is_one_in_a_registry(string text, string reference)
    {
        var place = SharedCachePlace.Parse(text, "--cache-to", isWritten: true);
        Assert.AreEqual(reference, place.Reference?.ToString());
        Assert.IsFalse(place.WithAllLayers);
    }

    [TestMethod]
    [DataRow("/var/cache/it", true, "/var/cache/it")]
    [DataRow("type=local,dest=/var/cache/it", true, "/var/cache/it")]
    [DataRow("type=local,src=/var/cache/it", false, "/var/cache/it")]
    [DataRow("type=local,dest=/a=b", false, "/a=b")]
    [DataRow("type=local,\"dest=/a,b\"", true, "/a,b")]
    public void A_path_is_a_folder(string text, bool isWritten, string folder) =>
        Assert.AreEqual(folder, SharedCachePlace.Parse(text, "--cache", isWritten).Folder);

    [TestMethod]
    public void Fields_say_what_is_kept()
    {
        var place = SharedCachePlace.Parse("type=local,dest=.,mode=max,max-age=7d,max-size=500MB", "--cache-to", isWritten: true);
        Assert.IsTrue(place.WithAllLayers);
        Assert.AreEqual(7, place.MostDays);
        Assert.AreEqual(500_000_000, place.MostBytes);
        Assert.AreEqual(Environment.CurrentDirectory, place.Folder);
    }

    [TestMethod]
    [DataRow("30d", 30)]
    [DataRow("2w", 14)]
    [DataRow("36h", 2)]
    public void Its_age_is_written_as_that_of_prune_and_counts_whole_days(string age, int days) =>
        Assert.AreEqual(days, SharedCachePlace.Parse($"type=local,dest=x,max-age={age}", "--cache-to", isWritten: true).MostDays);

    [TestMethod]
    [DataRow("type=s3,bucket=b", "there is no cache of type 's3' here. It is a service of one vendor")]
    [DataRow("type=inline", "there is no cache of type 'inline' here. An image holds no cache")]
    [DataRow("type=registry,ref=cache@sha256:0000000000000000000000000000000000000000000000000000000000000000", "is no name of the form")]
    [DataRow("type=local", "it names no folder")]
    [DataRow("type=local,dest=x,dest=y", "it has 'dest' twice")]
    [DataRow("type=local,dest=x,compression=zstd", "'compression' is no field of it")]
    [DataRow("type=local,dest=x,max-age=soon", "max-age=soon is no age")]
    [DataRow("type=local,dest=x,max-age=0d", "max-age=0d is no age")]
    [DataRow("type=local,dest=x,max-size=big", "max-size=big is no size")]
    [DataRow("type=local,=x", "'=x' is no KEY=VALUE")]
    [DataRow("ref=cache", "it has no type=")]
    public void Anything_else_is_said(string text, string reason)
    {
        var refused = Assert.ThrowsExactly<BuildFailedException>(() => SharedCachePlace.Parse(text, "--cache-to", isWritten: true));
        Assert.AreEqual(reason.StartsWith("there is no cache", StringComparison.Ordinal) ? "CST6607"
            : "CST6601", refused.Diagnostics.Single().Code);
        Assert.Contains(reason, refused.Message);
    }
}
