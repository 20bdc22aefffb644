using ContainerStages.Sandboxing;
using ContainerStages.TestKit.Sandboxing;

namespace ContainerStages.Core.Tests.Sandboxing;

[TestClass]
public sealed class UserNamespaceTests
{
    [TestMethod]
    [DataRow("app:100000:65536\n", 65536L)]
    [DataRow("# comment\nother:1:2\n1000:100000:70000\n", 70000L, DisplayName = "By number")]
    [DataRow("app:100000:1\napp:200000:65536\n", 1L, DisplayName = "unshare takes the first line")]
    [DataRow("apps:100000:65536\napp:x\n", 0L)]
    [DataRow("", 0L)]
    public void Subordinate_ids_are_counted(string text, long expected) =>
        Assert.AreEqual(expected, UserNamespaceChecks.CountIds(text, "app", "1000"));

    [TestMethod]
    public async Task A_user_without_subordinate_ids_is_told_how_to_get_some()
    {
        Sandboxes.SkipUnless(SandboxAccount.Root);
        using var driver = await DriverProcess.StartWithoutIdsAsync(SandboxScenario.Shell("true"));
        var (code, _, error) = await driver.EndAsync();
        Assert.AreNotEqual(0, code);
        Assert.Contains("CST4022: User 'nobody' has 0 ids in /etc/subuid", error);
        Assert.Contains("usermod --add-subuids", error);
    }

    [TestMethod]
    public async Task A_process_that_may_not_gain_rights_is_told_so()
    {
        Sandboxes.SkipUnless(SandboxAccount.Root);
        using var driver = await DriverProcess.StartWithoutRightsAsync(SandboxScenario.Shell("true"));
        var (code, _, error) = await driver.EndAsync();
        Assert.AreNotEqual(0, code);
        Assert.Contains("CST4024", error);
        Assert.Contains("newuidmap", error);
    }

    [TestMethod]
    public async Task Root_that_may_not_make_namespaces_is_told_so()
    {
        Sandboxes.SkipUnless(SandboxAccount.Root);
        using var driver = await DriverProcess.StartAsConfinedRootAsync(SandboxScenario.Shell("true"));
        Assert.Contains("CST4031", (await driver.ResultAsync()).Error);
    }
}
