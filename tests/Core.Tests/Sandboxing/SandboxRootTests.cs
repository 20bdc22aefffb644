using ContainerStages.TestKit.Sandboxing;

namespace ContainerStages.Core.Tests.Sandboxing;

/// <summary>What a command changes is in the upper folder, and nothing else is.</summary>
[TestClass]
public sealed class SandboxRootTests
{
    private static readonly SandboxScenario Changes = SandboxScenario.Shell(
        """
        echo new > /etc/new; rm /etc/group; mkdir -p /opt/a/b; ln -s b /opt/a/link
        rm -r /data && mkdir /data && echo again > /data/again
        chown 1000:1000 /opt/a; chmod 4750 /opt/a/b; rm -r /gone
        """) with
    {
        Layers =
        [
            [
                new("etc", Mode: 0x1C9, Kind: EntryKind.Folder, UserId: 5, GroupId: 6), new("data/old", "old"), new("gone/x", "x"),
                new("kept/y", "y"),
            ],
        ],
    };

    [TestMethod]
    [DataRow(SandboxAccount.Root)]
    [DataRow(SandboxAccount.OrdinaryUser)]
    public async Task The_upper_folder_holds_exactly_what_was_changed(SandboxAccount account)
    {
        var result = await Sandboxes.RunAsync(account, Changes);
        Assert.AreEqual(
            """
            file 644 0:0 data/again again|
            file 644 0:0 etc/new new|
            folder 4750 0:0 opt/a/b
            folder 711 5:6 etc
            folder 755 0:0 opt
            folder 755 1000:1000 opt/a
            link 0:0 opt/a/link -> b
            opaque 755 0:0 data
            whiteout etc/group
            whiteout gone
            """,
            string.Join('\n', result.Upper));
    }

    [TestMethod]
    [DataRow(SandboxAccount.Root)]
    [DataRow(SandboxAccount.OrdinaryUser)]
    public async Task Mount_points_that_the_image_lacks_leave_no_trace(SandboxAccount account)
    {
        var result = await Sandboxes.RunAsync(account, SandboxScenario.Shell(
            "test -s /etc/hosts && test -c /dev/null && test -e /proc/self && test -d /sys/kernel") with
        {
            Layers = [[new("etc", Kind: EntryKind.Whiteout)]],
        });
        Assert.AreEqual(0, result.ExitCode);
        Assert.IsEmpty(result.Upper);
    }

    [TestMethod]
    public async Task Links_of_the_image_at_mount_points_stay_inside()
    {
        var result = await Sandboxes.RunAsync(SandboxAccount.Root, SandboxScenario.Shell(
            "ls -d /etc/evil /lost/proc/self; cat /run/resolve/stub.conf > /dev/null; echo $?") with
        {
            Layers =
            [
                [
                    new("dev", "/etc/evil", Kind: EntryKind.Link), new("proc", "../../../lost/proc", Kind: EntryKind.Link),
                    new("etc/resolv.conf", "../run/resolve/stub.conf", Kind: EntryKind.Link),
                ],
            ],
        });
        Assert.AreEqual("", result.Error);
        Assert.AreEqual(0, result.ExitCode);
        Assert.AreEqual("/etc/evil\n/lost/proc/self\n0", result.Text);
        Assert.IsEmpty(result.Upper);
    }

    [TestMethod]
    public async Task Links_in_a_circle_at_a_mount_point_are_an_error()
    {
        var result = await Sandboxes.RunAsync(SandboxAccount.Root, SandboxScenario.Shell("true") with
        {
            Layers = [[new("proc", "round", Kind: EntryKind.Link), new("round", "proc", Kind: EntryKind.Link)]],
        });
        Assert.Contains("CST4212", result.Error);
    }

    [TestMethod]
    [DataRow(SandboxAccount.Root)]
    [DataRow(SandboxAccount.OrdinaryUser)]
    public async Task An_empty_stack_is_a_root_without_programs(SandboxAccount account)
    {
        var result = await Sandboxes.RunAsync(account, new SandboxScenario { Busybox = false, Arguments = ["/app"] });
        Assert.Contains("CST4005: Program '/app' does not exist in the image", result.Error);
    }

    [TestMethod]
    [DataRow(SandboxAccount.Root)]
    [DataRow(SandboxAccount.OrdinaryUser)]
    public async Task The_root_belongs_to_root_and_is_open_to_all(SandboxAccount account)
    {
        var result = await Sandboxes.RunAsync(
            account, SandboxScenario.Shell("stat -c '%a %u:%g' /; cat /etc/passwd | wc -l") with { UserId = 1000, GroupId = 1000 });
        Assert.AreEqual("755 0:0\n2", result.Text);
    }

    [TestMethod]
    [DataRow(SandboxAccount.Root)]
    [DataRow(SandboxAccount.OrdinaryUser)]
    public async Task Whiteouts_and_opaque_folders_of_layers_hide_what_is_below(SandboxAccount account)
    {
        var result = await Sandboxes.RunAsync(account, SandboxScenario.Shell("ls /a /b") with
        {
            Layers =
            [
                [new("a/1", "x"), new("a/2", "x"), new("b/1", "x")],
                [new("a/1", Kind: EntryKind.Whiteout), new("b", Mode: 0x1ED, Kind: EntryKind.OpaqueFolder), new("b/2", "x")],
            ],
        });
        Assert.AreEqual("/a:\n2\n\n/b:\n2", result.Text);
    }
}
