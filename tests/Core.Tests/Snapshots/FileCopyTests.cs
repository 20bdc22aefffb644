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
    [DataRow("touch file")]
    public async Task A_copy_has_the_bytes_and_takes_no_more_space(string make)
    {
        await RealTool.RunAsync("sh", "-euc", $"cd \"$1\"; {make}", "sh", temp.NewFolder("in"));
        FileCopy.Content(UnionView.OfContext(temp.Combine("in")).Find("/file")!, temp.Combine("copy"));
        await RealTool.RunAsync("cmp", temp.Combine("in", "file"), temp.Combine("copy"));
        var blocks = await RealTool.RunAsync("du", "-k", temp.Combine("copy"));
        Assert.IsLessThan(1024, int.Parse(blocks.Split('\t')[0], System.Globalization.CultureInfo.InvariantCulture));
    }

    public void Dispose() => temp.Dispose();
}
