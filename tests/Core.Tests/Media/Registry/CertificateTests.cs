using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Media.Registry;
using ContainerStages.Oci;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Media.Registry;

/// <summary>The real registry with TLS under a name that only a proxy knows.</summary>
[TestClass]
public sealed class CertificateTests(TestContext context)
{
    [TestMethod]
    public async Task A_certificate_that_nobody_signed_is_refused_unless_the_registry_is_insecure()
    {
        using var home = new TempFolder();
        await using var registry = await RegistryServer.StartWithTlsAsync(context.CancellationToken);
        await using var proxy = new ForwardProxy(registry.Port);
        using var strict = Behind(proxy, home);
        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(
            () => strict.GetManifestAsync(ImageReference.Parse("registry.test/app:1"), context.CancellationToken));
        Assert.AreEqual("CST5010", failure.Diagnostics[0].Code);

        using var lax = Behind(proxy, home, "[[registry]]\nlocation = \"registry.test\"\ninsecure = true\n");
        var image = await PublishAsync(lax);
        await PullAsync(lax, image);
    }

    [TestMethod]
    public async Task A_variable_can_make_a_registry_insecure()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        await using var proxy = new ForwardProxy(registry.Port);
        var environment = TestClients.Environment(
            ("https_proxy", $"localhost:{proxy.Port}"),
            ("http_proxy", $"localhost:{proxy.Port}"),
            ("DOTNET_CONTAINER_INSECURE_REGISTRIES", "other.test,registry.test"));
        using var client = RegistryClientFactory.Create(environment, [], [], []);

        var image = await PublishAsync(client);
        await PullAsync(client, image);

        Assert.IsTrue(
            proxy.Requests.Any(request => request.Path.StartsWith("http://registry.test/v2/app/", StringComparison.Ordinal)),
            "plain HTTP, after TLS did not work");
    }

    [TestMethod]
    [DataRow(".config/containers/certs.d/registry.test")]
    [DataRow("etc/containers/certs.d/registry.test")]
    [DataRow("etc/docker/certs.d/registry.test")]
    public async Task A_private_authority_is_trusted_where_certs_d_says_so(string folder)
    {
        using var home = new TempFolder();
        using var authority = new PrivateAuthority();
        await using var registry =
            await RegistryServer.StartWithTlsAsync(authority, "registry.test", wantsClientCertificate: false, context.CancellationToken);
        await using var proxy = new ForwardProxy(registry.Port);
        home.Write($"{folder}/ca.crt", authority.CertificatePem);
        using var client = Behind(proxy, home);

        var image = await PublishAsync(client);
        await PullAsync(client, image);

        Assert.IsTrue(proxy.Requests.All(request => request.ToString() == "CONNECT registry.test:443"));
    }

    [TestMethod]
    public async Task A_private_authority_is_trusted_for_its_own_host_alone()
    {
        using var home = new TempFolder();
        using var authority = new PrivateAuthority();
        await using var registry =
            await RegistryServer.StartWithTlsAsync(authority, "registry.test", wantsClientCertificate: false, context.CancellationToken);
        await using var proxy = new ForwardProxy(registry.Port);
        home.Write(".config/containers/certs.d/registry.test/ca.crt", authority.CertificatePem);
        home.Write(".config/containers/certs.d/wrong.test/ca.crt", authority.CertificatePem);
        using var client = Behind(proxy, home);

        // Another host has no authority; another port neither; and a name that the certificate is not for is not accepted.
        foreach (var host in new[] { "other.test", "registry.test:444", "wrong.test" })
        {
            var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(
                () => client.GetManifestAsync(ImageReference.Parse($"{host}/app:1"), context.CancellationToken));
            Assert.AreEqual("CST5010", failure.Diagnostics[0].Code, host);
        }
    }

    [TestMethod]
    public async Task A_client_certificate_is_shown_to_the_host_that_it_is_for()
    {
        using var home = new TempFolder();
        using var authority = new PrivateAuthority();
        await using var registry =
            await RegistryServer.StartWithTlsAsync(authority, "registry.test", wantsClientCertificate: true, context.CancellationToken);
        await using var proxy = new ForwardProxy(registry.Port);
        home.Write(".config/containers/certs.d/registry.test/ca.crt", authority.CertificatePem);
        using (var without = Behind(proxy, home))
        {
            var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(
                () => without.GetManifestAsync(ImageReference.Parse("registry.test/app:1"), context.CancellationToken));
            Assert.IsTrue(failure.Diagnostics[0].Code is "CST5001" or "CST5010", failure.Message);
        }

        var (certificate, key) = authority.Issue("builder");
        home.Write(".config/containers/certs.d/registry.test/client.cert", certificate);
        home.Write(".config/containers/certs.d/registry.test/client.key", key);
        using var client = Behind(proxy, home);
        var image = await PublishAsync(client);
        await PullAsync(client, image);
    }

    [TestMethod]
    [DataRow("ca.crt", "nonsense")]
    [DataRow("client.cert", "nonsense")]
    public async Task A_certificate_that_cannot_be_used_is_named(string file, string content)
    {
        using var home = new TempFolder();
        await using var proxy = new ForwardProxy(1);
        home.Write($".config/containers/certs.d/registry.test/{file}", content);
        home.Write(".config/containers/certs.d/registry.test/client.key", content);
        using var client = Behind(proxy, home);

        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(
            () => client.GetManifestAsync(ImageReference.Parse("registry.test/app:1"), context.CancellationToken));

        Assert.AreEqual("CST5023", failure.Diagnostics[0].Code);
        Assert.EndsWith(file, failure.Diagnostics[0].Location!.Value.File);
    }

    private static RegistryClient Behind(ForwardProxy proxy, TempFolder home, string configuration = "") => TestClients.Create(
        TestClients.Configuration(configuration),
        TestClients.Environment(("HOME", home.Path), ("HTTPS_PROXY", $"localhost:{proxy.Port}")) with
        {
            SystemDirectory = home.Combine("etc/containers"),
            DockerDirectory = home.Combine("etc/docker"),
        });

    private async Task<Image> PublishAsync(RegistryClient client)
    {
        var store = new TestContentStore();
        var image = TestImages.Create(store, "amd64", "content");
        await new RegistryPublisher(
            client,
            ImageReference.Parse("registry.test/app:1"),
            [],
            store,
            new BlobFetcher(client, store),
            NoBuildEvents.Instance,
            "push").PublishAsync(image, context.CancellationToken);
        return image;
    }

    private async Task PullAsync(RegistryClient client, Image expected)
    {
        var store = new TestContentStore();
        var name = ImageReference.Parse("registry.test/app:1");
        var pulled = await new ImagePuller(client, store).ResolveAsync(name, expected.Config.Platform, context.CancellationToken);
        await new BlobFetcher(client, store).FetchAsync(name, pulled.Manifest.Layers[0], context.CancellationToken);
        Assert.AreEqual(expected.Digest, pulled.Descriptor.Digest);
    }
}
