using System.Net;

namespace ContainerStages.Media.Registry;

/// <summary>A place that may hold an image: host and repository there, after mirrors and rewriting.</summary>
internal sealed record RegistryEndpoint
{
    /// <summary>Name and port as credentials know it (<c>docker.io</c>, <c>localhost:5000</c>).</summary>
    public required string Host { get; init; }

    public required string Repository { get; init; }

    public bool IsMirror { get; init; }

    /// <summary>TLS is not verified, and plain HTTP is spoken where TLS does not work.</summary>
    public bool Insecure { get; init; }

    /// <summary>Name and port to connect to: Docker Hub's interface has a name of its own.</summary>
    public string Address => Host == "docker.io" ? "registry-1.docker.io" : Host;

    public bool IsLoopback => IsLoopbackHost(Host);

    /// <summary>For people: where it is, and whether it is a mirror.</summary>
    public override string ToString() => IsMirror ? $"{Host}/{Repository} (mirror)" : $"{Host}/{Repository}";

    internal static bool IsLoopbackHost(string hostAndPort) =>
        Uri.TryCreate("http://" + hostAndPort, UriKind.Absolute, out var uri) && IsLoopbackName(uri.IdnHost);

    internal static bool IsLoopbackName(string name) =>
        name == "localhost" || name.EndsWith(".localhost", StringComparison.Ordinal)
        || (IPAddress.TryParse(name.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
