using ContainerStages.TestKit.Sandboxing;

namespace ContainerStages.Core.Tests.Sandboxing;

[TestClass]
public sealed class SandboxCommandTests
{
    [TestMethod]
    [DataRow(SandboxAccount.Root, "exit 0", 0)]
    [DataRow(SandboxAccount.Root, "exit 42", 42)]
    [DataRow(SandboxAccount.Root, "(sh -c 'kill -9 $$'); exit $?", 137)]
    [DataRow(SandboxAccount.Root, "again() { again; }; again", 139, DisplayName = "A signal that ends the command itself: stack overflow")]
    [DataRow(SandboxAccount.OrdinaryUser, "exit 42", 42)]
    [DataRow(SandboxAccount.OrdinaryUser, "(sh -c 'kill -TERM $$'); exit $?", 143)]
    public async Task The_exit_code_is_the_commands(SandboxAccount account, string script, int expected) =>
        Assert.AreEqual(expected, (await Sandboxes.ShellAsync(account, script)).ExitCode);

    [TestMethod]
    [DataRow(SandboxAccount.Root)]
    [DataRow(SandboxAccount.OrdinaryUser)]
    public async Task Environment_working_directory_and_identity_are_as_asked(SandboxAccount account)
    {
        var result = await Sandboxes.RunAsync(account, SandboxScenario.Shell(
            "env | sort | grep -v -e SHLVL -e PWD; pwd; id -u; id -g; id -G; touch /tmp/mine") with
        {
            Environment = ["PATH=/bin", "GREETING=hello world", "EMPTY="],
            WorkingDirectory = "/srv/deep/er",
            UserId = 1000,
            GroupId = 1001,
            SupplementaryGroups = [1001, 2000],
        });
        Assert.AreEqual("EMPTY=\nGREETING=hello world\nPATH=/bin\n/srv/deep/er\n1000\n1001\n1001 2000", result.Text);
        CollectionAssert.IsSubsetOf((string[])["file 644 1000:1001 tmp/mine", "folder 755 0:0 srv/deep/er"], result.Upper.ToArray());
    }

    [TestMethod]
    [DataRow(SandboxAccount.Root)]
    [DataRow(SandboxAccount.OrdinaryUser)]
    public async Task Output_comes_in_order_and_whole(SandboxAccount account)
    {
        var result =
            await Sandboxes.ShellAsync(account, "for i in 1 2 3; do echo $i; done; printf 'a\\r\\n\\nno end'; printf 'e\\377r' >&2");
        Assert.AreEqual("1\n2\n3\na\n\nno end", string.Join('\n', result.Lines.Where(line => !line.StartsWith('!'))));
        CollectionAssert.Contains(result.Lines.ToArray(), "! e\uFFFDr");
    }

    [TestMethod]
    public async Task A_very_long_line_comes_in_pieces()
    {
        var result = await Sandboxes.ShellAsync(SandboxAccount.Root, "head -c 200000 /dev/zero | tr '\\0' x");
        Assert.AreEqual(200000, result.Lines.Sum(line => line.Length));
        Assert.IsTrue(result.Lines.All(line => line.Length <= 64 * 1024));
    }

    [TestMethod]
    [DataRow(SandboxAccount.Root)]
    [DataRow(SandboxAccount.OrdinaryUser)]
    public async Task A_program_of_no_folder_in_PATH_is_named(SandboxAccount account)
    {
        var result =
            await Sandboxes.RunAsync(account, new SandboxScenario { Arguments = ["golang"], Environment = ["PATH=/usr/bin:/opt/bin"] });
        Assert.Contains("CST4005: Program 'golang' was not found in PATH of the image (/usr/bin:/opt/bin)", result.Error);
        Assert.IsEmpty(result.Upper);
    }

