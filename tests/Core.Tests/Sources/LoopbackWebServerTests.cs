using System.Net.Sockets;
using System.Text;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Sources;

[TestClass]
public sealed class LoopbackWebServerTests(TestContext context)
{
    [TestMethod]
    public async Task Who_does_not_wait_for_the_answer_keeps_nobody_else_from_one()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        await using var server = new FileServer(new byte[20_000_000]);
        var address = new Uri(server.Address);
        for (var times = 0; times < 3; times++)
        {
            using var client = new TcpClient(address.Host, address.Port) { LingerState = new LingerOption(enable: true, seconds: 0) };
            var question = $"GET /file.txt HTTP/1.1\r\nHost: {address.Authority}\r\n\r\n";
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(question), limit.Token);
            await client.GetStream().ReadExactlyAsync(new byte[1], limit.Token);
        }

        using var other = new HttpClient();
        Assert.HasCount(20_000_000, await other.GetByteArrayAsync(new Uri(address, "file.txt"), limit.Token));
    }
}
