using System.Net.Sockets;
using System.Runtime.InteropServices;
using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>Which sockets a command can open, with the perl of a distribution.</summary>
[TestClass]
public sealed class SandboxSocketTests
{
    // Name, family, type, protocol: 17 packet, 40 vsock, 38 the kernel's cryptography, 29 CAN.
    private const string Attempts = """
        perl -e 'for ([qw(tcp 2 1 0)], [qw(udp 2 2 0)], [qw(netlink 16 3 0)], [qw(raw 2 3 1)], [qw(packet 17 3 768)], [qw(vsock 40 1 0)], [qw(crypto 38 5 0)], [qw(can 29 3 1)]) {
          ($n, @a) = @$_; print "$n " if socket(S, $a[0], $a[1], $a[2]) } print "\n"'
        """;

    [TestMethod]
    [DataRow("host", "tcp udp netlink ")]
    [DataRow("none", "tcp udp netlink raw packet ")]
    public async Task Sockets_on_the_network_of_the_machine_reach_only_its_addresses(string network, string expected)
    {
        using var context = Hello.Context($"FROM golang\nRUN --network={network} {Attempts.ReplaceLineEndings(" ")} > /open; cat /open\n");
        var built = await Hello.Program.BuildAsync(context.Path, "--no-cache");
        Assert.AreEqual(0, built.ExitCode, built.Error);
        Assert.Contains($"  {expected}\n", built.Error);
    }

    [TestMethod]
    public async Task Abstract_sockets_of_the_machine_are_out_of_reach_where_the_kernel_can_scope_them()
    {
        var name = $"stages-{Guid.NewGuid():N}";
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint("\0" + name));
        listener.Listen();
        using var context = Hello.Context($$"""
            FROM golang
            RUN perl -MSocket -e 'sub at { pack_sockaddr_un("\0$_[0]") } sub try { socket(S, 1, 1, 0); print connect(S, at($_[0])) ? "reached " : "out-of-reach " } socket(O, 1, 1, 0); bind(O, at("own")); listen(O, 1); try("own"); try("{{name}}"); print "\n"'
            """);
        var built = await Hello.Program.BuildAsync(context.Path, "--no-cache");
        Assert.AreEqual(0, built.ExitCode, built.Error);
        Assert.Contains(LandlockVersion() >= 6 ? "reached out-of-reach" : "reached reached", built.Error);
    }

    private static long LandlockVersion() => Call(444, 0, 0, 1);

    [DllImport("libc", EntryPoint = "syscall")]
    private static extern long Call(long number, nint first, nint second, nint third);
}
