using System.Runtime.InteropServices;
using ContainerStages.Diagnostics;
using ContainerStages.Posix;
using ContainerStages.Snapshots;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Snapshots;

/// <summary>A context that somebody writes to while it is read: what is copied is what was hashed, and nothing from outside.</summary>
[TestClass]
public sealed partial class ChangingContextTests : IDisposable
{
    private const int Exchange = 2;
    private readonly TempFolder temp = new();

    public ChangingContextTests()
    {
        temp.Write("outside/file", "secret");
        temp.Write("context/folder/file", "first");
        temp.Write("context/other", "other");
    }

    [TestMethod]
    [DataRow("write in place", "printf other > folder/file")]
    [DataRow("append", "printf more >> folder/file")]
    [DataRow("replace", "printf other > new && mv new folder/file")]
    [DataRow("write with the old time", "touch -r folder/file time && printf other > folder/file && touch -r time folder/file")]
    [DataRow("remove", "rm folder/file")]
    [DataRow("folder instead", "rm folder/file && mkdir folder/file")]
    [DataRow("pipe instead", "rm folder/file && mkfifo folder/file")]
    [DataRow("link instead", "ln -sf ../../outside/file folder/file")]
    [DataRow("folder removed", "rm -r folder")]
    [DataRow("folder exchanged for a link", "mv folder old && ln -s ../outside folder")]
    [DataRow("folder exchanged for a file", "rm -r folder && touch folder")]
    public async Task What_changes_between_hashing_and_copying_is_never_copied(string _, string change)
    {
        var sources = Select();
        ContentDigest.Of(sources, withOwners: false, memory: null, CancellationToken.None);
        await RealTool.RunAsync("sh", "-euc", $"cd \"$1\"; {change}", "sh", temp.Combine("context"));
        var failure = Assert.ThrowsExactly<SourceChangedException>(() => Copy(sources, temp.NewFolder("layer")));
        StringAssert.StartsWith(failure.Path, temp.Combine("context", "folder", "file"));
    }

    [TestMethod]
    [DataRow("folder removed", "rm -r folder")]
    [DataRow("folder exchanged for a link", "mv folder old && ln -s ../outside folder")]
    public async Task A_folder_that_is_gone_is_not_listed(string _, string change)
    {
        var folder = UnionView.OfContext(temp.Combine("context")).Find("/folder")!;
        await RealTool.RunAsync("sh", "-euc", $"cd \"$1\"; {change}", "sh", temp.Combine("context"));
        Assert.ThrowsExactly<SourceChangedException>(() => UnionView.List(folder));
    }

    [TestMethod]
    public void A_search_that_finds_nothing_ends_with_the_build_too()
    {
        var selection = new SourceSelection(UnionView.OfContext(temp.Combine("context")), filter: null);
        using var stop = new CancellationTokenSource();
        Assert.IsEmpty(selection.Select("*/no*thing", stop.Token));
        Assert.IsEmpty(selection.SelectWithParents("**/no*thing", stop.Token));
        stop.Cancel();
        Assert.ThrowsExactly<OperationCanceledException>(() => selection.Select("*/no*thing", stop.Token));
        Assert.ThrowsExactly<OperationCanceledException>(() => selection.SelectWithParents("**/no*thing", stop.Token));
        Assert.ThrowsExactly<OperationCanceledException>(
            () => UnionView.List(UnionView.OfContext(temp.Combine("context")).Find("/folder")!, stop.Token));
    }

    [TestMethod]
    public void What_is_written_while_it_is_hashed_is_hashed_once_more()
    {
        var before = Select();
        File.WriteAllText(temp.Combine("context", "folder", "file"), "later");
        var digest = ContentDigest.Of(before, withOwners: false, memory: null, CancellationToken.None);
        Copy(before, temp.NewFolder("layer"));
        Assert.AreEqual("later", File.ReadAllText(temp.Combine("layer", "folder", "file")));
        Assert.AreEqual(ContentDigest.Of(Select(), withOwners: false, memory: null, CancellationToken.None), digest);
    }

    [TestMethod]
    public void A_folder_that_is_exchanged_for_a_link_all_the_time_lets_nothing_in()
    {
        Directory.CreateSymbolicLink(temp.Combine("context", "link"), "../outside");
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        var exchanges = 0;
        var exchanging = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Assert.AreEqual(
                    0,
                    RenameAt2(
                        FileCalls.AT_FDCWD,
                        PathText.Encode(temp.Combine("context", "folder") + "\0"),
                        FileCalls.AT_FDCWD,
                        PathText.Encode(temp.Combine("context", "link") + "\0"),
                        Exchange));
                exchanges++;
            }
        });
        exchanging.Start();
        var outcomes = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var round = 0; !stop.IsCancellationRequested; round++)
        {
            var outcome = Attempt(temp.NewFolder($"layers/{round}"));
            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
        }

        exchanging.Join();
        Assert.IsGreaterThan(100, exchanges);
        Assert.IsEmpty(outcomes.Keys.Except(["copied", "changed"]), string.Join(' ', outcomes.Keys));
    }

    public void Dispose() => temp.Dispose();

    private string Attempt(string layer)
    {
        try
        {
            var sources = Select();
            ContentDigest.Of(sources, withOwners: false, memory: null, CancellationToken.None);
            Copy(sources, layer);
        }
        catch (SourceChangedException)
        {
            return "changed";
        }

        var files = Directory.EnumerateFiles(layer, "file", SearchOption.AllDirectories).Select(File.ReadAllText);
        return files.Contains("secret") ? "secret" : "copied";
    }

    private IReadOnlyList<SelectedSource> Select() =>
        new SourceSelection(UnionView.OfContext(temp.Combine("context")), filter: null, withSpecialFiles: false).Select(".");

    private static void Copy(IReadOnlyList<SelectedSource> sources, string layer) =>
        LayerComposer.Write(new UnionView([]), layer, 0, composer =>
        {
            foreach (var (path, entry) in sources.SelectMany(source => source.Entries).Where(item => item.RelativePath.Length > 0))
            {
                if (entry.IsDirectory)
                {
                    composer.MakeDirectory("/" + path, default);
                }
                else
                {
                    composer.CopyFile("/" + path, entry, default, 0x1A4, withAttributes: false);
                }
            }
        });

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true)]
    private static partial int RenameAt2(int oldFolder, byte[] oldName, int newFolder, byte[] newName, uint flags);
}
