using ContainerStages.Content;
using ContainerStages.Engines;
using ContainerStages.Planning;
using ContainerStages.Stages;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Engines;

[TestClass]
public sealed class DocumentFilesTests
{
    private static readonly FromFiles Tree = new(
    [
        new InlineFile("/etc/passwd", "root:x:0:0::/:\n", 0x1A4),
        new InlineFile("/etc/group", "root:x:0:\n", 0x1A4),
        new InlineFile("/tmp", null, 0x3FF),
    ]);

    [TestMethod]
    public async Task Builds_that_begin_at_the_same_moment_do_not_take_each_others_files_for_damage()
    {
        using var folder = new TempFolder();
        for (var round = 0; round < 200; round++)
        {
            var store = folder.Combine($"store-{round}");
            using var begin = new Barrier(3);
            await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    var files = new DocumentFiles(new StoreDirectory(store));
                    begin.SignalAndWait();
                    var written = files.Write(Tree);
                    Assert.AreEqual("root:x:0:0::/:\n", File.ReadAllText(Path.Combine(written, "etc/passwd")));
                    Assert.AreEqual("root:x:0:\n", File.ReadAllText(Path.Combine(written, "etc/group")));
                    Assert.AreEqual((UnixFileMode)0x3FF, File.GetUnixFileMode(Path.Combine(written, "tmp")));
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default)));
        }
    }

    [TestMethod]
    public void What_was_changed_since_is_written_again()
    {
        using var folder = new TempFolder();
        var files = new DocumentFiles(new StoreDirectory(folder.Path));
        var written = files.Write(Tree);
        var damages = (Action[])
        [
            () => File.WriteAllText(Path.Combine(written, "etc/passwd"), "other"),
            () => File.Delete(Path.Combine(written, "etc/group")),
            () => File.WriteAllText(Path.Combine(written, "etc/shadow"), "more"),
            () => File.SetUnixFileMode(Path.Combine(written, "tmp"), (UnixFileMode)0x1ED),
            () => Directory.Delete(Path.Combine(written, "tmp")),
        ];
        foreach (var damage in damages)
        {
            damage();
            Assert.AreEqual(written, files.Write(Tree));
            var there = Directory.EnumerateFileSystemEntries(written, "*", SearchOption.AllDirectories);
            Assert.AreSequenceEqual(
                ["etc", "etc/group", "etc/passwd", "tmp"],
                there.Select(path => Path.GetRelativePath(written, path)).Order(StringComparer.Ordinal));
            Assert.AreEqual("root:x:0:0::/:\n", File.ReadAllText(Path.Combine(written, "etc/passwd")));
            Assert.AreEqual((UnixFileMode)0x3FF, File.GetUnixFileMode(Path.Combine(written, "tmp")));
        }
    }
}
