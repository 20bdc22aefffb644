using System.Globalization;
using System.Net;
using ContainerStages.Diagnostics;

namespace ContainerStages.Media.Registry;

/// <summary>
/// HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, in either case, with the meaning they have for Docker and Podman (Go's httpproxy):
/// NO_PROXY knows names with everything below, addresses, networks (10.0.0.0/8), ports and <c>*</c>; this machine itself never has a proxy.
/// </summary>
internal sealed class ProxyRules : IWebProxy
{
    private readonly Uri? forHttp;
    private readonly Uri? forHttps;
    private readonly string[] direct;

    /// <exception cref="BuildFailedException">A variable holds no address of a proxy.</exception>
    public ProxyRules(RegistryEnvironment environment)
    {
        var all = Find(environment, "ALL_PROXY");
        forHttp = Find(environment, "HTTP_PROXY") ?? all;
        forHttps = Find(environment, "HTTPS_PROXY") ?? all;
        direct = (environment["NO_PROXY"] ?? environment["no_proxy"] ?? "").Split(
            ',',
            StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Credentials = new ProxyLogin([forHttp, forHttps]);
    }

    public ICredentials? Credentials { get; set; }

    public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : ProxyFor(destination);

    public bool IsBypassed(Uri host) =>
        ProxyFor(host) is null || RegistryEndpoint.IsLoopbackName(host.IdnHost) || Array.Exists(direct, entry => Covers(entry, host));

    private Uri? ProxyFor(Uri destination) => destination.Scheme == "https" ? forHttps : forHttp;

    private static bool Covers(string entry, Uri host)
    {
        var name = host.IdnHost.Trim('[', ']');
        if (entry == "*")
        {
            return true;
        }

        if (IPNetwork.TryParse(entry, out var network))
        {
            return IPAddress.TryParse(name, out var member) && network.Contains(member);
        }

        if (IPAddress.TryParse(entry.Trim('[', ']'), out var alone))
        {
            return IPAddress.TryParse(name, out var address) && address.Equals(alone);
        }

        var colon = entry.LastIndexOf(':');
        if (colon > 0 && int.TryParse(entry.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            return port == host.Port && Covers(entry[..colon], host);
        }

        // ".example.com" stands for what is below it, "example.com" also for itself.
        var domain = entry.TrimStart('*').TrimStart('.');
        return (name.Equals(domain, StringComparison.OrdinalIgnoreCase) && !entry.StartsWith('.') && !entry.StartsWith('*'))
            || name.EndsWith("." + domain, StringComparison.OrdinalIgnoreCase);
    }

    private static Uri? Find(RegistryEnvironment environment, string name)
    {
        if ((environment[name.ToLowerInvariant()] ?? environment[name]) is not { } text)
        {
            return null;
        }

        // The value may hold a password, so that no message may hold the value.
        return Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text, UriKind.Absolute, out var proxy)
            && proxy.Scheme is "http" or "https" or "socks4" or "socks4a" or "socks5"
            ? proxy
            : throw new BuildFailedException(
                RegistryDiagnostics.BadVariable(name, "it must be an address such as http://proxy.example.com:3128"));
    }

    /// <summary>Name and password in a proxy's address, for that proxy alone.</summary>
    private sealed class ProxyLogin(Uri?[] proxies) : ICredentials
    {
        public NetworkCredential? GetCredential(Uri uri, string authType)
        {
            var info = Array.Find(proxies, proxy => proxy is not null && proxy.IdnHost == uri.IdnHost && proxy.Port == uri.Port)?.UserInfo
                ?? "";
            var colon = info.IndexOf(':', StringComparison.Ordinal);
            return info.Length == 0 ? null
                : colon < 0 ? new NetworkCredential(Uri.UnescapeDataString(info), "")
                : new NetworkCredential(Uri.UnescapeDataString(info[..colon]), Uri.UnescapeDataString(info[(colon + 1)..]));
        }
    }
}
