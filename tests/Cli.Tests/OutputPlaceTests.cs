using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>Standard output and error: what takes nothing, and what goes there.</summary>
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
        StringAssert.Contains(
            await RealTool.RunAsync("sh", "-c", $"{Hello.Program.CommandLine("build", context.Path)} 2>/dev/full"), "sha256:");
    }

    [TestMethod]
    [DataRow(">&-")]
    [DataRow("<&-")]
    [DataRow("2>&-")]
    public async Task A_closed_descriptor_is_no_crash(string closed)
    {
        // What the compiled program writes goes nowhere; under the runtime, which takes the number for a file of its own, it cannot be
        // written.
        var output = await RealTool.RunAsync("sh", "-c", $"({Hello.Program.CommandLine("images")} {closed}; echo $? >&9) 9>&1 2>&1");
        Assert.IsTrue(output.EndsWith("0\n", StringComparison.Ordinal) || output.Contains("CST6107", StringComparison.Ordinal), output);
        Assert.IsFalse(output.Contains("   at ", StringComparison.Ordinal), output);
    }

    [TestMethod]
    [DataRow("type=tar", "main.go")]
    [DataRow("type=oci", "oci-layout")]
    [DataRow("type=oci,dest=-", "oci-layout")]
    [DataRow("type=docker,dest=-", "manifest.json")]
    [DataRow("type=docker,dest=/dev/stdout", "manifest.json")]
    public async Task An_archive_without_a_place_goes_to_standard_output(string output, string entry)
    {
        using var context = Hello.Context("FROM scratch\nCOPY main.go /\n");
        var names = await RealTool.RunAsync("sh", "-c", $"{Hello.Program.CommandLine("build", context.Path, "-o", output)} | tar -t");
        CollectionAssert.Contains(names.Split('\n'), entry);
    }

    [TestMethod]
    public async Task Standard_output_takes_one_thing()
    {
        using var context = Hello.Context("FROM scratch\nCOPY main.go /\n");
        StringAssert.Contains((await Hello.Program.BuildAsync(context.Path, "-o", "type=tar", "-o", "type=oci")).Error, "takes one thing");
        StringAssert.Contains((await Hello.Program.BuildAsync(context.Path, "-o", "-", "--progress", "json")).Error, "takes one thing");
    }
}
