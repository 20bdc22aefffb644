using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>Standard output and error that take nothing.</summary>
[TestClass]
public sealed class OutputPlaceTests
{
    [TestMethod]
    [DataRow("--help")]
    [DataRow("images")]
    [DataRow("build --progress=json CONTEXT")]
    public async Task A_result_that_cannot_be_shown_is_one_line(string command)
    {
        using var context = Hello.Context("FROM scratch\nCOPY main.go /\n");
        var line = Hello.Program.CommandLine(command.Replace("CONTEXT", context.Path, StringComparison.Ordinal).Split(' '));
        var output = await RealTool.RunAsync("sh", "-c", $"{line} 2>&1 >/dev/full; echo $?");
        StringAssert.Contains(output, "error CST6107: Standard output cannot be written");
        StringAssert.EndsWith(output, "run the command again.\n1\n");
        Assert.AreEqual(2, output.Count(c => c == '\n'), output);
    }

    [TestMethod]
    public async Task A_build_whose_progress_nobody_can_read_is_done()
    {
        using var context = Hello.Context("FROM scratch\nCOPY main.go /\n");
        StringAssert.Contains(await RealTool.RunAsync("sh", "-c", $"{Hello.Program.CommandLine("build", context.Path)} 2>/dev/full"), "sha256:");
    }
}
