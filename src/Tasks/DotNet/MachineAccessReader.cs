using System.Collections;
using System.Text.RegularExpressions;
using ContainerStages.Contracts;
using ContainerStages.Tasks.Engine;

namespace ContainerStages.Tasks.DotNet;

/// <summary>Certificates and credentials of this machine that a builder needs for what it downloads.</summary>
internal sealed partial class MachineAccessReader(EngineSecrets secrets)
{
    /// <summary>Where images of Debian, Ubuntu and Alpine look for the certificates they trust.</summary>
    private const string Bundle = "/etc/ssl/certs/ca-certificates.crt";

    private static readonly string[] Bundles = [Bundle, "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"];

    // Source: Azure Artifacts credential provider, environment variables.
    private static readonly string[] FeedVariables =
    [
        "VSS_NUGET_EXTERNAL_FEED_ENDPOINTS", "VSS_NUGET_URI_PREFIXES", "VSS_NUGET_ACCESSTOKEN",
        "ARTIFACTS_CREDENTIALPROVIDER_EXTERNAL_FEED_ENDPOINTS", "ARTIFACTS_CREDENTIALPROVIDER_FEED_ENDPOINTS",
    ];

    // Source: go.dev/ref/mod, Environment variables.
    private static readonly string[] GoVariables = ["GOPROXY", "GOPRIVATE", "GONOPROXY", "GONOSUMDB", "GOSUMDB", "GOINSECURE", "GOAUTH"];

    public static IEnumerable<MachineFile> Certificates()
    {
        string?[] candidates = [Environment.GetEnvironmentVariable("SSL_CERT_FILE"), .. Bundles];
        return candidates.FirstOrDefault(File.Exists) is { } bundle ? [new MachineFile(Path.GetFullPath(bundle), Bundle)] : [];
    }

    /// <summary>Programs that get credentials for NuGet.</summary>
    public static IEnumerable<MachineFile> NuGetPlugins() =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "plugins") is var folder
            && Directory.Exists(folder)
            ? [new MachineFile(folder, "/root/.nuget/plugins")]
            : [];

    public IEnumerable<MachineSecret> NuGet(NuGetSettings settings)
    {
        if (settings.Credentials is { } credentials)
        {
            yield return secrets.AsFile("/root/.nuget/NuGet/NuGet.Config", credentials);
        }

        foreach (var value in settings.Secrets.Distinct(StringComparer.Ordinal))
        {
            yield return secrets.AsMask(value);
        }

        foreach (var (name, value) in Variables(name => IsFeedVariable(name) || settings.Variables.Contains(name)))
        {
            yield return secrets.AsVariable(name, value, masked: !IsFeedVariable(name));
            foreach (var password in Passwords(value).Distinct(StringComparer.Ordinal))
            {
                yield return secrets.AsMask(password);
            }
        }
    }

    /// <summary>Module proxies that are folders. Commands see them where this machine has them, for GOPROXY says so.</summary>
    public static IEnumerable<MachineFile> GoProxies() => GoProxies(Environment.GetEnvironmentVariable("GOPROXY") ?? "");

    internal static IEnumerable<MachineFile> GoProxies(string variable) =>
        variable.Split(',', '|')
            .Select(text => Uri.TryCreate(text, UriKind.Absolute, out var address) && address is { IsFile: true, Host.Length: 0 }
                ? Path.GetFullPath(address.LocalPath)
                : "/")
            .Where(folder => folder != "/" && Directory.Exists(folder))
            .Distinct(StringComparer.Ordinal)
            .Select(folder => new MachineFile(folder, folder));

    public IEnumerable<MachineSecret> Go()
    {
        foreach (var (name, value) in Variables(name => GoVariables.Contains(name, StringComparer.Ordinal)))
        {
            yield return secrets.AsVariable(name, value, masked: false);
            foreach (var address in value.Split(',', '|')
                .Select(text => Uri.TryCreate(text, UriKind.Absolute, out var uri) ? uri : null)
                .Where(uri => uri is { UserInfo.Length: > 0 }))
            {
                yield return secrets.AsMask(address!.UserInfo.Split(':')[^1]);
            }
        }

        var netrc = Environment.GetEnvironmentVariable("NETRC") is { Length: > 0 } named
            ? named
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".netrc");
        if (File.Exists(netrc))
        {
            var text = File.ReadAllText(netrc);
            yield return secrets.AsFile("/root/.netrc", text);
            foreach (Match password in NetrcPassword().Matches(text))
            {
                yield return secrets.AsMask(password.Groups["value"].Value);
            }
        }
    }

    /// <summary>Global properties whose names say that they are secret.</summary>
    public IEnumerable<MachineSecret> Properties(IEnumerable<KeyValuePair<string, string>> properties) =>
        properties.Select(property => secrets.AsVariable(property.Key, property.Value, masked: true));

    private static bool IsFeedVariable(string name) =>
        name.StartsWith("NuGetPackageSourceCredentials_", StringComparison.OrdinalIgnoreCase)
            || FeedVariables.Contains(name, StringComparer.Ordinal);

    private static IEnumerable<(string Name, string Value)> Variables(Func<string, bool> isWanted) =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(entry => (Name: (string)entry.Key, Value: (string?)entry.Value ?? ""))
            .Where(variable => isWanted(variable.Name) && variable.Value.Length > 0)
            .OrderBy(variable => variable.Name, StringComparer.Ordinal);

    private static IEnumerable<string> Passwords(string value) =>
        Password().Matches(value).Select(match => match.Groups["value"].Value).DefaultIfEmpty(value);

    // "Username=u;Password=p;..." of NuGet, and {"password":"p"} of Azure Artifacts.
    [GeneratedRegex(
        @"(?:\bpassword=(?<value>[^;]+)|""(?:password|clientSecret)""\s*:\s*""(?<value>[^""]+)"")",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Password();

    [GeneratedRegex(@"\bpassword\s+(?<value>\S+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NetrcPassword();
}
