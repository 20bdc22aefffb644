using ContainerStages.Media.Files;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Media.Files;

[TestClass]
public sealed class OutputFileTests : IDisposable
{
    private readonly TempFolder temp = new();

    [TestMethod]
    [DataRow("touch out", "out: regular file")]
    [DataRow("printf old > target; ln -s target out", "out: symbolic link")]
    [DataRow("ln -s missing out", "out: symbolic link")]
    [DataRow("mkdir folder; ln -s folder/new out", "out: symbolic link")]
    public async Task What_stands_at_the_place_keeps_its_kind_and_gets_the_content(string make, string kind)
    {
        await RealTool.RunAsync("sh", "-euc", $"cd \"$1\"; {make}", "sh", temp.Path);
        Assert.IsTrue(await WriteAsync());
        Assert.AreEqual("content", await File.ReadAllTextAsync(temp.Combine("out")));
        StringAssert.Contains(await RealTool.RunAsync("stat", "-c", "out: %F", temp.Combine("out")), kind);
    }

    [TestMethod]
    public async Task A_pipe_is_written_and_stays_a_pipe()
    {
        await RealTool.RunAsync("mkfifo", temp.Combine("out"));
        var read = Task.Run(() => File.ReadAllText(temp.Combine("out")));
        await WriteAsync();
        Assert.AreEqual("content", await read);
        StringAssert.Contains(await RealTool.RunAsync("stat", "-c", "%F", temp.Combine("out")), "fifo");
    }

    public void Dispose() => temp.Dispose();

    private Task<bool> WriteAsync() =>
        OutputFile.WriteAsync(temp.Combine("out"), file => file.Write("content"u8), _ => Task.FromResult(true));
}
