using ContainerStages.Snapshots;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Snapshots;

[TestClass]
public sealed class FileCopyTests : IDisposable
{
    private readonly TempFolder temp = new();

    [TestMethod]
    [DataRow("truncate -s 64M file")]
    [DataRow("printf begin > file; truncate -s 64M file")]
    [DataRow("truncate -s 64M file; printf end >> file")]
    [DataRow("truncate -s 64M file; printf middle | dd of=file bs=1 seek=10000000 conv=notrunc status=none")]
    [DataRow("printf whole > file")]
    [DataRow("head -c 600000 /dev/urandom > file")]
    [DataRow("touch file")]
    public async Task A_copy_has_the_bytes_and_takes_no_more_space(string make)
    {
        await RealTool.RunAsync("sh", "-euc", $"cd \"$1\"; {make}", "sh", temp.NewFolder("in"));
        FileCopy.Content(UnionView.OfContext(temp.Combine("in")).Find("/file")!, temp.Combine("copy"));
        await RealTool.RunAsync("cmp", temp.Combine("in", "file"), temp.Combine("copy"));
        var blocks = await RealTool.RunAsync("du", "-k", temp.Combine("copy"));
        Assert.IsLessThan(1024, int.Parse(blocks.Split('\t')[0], System.Globalization.CultureInfo.InvariantCulture));
    }

    [TestMethod]
    [DataRow("head -c 600000 /dev/urandom > file", false)]
    [DataRow("head -c 4097 /dev/urandom > file; truncate -s 64M file", true)]
    [DataRow("truncate -s 64M file; printf end >> file", true)]
    [DataRow("touch file", false)]
    public async Task Only_a_file_with_a_block_for_every_byte_is_copied_without_a_look_for_holes(string make, bool mayHaveHoles)
    {
        await RealTool.RunAsync("sh", "-euc", $"cd \"$1\"; {make}; sync file", "sh", temp.NewFolder("in"));
        Assert.AreEqual(mayHaveHoles, UnionView.OfContext(temp.Combine("in")).Find("/file")!.Status.MayHaveHoles);
    }

    [TestMethod]
    [DataRow("head -c 600000 /dev/urandom > file")]
    [DataRow("truncate -s 64M file; printf end >> file")]
    public async Task A_copy_to_another_file_system_has_the_bytes(string make)
    {
        await RealTool.RunAsync("sh", "-euc", $"cd \"$1\"; {make}", "sh", temp.NewFolder("in"));
        var copy = Path.Combine("/dev/shm", Path.GetRandomFileName());
        try
        {
            FileCopy.Content(UnionView.OfContext(temp.Combine("in")).Find("/file")!, copy);
            await RealTool.RunAsync("cmp", temp.Combine("in", "file"), copy);
        }
        finally
        {
            File.Delete(copy);
        }
    }

    public void Dispose() => temp.Dispose();
}