    [TestMethod]
    [DataRow("/bin/script", "CST4007")]
    [DataRow("plain", "CST4006")]
    [DataRow("/bin/garbage", "CST4006")]
    [DataRow("/etc", "CST4006")]
    [DataRow("/bin/nothing", "CST4005")]
    public async Task A_program_that_cannot_start_says_why(string program, string code)
    {
        var result = await Sandboxes.RunAsync(SandboxAccount.Root, new SandboxScenario
        {
            Arguments = [program],
            Layers = [[new("bin/script", "#!/nowhere/python\n", 0x1ED), new("bin/plain", "x"), new("bin/garbage", "x", 0x1ED)]],
        });
        Assert.Contains(code, result.Error);
    }

    [TestMethod]
    public async Task A_later_folder_of_PATH_is_taken_when_an_earlier_one_has_no_such_program()
    {
        var result = await Sandboxes.RunAsync(
            SandboxAccount.Root, new SandboxScenario { Arguments = ["echo", "found"], Environment = ["PATH=/none:/etc/passwd:/bin"] });
        Assert.AreEqual("found", result.Text);
    }

    [TestMethod]
    public async Task A_working_directory_below_a_file_is_an_error() =>
        Assert.Contains(
            "CST4008",
            (await Sandboxes.RunAsync(
                SandboxAccount.Root, SandboxScenario.Shell("true") with { WorkingDirectory = "/etc/passwd/x" })).Error);

    [TestMethod]
    public async Task A_user_id_that_the_user_namespace_lacks_is_an_error() =>
        Assert.Contains(
            "CST4009",
            (await Sandboxes.RunAsync(SandboxAccount.OrdinaryUser, SandboxScenario.Shell("true") with { UserId = 700000 })).Error);

    [TestMethod]
    [DataRow(SandboxAccount.Root)]
    [DataRow(SandboxAccount.OrdinaryUser)]
    public async Task Signals_have_their_defaults_and_a_closed_pipe_ends_its_writer(SandboxAccount account)
    {
        var result = await Sandboxes.ShellAsync(account, "yes | head -1; grep -E 'Sig(Blk|Ign)' /proc/self/status | tr '\\t' ' '");
        Assert.AreEqual("y\nSigBlk: 0000000000000000\nSigIgn: 0000000000000000", result.Text);
    }

    [TestMethod]
    public async Task No_descriptor_but_the_standard_ones_reaches_the_command()
    {
        var result = await Sandboxes.RunAsync(SandboxAccount.Root, new SandboxScenario { Arguments = ["ls", "/proc/self/fd"] });

        // The fourth is the folder that ls itself reads.
        Assert.AreEqual("0\n1\n2\n3", result.Text);
    }

    [TestMethod]
    public async Task Ten_at_once_are_ten_sandboxes()
    {
        var result = await Sandboxes.RunAsync(
            SandboxAccount.Root, SandboxScenario.Shell("test $$ = 1 && test ! -e /tmp/x && touch /tmp/x && exit 3") with { Copies = 10 });
        CollectionAssert.AreEqual(Enumerable.Repeat(3, 10).ToArray(), result.ExitCodes.ToArray());
    }

    [TestMethod]
    [DataRow(SandboxAccount.Root)]
    [DataRow(SandboxAccount.OrdinaryUser)]
    public async Task Two_hundred_layers_are_one_root(SandboxAccount account)
    {
        var result = await Sandboxes.RunAsync(account, SandboxScenario.Shell("ls /many | wc -l; cat /many/same") with
        {
            Layers = [.. Enumerable.Range(0, 200)
                .Select(i => (System.Collections.Immutable.ImmutableArray<LayerEntry>)[new($"many/{i}", "x"), new("many/same", $"{i}")])],
        });
        Assert.AreEqual("201\n199", result.Text);
    }

    [TestMethod]
    [DataRow(SandboxAccount.Root)]
    [DataRow(SandboxAccount.OrdinaryUser)]
    public async Task An_interactive_command_has_the_callers_own_input_and_output(SandboxAccount account)
    {
        Sandboxes.SkipUnless(account);
        using var driver =
            await DriverProcess.StartAsync(account, SandboxScenario.Shell("cat; echo direct; exit 4") with { Interactive = true });
        Assert.AreEqual("direct", await driver.ReadLineAsync());
        var result = await driver.ResultAsync();
        Assert.AreEqual(4, result.ExitCode);
        Assert.IsEmpty(result.Lines);
    }
}
