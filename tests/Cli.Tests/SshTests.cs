using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>Agents and keys for RUN --mount=type=ssh, with the OpenSSH of the machine.</summary>
[TestClass]
public sealed class SshTests
{
    [TestMethod]
    public async Task Private_keys_are_served_by_an_agent_with_the_owner_and_mode_asked_for()
    {
        using var folder = new TempFolder();
        await RealTool.RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "key-one", "-f", folder.Combine("one"));
        await RealTool.RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "key-two", "-f", folder.Combine("two"));
        using var context = Hello.Context("""
            FROM alpine
            RUN --mount=type=ssh,id=k,uid=5,gid=6,mode=0660 stat -c '%a %u %g' $SSH_AUTH_SOCK
            """);
        var built =
            await Hello.Program.BuildAsync(context.Path, "--no-cache", "--ssh", $"k={folder.Combine("one")},{folder.Combine("two")}");
        StringAssert.Contains(built.Output + built.Error, "660 5 6");
        Assert.AreEqual(0, built.ExitCode, built.Error);
    }

    [TestMethod]
    [DataRow("no key", "CST4511")]
    [DataRow(null, "CST4304")]
    public async Task What_is_no_key_is_refused(string? content, string code)
    {
        using var folder = new TempFolder();
        if (content is not null)
        {
            folder.Write("key", content);
        }

        using var context = Hello.Context("FROM alpine\nRUN --mount=type=ssh,id=k true\n");
        var built = await Hello.Program.BuildAsync(context.Path, "--no-cache", "--ssh", $"k={folder.Combine("key")}");
        Assert.AreEqual(1, built.ExitCode, built.Output);
        StringAssert.Contains(built.Error, code);
    }
}
