using ContainerStages.TestKit.Sandboxing;

namespace ContainerStages.Core.Tests.Sandboxing;

/// <summary>What the sandbox tests share.</summary>
internal static class Sandboxes
{
    /// <summary>Runs it, and asserts what must hold for every run.</summary>
    public static async Task<SandboxResult> RunAsync(SandboxAccount account, SandboxScenario scenario)
    {
        SkipUnless(account);
        var result = await DriverProcess.RunAsync(account, scenario);
        Assert.AreEqual("", string.Join('\n', result.ChangedMounts));
        Assert.AreEqual("", string.Join('\n', result.LeakedDescriptors));
        return result;
    }

    public static Task<SandboxResult> ShellAsync(SandboxAccount account, string script) => RunAsync(account, SandboxScenario.Shell(script));

    public static void SkipUnless(SandboxAccount account)
    {
        if (!DriverProcess.CanRun(account))
        {
            Assert.Inconclusive("Only root can run this row.");
        }
    }
}
