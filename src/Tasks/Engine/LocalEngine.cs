using System.Net;
using System.Net.Sockets;
using System.Text;
using ContainerStages.Contracts;

namespace ContainerStages.Tasks.Engine;

/// <summary>Which engine of this machine takes images: Docker where it answers, else podman, which needs no service.</summary>
internal static class LocalEngine
{
    private const int Patience = 2000;

    public static Medium? Find() =>
        Docker() is { } docker && Answers(docker) ? Medium.Docker
        : SearchPath.Find("podman", Environment.GetEnvironmentVariable("PATH")) is not null ? Medium.Podman
        : null;

    // Where the engine program looks for it.
    private static EndPoint? Docker() =>
        DockerAddress.Parse(DockerAddress.Find(Environment.GetEnvironmentVariable), Environment.GetEnvironmentVariable) switch
        {
            null => null,
            { Scheme: "unix" } socket => new UnixDomainSocketEndPoint(socket.AbsolutePath),
            var host => new DnsEndPoint(host.DnsSafeHost, host.Port),
        };

    // A socket is there long before and after the engine behind it.
    private static bool Answers(EndPoint docker)
    {
        try
        {
            using var socket = docker is UnixDomainSocketEndPoint
                ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
                : new Socket(SocketType.Stream, ProtocolType.Tcp);
            (socket.SendTimeout, socket.ReceiveTimeout) = (Patience, Patience);
            socket.Connect(docker);
            socket.Send("GET /_ping HTTP/1.0\r\nHost: localhost\r\n\r\n"u8);
            Span<byte> answer = stackalloc byte[64];
            var status = Encoding.ASCII.GetString(answer[..socket.Receive(answer)]);
            return status.StartsWith("HTTP/1.", StringComparison.Ordinal) && status.Contains(" 200 ", StringComparison.Ordinal);
        }
        catch (SocketException)
        {
            // None is there, or it may not be asked.
            return false;
        }
    }
}
