using ContainerStages.Dockerfile;
using ContainerStages.Engines;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Engines;

[TestClass]
public sealed class ContextFilterTests
{
    [TestMethod]
    public void What_the_build_writes_is_not_seen_and_what_is_called_alike_is()
    {
        using var context = new TempFolder();
        string[] written = [context.Combine("cache"), context.Combine("log.txt"), "/elsewhere/file"];
        var filter = new ContextFilter(IgnoreFile.ReadFor(context.Path, dockerfile: null), context.Path, written);

        Assert.IsTrue(filter.Excludes("cache", out var rule));
        Assert.AreEqual("for this build's own output", rule);
        Assert.IsTrue(filter.Excludes("cache/blobs/one", out _));
        Assert.IsTrue(filter.ExcludesTree("cache"));
        Assert.IsTrue(filter.Excludes("log.txt", out _));
        Assert.IsFalse(filter.Excludes("cached", out _));
        Assert.IsFalse(filter.Excludes("file", out _));
        Assert.IsFalse(filter.ExcludesTree("src"));
    }
}
