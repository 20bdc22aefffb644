using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ContainerStages.TestKit;

/// <summary>
/// A web server on loopback with one file: every path that ends in <c>file.txt</c> gives it, with an ETag that it understands; others are
/// 404.
/// </summary>
public sealed class FileServer : LoopbackWebServer
{
    private readonly byte[] content;
    private int whole;
    private int notModified;

    public FileServer(string text)
        : this(Encoding.UTF8.GetBytes(text))
    {
    }

    public FileServer(byte[] bytes) => content = bytes;

    /// <summary>How often the content was sent.</summary>
    public int Whole => whole;

    /// <summary>How often it was enough to say that nothing changed.</summary>
    public int NotModified => notModified;

    /// <summary>A port that nobody listens on at the moment.</summary>
    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    protected override Task AnswerAsync(HttpListenerContext request)
    {
        const string Tag = "\"one\"";
        var answer = request.Response;
        if (!request.Request.Url!.AbsolutePath.EndsWith("file.txt", StringComparison.Ordinal))
        {
            answer.StatusCode = 404;
        }
        else if (request.Request.Headers["If-None-Match"] == Tag)
        {
            Interlocked.Increment(ref notModified);
            answer.StatusCode = 304;
        }
        else
        {
            Interlocked.Increment(ref whole);
            answer.Headers["ETag"] = Tag;
            answer.OutputStream.Write(content);
        }

        answer.Close();
        return Task.CompletedTask;
    }
}
