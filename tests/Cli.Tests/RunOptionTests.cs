using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>Options that people know from <c>docker run</c>.</summary>
[TestClass]
public sealed class RunOptionTests
{
    [TestMethod]
    public async Task Files_of_variables_and_folders_of_the_machine_are_seen()
    {
        using var folder = new TempFolder();
        folder.Write("env", "# comment\n\nONE=from file\n TWO=2\nTHREE=replaced\nHOME_OF_NOBODY\n");
        folder.Write("data/in", "seen");
        var run = await Hello.Program.RunAsync(
            "run", "-it", "--name", "example", "-p", "8080:8080", "-p9000", "--env-file", folder.Combine("env"), "-eTHREE=3",
            "-v", $"{folder.Combine("data")}:/data", "-v", $"{folder.Combine("env")}:/env:ro",
            "alpine", "sh", "-c", "echo $ONE $TWO $THREE; cat /data/in; echo out > /data/out; echo x >> /env || echo refused");
        Assert.AreEqual("from file 2 3\nseenrefused\n", run.Output, run.Error);
        Assert.AreEqual("out\n", await File.ReadAllTextAsync(folder.Combine("data", "out")));
    }

    [TestMethod]
    [DataRow("-d", "there is no daemon")]
    [DataRow("-p 8080:80", "its port 80 is the machine's")]
    [DataRow("-p http", "two ports")]
    [DataRow("-v data:/data", "./data:/data")]
    [DataRow("-v /nowhere/at/all:/data", "Make it first")]
    [DataRow("-v /tmp:data", "absolute path")]
    [DataRow("--env-file /nowhere", "--env-file /nowhere")]
    [DataRow("-iz", "There is no option '-z'")]
    public async Task What_cannot_be_had_is_told_with_what_to_do_instead(string options, string expected)
    {
        var run = await Hello.Program.RunAsync(["run", .. options.Split(' '), "alpine", "true"]);
        Assert.AreEqual(2, run.ExitCode, run.Error);
        StringAssert.Contains(run.Error, expected);
    }

    [TestMethod]
    public async Task Where_nobody_looks_only_the_command_writes_also_when_its_image_is_pulled()
    {
        using var folder = new TempFolder();
        var run =
            await new StagesProgram(folder.Combine("store")).RunAsync("run", "--rm", "alpine", "sh", "-c", "echo out; echo error >&2");
        Assert.AreEqual((0, "out\n", "error\n"), (run.ExitCode, run.Output, run.Error));
    }
}
