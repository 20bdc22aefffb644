using System.Globalization;
using System.Security.Cryptography;
using ContainerStages.TestKit.Sandboxing;

namespace ContainerStages.Core.Tests.Sandboxing;

/// <summary>However a run ends, no process of it stays.</summary>
[TestClass]
public class SandboxLifetimeTests
{
    /// <summary>The OCI runtime that starts the commands; null: none.</summary>
    protected virtual string? Runtime => null;

    // Grandchildren in sessions of their own that ignore every signal that can be ignored; the number of seconds makes them recognizable.
    private static string Stubborn(string seconds) =>
        $"trap '' TERM INT HUP QUIT; (setsid sleep {seconds} &) ; (sleep {seconds} > /dev/null 2>&1 &); echo started; while true; do " +
        $"sleep {seconds}; done";

    [TestMethod]
    [DataRow(SandboxAccount.Root)]
    [DataRow(SandboxAccount.OrdinaryUser)]
    public async Task Cancelling_ends_every_process(SandboxAccount account)
    {
        var seconds = UniqueSeconds();
        var result = await RunAsync(account, SandboxScenario.Shell(Stubborn(seconds)) with { CancelAtLine = "started" });
        Assert.AreEqual("OperationCanceledException", result.Error);
        Assert.AreEqual(0, Count(seconds));
    }

    [TestMethod]
    public async Task A_receiver_that_throws_ends_every_process()
    {
        var seconds = UniqueSeconds();
        var result = await RunAsync(SandboxAccount.Root, SandboxScenario.Shell(Stubborn(seconds)) with { ThrowAtLine = "started" });
        Assert.AreEqual("ScenarioException", result.Error);
        Assert.AreEqual(0, Count(seconds));
    }

    [TestMethod]
    [DataRow(SandboxAccount.Root)]
    [DataRow(SandboxAccount.OrdinaryUser)]
    public async Task What_a_command_leaves_running_ends_with_it(SandboxAccount account)
    {
        var seconds = UniqueSeconds();
        var result = await ShellAsync(account, $"(setsid sleep {seconds} &); (sleep {seconds} &); exit 5");
        Assert.AreEqual(5, result.ExitCode);
        Assert.AreEqual(0, Count(seconds));
    }

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = false)]
    [DataRow(SandboxAccount.Root, 0u)]
    [DataRow(SandboxAccount.Root, 1000u)]
    [DataRow(SandboxAccount.OrdinaryUser, 0u)]
    [DataRow(SandboxAccount.OrdinaryUser, 1000u)]
    [DataRow(SandboxAccount.Root, 1000u, "exec /bin/su -c", DisplayName = "A command that is a set-user-id program")]
    [DataRow(SandboxAccount.OrdinaryUser, 1000u, "exec /bin/su -c", DisplayName = "The same as an ordinary user")]
    [DataRow(SandboxAccount.Root, 0u, "exec /bin/su app -c", DisplayName = "A command that changes its user")]
    public async Task Killing_the_engine_ends_every_process(SandboxAccount account, uint userId, string? become = null)
    {
        Sandboxes.SkipUnless(account);
        var seconds = UniqueSeconds();
        using var driver =
            await DriverProcess.StartAsync(
                account,
                SandboxScenario.Shell(become is null ? Stubborn(seconds) : $"{become} \"{Stubborn(seconds)}\"") with
                {
                    Live = true,
                    UserId = userId,
                });
        Assert.AreEqual("started", await driver.ReadLineAsync());
        while (Count(seconds) == 0)
        {
            // Begun, and still a shell by name.
            await Task.Delay(10);
        }

        driver.Kill();
        while (Count(seconds) > 0)
        {
            await Task.Delay(10);
        }
    }

    private static string UniqueSeconds() =>
        RandomNumberGenerator.GetInt32(100_000_000, 999_999_999).ToString(CultureInfo.InvariantCulture);

    private static int Count(string argument) => Directory.EnumerateDirectories("/proc", "*")
        .Count(folder => CommandLine(folder).Contains("sleep\0" + argument, StringComparison.Ordinal));

    private static string CommandLine(string folder)
    {
        try
        {
            return char.IsAsciiDigit(Path.GetFileName(folder)[0]) ? File.ReadAllText(folder + "/cmdline") : "";
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return "";
        }
    }

    private Task<SandboxResult> RunAsync(SandboxAccount account, SandboxScenario scenario) =>
        Sandboxes.RunAsync(account, scenario with { Runtime = Runtime });

    private Task<SandboxResult> ShellAsync(SandboxAccount account, string script) => RunAsync(account, SandboxScenario.Shell(script));
}
