using ContainerStages.TestKit.Sandboxing;

namespace ContainerStages.Core.Tests.Sandboxing;

[TestClass]
public class SandboxIsolationTests
{
    /// <summary>The OCI runtime that starts the commands; null: none.</summary>
    protected virtual string? Runtime => null;

    [TestMethod]
    [DataRow(SandboxAccount.Root, false, "00000000a80425fb")]
    [DataRow(SandboxAccount.Root, true, "00000000a80405fb", DisplayName = "On the machine's network without net_raw")]
    [DataRow(SandboxAccount.OrdinaryUser, false, "00000000a80425fb")]
    public async Task Root_inside_has_Dockers_capabilities_and_gains_no_others(SandboxAccount account, bool network, string expected)
    {
        var result = await RunAsync(
            account, SandboxScenario.Shell("grep -E '^(Cap|NoNew|Seccomp:)' /proc/self/status | tr '\\t' ' '") with { Network = network });
        Assert.AreEqual(
            $"""
            CapInh: 0000000000000000
            CapPrm: {expected}
            CapEff: {expected}
            CapBnd: {expected}
            CapAmb: 0000000000000000
            NoNewPrivs: 0
            Seccomp: 2
            """,
            result.Text);
    }

    [TestMethod]
    [DataRow(SandboxAccount.Root, false, "1000 0 00000000a80405fb")]
    [DataRow(SandboxAccount.OrdinaryUser, false, "1000 0 00000000a80405fb")]
    [DataRow(SandboxAccount.Root, true, "1000")]
    [DataRow(SandboxAccount.OrdinaryUser, true, "1000")]
    public async Task Set_user_id_programs_give_the_rights_of_root_inside_unless_that_is_not_wanted(
        SandboxAccount account, bool noNewPrivileges, string expected)
    {
        var result = await RunAsync(account, SandboxScenario.Shell(
            "id -u; /bin/su -c \"id -u; grep CapEff /proc/self/status | cut -f 2\" 2> /dev/null") with
        {
            UserId = 1000,
            NoNewPrivileges = noNewPrivileges,
        });
        Assert.AreEqual(expected, result.Text.Replace('\n', ' '));
    }

    [TestMethod]
    [DataRow("/bin/su -c \"unshare -m true\"")]
    [DataRow("/bin/su -c \"mount -t tmpfs none /tmp\"")]
    [DataRow("/bin/su -c \"echo x > /proc/sys/kernel/hostname\"")]
    public async Task The_rights_of_a_set_user_id_program_are_those_of_root_inside(string attempt) =>
        Assert.AreNotEqual(0, (await RunAsync(SandboxAccount.Root, SandboxScenario.Shell(attempt) with { UserId = 1000 })).ExitCode);

    [TestMethod]
    [DataRow(SandboxAccount.Root)]
    [DataRow(SandboxAccount.OrdinaryUser)]
    public async Task Another_user_inside_has_no_capability(SandboxAccount account)
    {
        var result = await RunAsync(
            account, SandboxScenario.Shell("grep -E '^Cap(Prm|Eff)' /proc/self/status | tr '\\t' ' '") with { UserId = 1000 });
        Assert.AreEqual("CapPrm: 0000000000000000\nCapEff: 0000000000000000", result.Text);
    }

    [TestMethod]
    [DataRow(SandboxAccount.Root)]
    [DataRow(SandboxAccount.OrdinaryUser)]
    public async Task The_command_is_process_1_of_a_machine_of_its_own(SandboxAccount account)
    {
        var result = await ShellAsync(account, "echo $$; hostname; echo /proc/[0-9]*; ulimit -c");
        Assert.AreEqual("1\nbuildkitsandbox\n/proc/1\n0", result.Text);
    }

    [TestMethod]
    [DataRow(SandboxAccount.Root)]
    [DataRow(SandboxAccount.OrdinaryUser)]
    public async Task Without_network_there_is_only_loopback(SandboxAccount account)
    {
        var result = await RunAsync(account, SandboxScenario.Shell(
            "ls /sys/class/net; ip addr show dev lo | grep -c -e UP -e 127.0.0.1; head -1 /etc/hosts; wc -c < /etc/resolv.conf") with
        {
            Network = false,
        });
        Assert.AreEqual("lo\n2\n127.0.0.1\tlocalhost buildkitsandbox\n0", result.Text);
    }

    [TestMethod]
    public async Task With_network_the_machines_name_resolution_is_there()
    {
        var result = await ShellAsync(SandboxAccount.Root, "cat /etc/resolv.conf");
        Assert.AreEqual(File.ReadAllText("/etc/resolv.conf").TrimEnd().ReplaceLineEndings("\n"), result.Text.TrimEnd());
    }

