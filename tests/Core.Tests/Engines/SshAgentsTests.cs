using ContainerStages.Contracts;
using ContainerStages.Engines;
using ContainerStages.Planning;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Engines;

[TestClass]
public sealed class SshAgentsTests
{
    [TestMethod]
    public async Task Keys_are_seen_by_ssh_add_through_the_socket_of_a_command()
    {
        using var folder = new TempFolder();
        foreach (var name in (string[])["one", "two"])
        {
            await RealTool.RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "key-" + name, "-f", folder.Combine(name));
        }

        string agent;
        var settings =
            new CommandSettings { Ssh = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
            {
                ["k"] = [folder.Combine("one"), folder.Combine("two")],
            } };
        using (var agents = new SshAgents(settings))
        {
            var nobody = new FileOwner(null, null, null);
            agent =
                (await agents.FindAsync(
                    new PlannedSsh("/x", "k", Required: true, nobody), new SourceLocation("Dockerfile"), CancellationToken.None))!;

            // Longer than the name of a socket may be.
            var deep = Directory.CreateDirectory(Path.Combine(folder.NewFolder(new string('d', 120)), "e")).FullName;
            var reasons = new List<string>();
            using var socket = new AgentSocket(Path.Combine(deep, "s"), agent, nobody, reasons.Add);
            var listed = await RealTool.RunAsync("sh", "-c", $"cd {deep} && SSH_AUTH_SOCK=s ssh-add -l");
            StringAssert.Contains(listed, "key-one");
            StringAssert.Contains(listed, "key-two");
            Assert.IsEmpty(reasons);
        }

        Assert.IsFalse(Directory.Exists(Path.GetDirectoryName(agent)));
    }
}
