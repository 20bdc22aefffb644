using System.Collections.Immutable;
using System.Text;

namespace ContainerStages.Sandboxing;

/// <summary>Name resolution, as the command sees it at /etc/hosts and /etc/resolv.conf.</summary>
internal static class HostFiles
{
    public static void Write(SandboxFolder folder, SandboxCommand command)
    {
        WriteReadable(
            folder.Hosts,
            Hosts(command.Network && command.MachineHosts ? ReadOrEmpty("/etc/hosts") : "", command.HostName, command.ExtraHosts));
        WriteReadable(folder.ResolvConf, command.Network ? ReadOrEmpty("/etc/resolv.conf") : "");
    }

    /// <summary>The machine's lines, where it is to have them, stand after those that name the sandbox itself.</summary>
    internal static string Hosts(string machine, string hostName, ImmutableArray<(string Address, string Name)> extra)
    {
        var text = new StringBuilder()
            .Append("127.0.0.1\tlocalhost ").Append(hostName).Append('\n')
            .Append("::1\tlocalhost ip6-localhost ip6-loopback\n");
        foreach (var (address, name) in extra)
        {
            text.Append(address).Append('\t').Append(name).Append('\n');
        }

        return machine.Length == 0 ? text.ToString() : text.Append(machine.TrimEnd('\n')).Append('\n').ToString();
    }

    private static string ReadOrEmpty(string path) => File.Exists(path) ? File.ReadAllText(path) : "";

    private static void WriteReadable(string path, string text)
    {
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, (UnixFileMode)0b110_100_100);
    }
}