    [TestMethod]
    [DataRow(SandboxAccount.Root)]
    [DataRow(SandboxAccount.OrdinaryUser)]
    public async Task Device_nodes_work(SandboxAccount account)
    {
        var result = await RunAsync(account, SandboxScenario.Shell(
            """
            echo gone > /dev/null; head -c 5 /dev/zero | wc -c; head -c 5 /dev/urandom | wc -c; head -c 5 /dev/random | wc -c
            echo x 2>&1 > /dev/full; echo out > /dev/stdout; ls /dev | tr '\n' ' '; echo; touch /dev/shm/x && ls /dev/pts
            """) with { UserId = 1000 });
        Assert.AreEqual(
            """
            5
            5
            5
            sh: write error: No space left on device
            out
            fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero 
            ptmx
            """,
            result.Text);
    }

    [TestMethod]
    [DataRow(SandboxAccount.Root)]
    [DataRow(SandboxAccount.OrdinaryUser)]
    public async Task What_belongs_to_the_machine_is_masked_or_read_only(SandboxAccount account)
    {
        var result = await ShellAsync(account,
            """
            for f in /proc/keys /proc/timer_list /proc/kcore; do test -e $f && wc -c < $f; done | sort -u
            ls /sys/firmware | wc -l
            for f in /proc/sys/kernel/hostname /proc/sysrq-trigger /sys/kernel/mm/transparent_hugepage/enabled /etc/hosts /etc/resolv.conf; do
              (echo x > $f) 2>/dev/null && echo "$f can be written"
            done
            chmod 600 /dev/null 2>/dev/null && echo "mode of the machine's null changed"
            dmesg > /dev/null 2>&1 && echo "dmesg can be read"
            true
            """);
        Assert.AreEqual("0\n0", result.Text);
    }

    [TestMethod]
    [DataRow(SandboxAccount.Root, "mount -t tmpfs none /tmp")]
    [DataRow(SandboxAccount.Root, "mount -o remount,rw /proc/sys")]
    [DataRow(SandboxAccount.Root, "umount /proc/sys")]
    [DataRow(SandboxAccount.Root, "unshare -U true")]
    [DataRow(SandboxAccount.Root, "unshare -m true")]
    [DataRow(SandboxAccount.Root, "hostname other")]
    [DataRow(SandboxAccount.Root, "ip link set lo down")]
    [DataRow(SandboxAccount.Root, "date -s 2001-01-01; test $(date +%Y) = 2001")]
    [DataRow(SandboxAccount.Root, "mknod /tmp/disk b 8 0 && cat /tmp/disk")]
    [DataRow(SandboxAccount.Root, "mknod /dev/disk b 254 0 && cat /dev/disk")]
    [DataRow(SandboxAccount.Root, "mknod /dev/shm/mem c 1 1 && cat /dev/shm/mem")]
    [DataRow(SandboxAccount.OrdinaryUser, "mount -t tmpfs none /tmp")]
    [DataRow(SandboxAccount.OrdinaryUser, "umount /proc/sys")]
    [DataRow(SandboxAccount.OrdinaryUser, "unshare -U true")]
    [DataRow(SandboxAccount.OrdinaryUser, "mknod /tmp/disk b 8 0 && cat /tmp/disk")]
    public async Task Ways_out_are_closed(SandboxAccount account, string attempt) =>
        Assert.AreNotEqual(0, (await ShellAsync(account, attempt)).ExitCode);

    [TestMethod]
    [DataRow(SandboxAccount.Root)]
    [DataRow(SandboxAccount.OrdinaryUser)]
    public async Task Nothing_of_the_machines_files_can_be_reached(SandboxAccount account)
    {
        // The driver's own folder of temporary files is on the machine, and never in an image.
        var result = await ShellAsync(account,
            """
            for start in / /proc/1/root /proc/self/root/.. /proc/self/cwd/../../.. /proc/1/cwd /proc/self/fd/0/..; do
              ls $start/tmp 2>/dev/null | grep sandbox-
            done
            cut -d' ' -f 5 /proc/self/mountinfo | grep -v -E '^/(proc|sys|dev)(/|$)' | sort | tr '\n' ' '
            mkdir -p /tmp/jail/bin && cp /bin/busybox /tmp/jail/bin/sh && cd / && chroot /tmp/jail /bin/sh -c 'cd ../../../..; test -e /bin/sh && test ! -e /etc' && echo jailed
            """);
        Assert.AreEqual("/ /etc/hosts /etc/resolv.conf jailed", result.Text);
    }

    private Task<SandboxResult> RunAsync(SandboxAccount account, SandboxScenario scenario) =>
        Sandboxes.RunAsync(account, scenario with { Runtime = Runtime });

    private Task<SandboxResult> ShellAsync(SandboxAccount account, string script) => RunAsync(account, SandboxScenario.Shell(script));
}
