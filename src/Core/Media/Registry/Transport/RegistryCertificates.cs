using System.Collections.Concurrent;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Media.Registry;

/// <summary>
/// Certificates that are for one host: <c>certs.d/HOST[:PORT]</c> with <c>*.crt</c> (authorities), and <c>*.cert</c> with its <c>*.key</c>
/// (what the host is shown). Source: containers-certs.d(5); Docker, Verify repository client with certificates.
/// </summary>
internal sealed class RegistryCertificates(RegistryEnvironment environment) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<HostCertificates>> known = new(StringComparer.Ordinal);

    /// <summary>The folder of a host in the first place that has one, or null.</summary>
    /// <param name="addresses">Names of the host with port, as people may have written them.</param>
    public string? FolderFor(IEnumerable<string> addresses) =>
        (from place in Places()
         from address in addresses
         let folder = Path.Combine(place, address)
         where Directory.Exists(folder)
         select folder).FirstOrDefault();

    /// <summary>Makes a connection trust the folder's authorities beside the machine's, and show its certificate.</summary>
    /// <exception cref="BuildFailedException">A file cannot be used.</exception>
    public void Apply(string folder, SslClientAuthenticationOptions options)
    {
        var certificates = known.GetOrAdd(folder, _ => new(() => HostCertificates.Read(folder))).Value;
        options.ClientCertificateContext = certificates.Client;
        // Not verified at all ("insecure") needs no authorities.
        options.RemoteCertificateValidationCallback ??= (_, certificate, chain, errors) => certificates.IsTrusted(
            certificate,
            chain,
            errors);
    }

    public void Dispose()
    {
        foreach (var loaded in known.Values.Where(loaded => loaded.IsValueCreated))
        {
            loaded.Value.Dispose();
        }
    }

    private IEnumerable<string> Places() => new[]
    {
        environment.UnderHome(".config/containers/certs.d"),
        Path.Combine(environment.SystemDirectory, "certs.d"),
        Path.Combine(environment.DockerDirectory, "certs.d"),
    }.OfType<string>();

    private sealed class HostCertificates(X509Certificate2Collection authorities, SslStreamCertificateContext? client) : IDisposable
    {
        public SslStreamCertificateContext? Client => client;

        public static HostCertificates Read(string folder)
        {
            var authorities = new X509Certificate2Collection();
            foreach (var file in Directory.EnumerateFiles(folder, "*.crt").Order(StringComparer.Ordinal))
            {
                Guard(file, () => ImportSome(authorities, file));
            }

            var own = Directory.EnumerateFiles(folder, "*.cert").Order(StringComparer.Ordinal).FirstOrDefault();
            return new HostCertificates(authorities, own is null ? null : ReadClient(own));
        }

        /// <summary>The name must fit whoever signed; only the authority may be one of the folder's.</summary>
        public bool IsTrusted(X509Certificate? certificate, X509Chain? presented, SslPolicyErrors errors)
        {
            if (errors != SslPolicyErrors.RemoteCertificateChainErrors
                || certificate is not X509Certificate2 leaf
                || authorities.Count == 0)
            {
                return errors == SslPolicyErrors.None;
            }

            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1", "server authentication"));
            foreach (var element in presented?.ChainPolicy.ExtraStore ?? [])
            {
                chain.ChainPolicy.ExtraStore.Add(element);
            }

            return chain.Build(leaf);
        }

        public void Dispose()
        {
            foreach (var authority in authorities)
            {
                authority.Dispose();
            }

            client?.TargetCertificate.Dispose();
        }

        private static SslStreamCertificateContext ReadClient(string file)
        {
            var key = Path.ChangeExtension(file, ".key");
            var all = new X509Certificate2Collection();
            X509Certificate2? certificate = null;
            Guard(file, () =>
            {
                certificate = X509Certificate2.CreateFromPemFile(file, key);
                ImportSome(all, file);
            });
            return SslStreamCertificateContext.Create(certificate!, all, offline: true);
        }

        private static void ImportSome(X509Certificate2Collection certificates, string file)
        {
            var before = certificates.Count;
            certificates.ImportFromPemFile(file);
            if (certificates.Count == before)
            {
                throw new CryptographicException("It holds no certificate.");
            }
        }

        private static void Guard(string file, Action read)
        {
            try
            {
                read();
            }
            catch (Exception e) when (e is CryptographicException or ArgumentException)
            {
                throw new BuildFailedException(
                    RegistryDiagnostics.CertificateUnusable(
                        new SourceLocation(file),
                        "it is not PEM, or certificate and key do not belong together"),
                    e);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new BuildFailedException(RegistryDiagnostics.CertificateUnusable(new SourceLocation(file), e.Message), e);
            }
        }
    }
}
