using System.Net.Sockets;
using System.Security.Authentication;
using ContainerStages.Diagnostics;

namespace ContainerStages.Media.Registry;

/// <summary>A body of which hardly a byte came, or went, for as long as is waited.</summary>
internal sealed class StallException(string message, Exception? cause = null) : IOException(message, cause);

/// <summary>Turns what the network throws into words for people, and says whether trying again may help.</summary>
internal static class NetworkFailure
{
    /// <summary>True where the network failed; false for bugs, and where the caller cancelled.</summary>
    public static bool Is(Exception exception, CancellationToken cancellationToken) =>
        exception is HttpRequestException or IOException or SocketException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    /// <summary>The failure of an endpoint that an exception of the network stands for.</summary>
    public static EndpointException From(Exception exception, RegistryEndpoint endpoint) => exception switch
    {
        OperationCanceledException { InnerException: TimeoutException } => Unreachable(
            endpoint,
            "no connection within 10 seconds",
            EndpointFailure.Unreachable,
            exception),
        OperationCanceledException => Unreachable(endpoint, "no answer in time", EndpointFailure.Silent, exception),
        StallException => Unreachable(endpoint, exception.Message, EndpointFailure.Silent, exception),
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => Tls(exception, endpoint),
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => Unreachable(
            endpoint,
            "the name is not known",
            EndpointFailure.Unreachable,
            exception),
        HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError } => Unreachable(
            endpoint,
            "the proxy refused the connection",
            EndpointFailure.Unreachable,
            exception),
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => ConnectFailed(exception, endpoint),
        _ => Unreachable(endpoint, ReasonOf(exception), EndpointFailure.Transient, exception),
    };

    public static EndpointException NotARegistry(RegistryEndpoint endpoint) =>
        Unreachable(endpoint, "it speaks neither HTTP nor TLS as a registry does", EndpointFailure.Unreachable, null);

    /// <summary>The innermost reason in a few words.</summary>
    public static string ReasonOf(Exception exception)
    {
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (inner is SocketException socket)
            {
                return socket.SocketErrorCode switch
                {
                    SocketError.ConnectionRefused => "connection refused",
                    SocketError.ConnectionReset or SocketError.Shutdown => "the connection was reset",
                    SocketError.HostUnreachable or SocketError.NetworkUnreachable => "no route to it",
                    SocketError.TimedOut => "no answer in time",
                    // How the system calls it that we lost patience.
                    SocketError.OperationAborted => "its bytes stopped coming",
                    SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "the name is not known",
                    var other => other.ToString(),
                };
            }
        }

        return exception is HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded }
            or HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded }
            ? "the connection was closed in the middle"
            : exception is OperationCanceledException ? "its bytes stopped coming" : exception.Message;
    }

    private static EndpointException ConnectFailed(Exception exception, RegistryEndpoint endpoint)
    {
        var reason = ReasonOf(exception);
        return Unreachable(
            endpoint,
            reason,
            reason == "the connection was reset" ? EndpointFailure.Transient : EndpointFailure.Unreachable,
            exception);
    }

    private static EndpointException Tls(Exception exception, RegistryEndpoint endpoint)
    {
        var inner = exception;
        while (inner is not AuthenticationException && inner.InnerException is { } next)
        {
            inner = next;
        }

        var message = inner.Message;
        var reason = message.Contains("RemoteCertificateNameMismatch", StringComparison.Ordinal) ? "it is for another host name"
            : message.Contains("NotTimeValid", StringComparison.Ordinal) ? "it has expired or is not valid yet"
            : message.Contains("UntrustedRoot", StringComparison.Ordinal) || message.Contains("PartialChain", StringComparison.Ordinal)
                ? "no certificate authority known here signed it"
            : message.Contains("corrupted frame", StringComparison.Ordinal) ? "the server does not speak TLS"
            : message;
        return new EndpointException(
            RegistryDiagnostics.TlsFailure(endpoint.Host, reason),
            "certificate not accepted: " + reason,
            EndpointFailure.Unreachable,
            exception);
    }

    private static EndpointException Unreachable(RegistryEndpoint endpoint, string reason, EndpointFailure kind, Exception? cause) =>
        new(RegistryDiagnostics.Unreachable(endpoint.Host, reason), reason, kind, cause);
}
