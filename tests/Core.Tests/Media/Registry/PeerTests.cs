using System.Globalization;
using System.Net;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Media.Registry;
using ContainerStages.Oci;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Media.Registry;

/// <summary>
/// The real registry in the settings in which companies run it: tokens, a private authority, client certificates, behind a proxy.
/// </summary>
[TestClass]
public sealed class PeerTests(TestContext context)
{
    /// <summary>The same in every run, and some 300 kB when compressed.</summary>
    private static readonly string Content = Hex(600_000);

    private static readonly Platform Amd64 = new() { Os = "linux", Architecture = "amd64" };

    [TestMethod]
    public async Task A_registry_that_verifies_tokens_is_pushed_to_with_a_login_and_pulled_from_without()
    {
        await using var tokens = new TokenServer();
        await using var registry = await RegistryServer.StartWithTokensAsync(tokens, context.CancellationToken);
        using var client = TestClients.CreateFor(registry.Host);
        using var nobody = TestClients.Create();

        var image = await PublishAsync(client, $"{registry.Host}/app:1");
        await PullAsync(nobody, $"{registry.Host}/app:1", image);

        CollectionAssert.AreEqual(
            new[] { RegistryServer.User, null }, tokens.Requests.Select(request => request.User).Distinct().ToArray());
        Assert.IsTrue(tokens.Requests.All(request => request.Service == TokenServer.Service));
    }

    [TestMethod]
    public async Task Who_may_not_push_to_a_registry_with_tokens_is_told_to_log_in()
    {
        await using var tokens = new TokenServer();
        await using var registry = await RegistryServer.StartWithTokensAsync(tokens, context.CancellationToken);
        using var nobody = TestClients.Create();

        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(() => PublishAsync(nobody, $"{registry.Host}/app:1"));

        Assert.AreEqual("CST5003", failure.Diagnostics[0].Code);
        Assert.Contains($"dotnet-stages login {registry.Host}", failure.Message);
    }

    [TestMethod]
    public async Task An_identity_token_is_exchanged_for_a_token()
    {
        await using var tokens = new TokenServer();
        await using var registry = await RegistryServer.StartWithTokensAsync(tokens, context.CancellationToken);
        var environment = TestClients.Environment(
            ("DOTNET_CONTAINER_REGISTRY_UNAME", "<token>"), ("DOTNET_CONTAINER_REGISTRY_PWORD", TokenServer.IdentityToken));
        using var client = TestClients.Create(RegistriesConfiguration.Empty, environment, registry.Host);

        await PublishAsync(client, $"{registry.Host}/app:1");

        Assert.IsTrue(tokens.Requests.All(request => request is { Method: "POST", User: RegistryServer.User }));
    }

    [TestMethod]
    public async Task A_login_that_is_no_longer_good_is_no_obstacle_to_what_everybody_may_pull()
    {
        await using var tokens = new TokenServer();
        await using var registry = await RegistryServer.StartWithTokensAsync(tokens, context.CancellationToken);
        using var good = TestClients.CreateFor(registry.Host);
        using var stale = TestClients.CreateFor(registry.Host, password: "0ld-one");
        var image = await PublishAsync(good, $"{registry.Host}/app:1");

        await PullAsync(stale, $"{registry.Host}/app:1", image);

        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(() => PublishAsync(stale, $"{registry.Host}/app:2"));
        Assert.AreEqual("CST5003", failure.Diagnostics[0].Code);
        Assert.DoesNotContain("0ld-one", failure.ToString());
    }

    [TestMethod]
    [DataRow("PATCH")]
    [DataRow("PUT")]
    [DataRow("POST")]
    public async Task A_token_that_expires_in_the_middle_of_a_push_is_replaced(string method)
    {
        await using var tokens = new TokenServer();
        await using var registry = await RegistryServer.StartWithTokensAsync(tokens, context.CancellationToken);
        string? expired = null;
        await using var front = new FaultyProxy(registry.Port, request =>
        {
            var shown = request.Headers.GetValueOrDefault("Authorization");
            expired ??= request.Method == method ? shown : null;
            return shown is not null && shown == expired
                ? ProxyFault.Answer(
                    "401 Unauthorized",
                    $"WWW-Authenticate: Bearer realm=\"{tokens.Realm}\",service=\"{TokenServer.Service}" +
                    $"\",scope=\"repository:app:pull,push\",error=\"invalid_token\"")
                : null;
        });
        var environment = TestClients.Login(variables: ("DOTNET_CONTAINER_REGISTRY_CHUNKED_UPLOAD_SIZE_BYTES", "100000"));
        using var client = TestClients.Create(RegistriesConfiguration.Empty, environment, front.Host);

        var image = await PublishAsync(client, $"{front.Host}/app:1");

        Assert.IsNotNull(expired);
        using var nobody = TestClients.Create();
        await PullAsync(nobody, $"{registry.Host}/app:1", image);
    }

    [TestMethod]
    public async Task A_token_that_expires_in_the_middle_of_a_pull_is_replaced()
    {
        await using var tokens = new TokenServer();
        await using var registry = await RegistryServer.StartWithTokensAsync(tokens, context.CancellationToken);
        using var pusher = TestClients.CreateFor(registry.Host);
        var image = await PublishAsync(pusher, $"{registry.Host}/app:1");
        string? expired = null;
        await using var front = new FaultyProxy(registry.Port, request =>
        {
            var shown = request.Headers.GetValueOrDefault("Authorization");
            if (shown is not null && shown == expired)
            {
                return ProxyFault.Answer(
                    "401 Unauthorized", $"WWW-Authenticate: Bearer realm=\"{tokens.Realm}\",service=\"{TokenServer.Service}\"");
            }

            var isFirstOfLayer = expired is null && request.Path.Contains(image.Manifest.Layers[0].Digest.Hex, StringComparison.Ordinal);
            expired ??= isFirstOfLayer ? shown : null;
            return isFirstOfLayer && shown is not null ? ProxyFault.Cut(100_000) : null;
        });
        using var nobody = TestClients.Create();

        await PullAsync(nobody, $"{front.Host}/app:1", image);

        Assert.IsGreaterThanOrEqualTo(2, tokens.Requests.Count(request => request.User is null));
    }

    [TestMethod]
    public async Task Pushing_an_unchanged_image_takes_four_requests_at_most_also_with_tokens()
    {
        await using var tokens = new TokenServer();
        await using var registry = await RegistryServer.StartWithTokensAsync(tokens, context.CancellationToken);
        await using var front = new FaultyProxy(registry.Port);
        using (var first = TestClients.CreateFor(front.Host))
        {
            await PublishAsync(first, $"{front.Host}/app:1");
        }

        var (before, tokensBefore) = (front.Requests.Count, tokens.Requests.Count);
        using var again = TestClients.CreateFor(front.Host);
        await PublishAsync(again, $"{front.Host}/app:1");

        var sent = front.Requests.Skip(before).Select(request => request.ToString()).ToArray();
        CollectionAssert.AreEqual(new[] { "GET /v2/", "HEAD /v2/app/manifests/1", "HEAD /v2/app/manifests/1" }, sent);
        Assert.AreEqual(1, tokens.Requests.Count - tokensBefore);
    }

    [TestMethod]
    public async Task A_new_tag_for_what_another_tag_has_costs_no_look_at_the_blobs()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        await using var front = new FaultyProxy(registry.Port);
        using var client = TestClients.Create();
        await PublishAsync(client, $"{front.Host}/app:1");
        var before = front.Requests.Count;

        await PublishAsync(client, $"{front.Host}/app:1", "2");

        var sent = front.Requests.Skip(before).Select(request => request.ToString()).ToArray();
        CollectionAssert.AreEqual(new[] { "HEAD /v2/app/manifests/1", "HEAD /v2/app/manifests/2", "PUT /v2/app/manifests/2" }, sent);
    }

    [TestMethod]
    public async Task A_proxy_that_wants_a_login_gets_that_of_its_address_and_the_registry_does_not()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        await using var front = new FaultyProxy(registry.Port);
        await using var proxy = new ForwardProxy(front.Port, "ann:pr0xy");
        using var client = TestClients.Create(
            TestClients.Configuration("[[registry]]\nlocation = \"registry.test\"\ninsecure = true\n"),
            TestClients.Environment(("http_proxy", $"http://ann:pr0xy@localhost:{proxy.Port}")));

        // Insecure and without TLS: the proxy is asked for http://registry.test/.
        await Assert.ThrowsExactlyAsync<BuildFailedException>(
            () => client.GetManifestAsync(ImageReference.Parse("registry.test/app:1"), context.CancellationToken));

        Assert.IsTrue(front.Requests.Any(request => request.Path.EndsWith("/manifests/1", StringComparison.Ordinal)));
        Assert.IsFalse(front.Requests.Any(
            request => request.Headers.Keys.Any(name => name.Contains("Authorization", StringComparison.OrdinalIgnoreCase))));
    }

    [TestMethod]
    public async Task A_registry_at_an_IPv6_address_works()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        await using var front = new FaultyProxy(registry.Port, address: IPAddress.IPv6Loopback);
        using var client = TestClients.Create();
        var name = string.Create(CultureInfo.InvariantCulture, $"[::1]:{front.Port}/app:1");

        var image = await PublishAsync(client, name);
        await PullAsync(client, name, image);
    }

    private static string Hex(int length)
    {
        var bytes = new byte[length / 2];
        new Random(1).NextBytes(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    private async Task<Image> PublishAsync(RegistryClient client, string name, params string[] tags)
    {
        var store = new TestContentStore();
        var image = TestImages.Create(store, "amd64", Content);
        await new RegistryPublisher(
            client,
            ImageReference.Parse(name),
            tags,
            store,
            new BlobFetcher(client, store),
            NoBuildEvents.Instance,
            "push").PublishAsync(image, context.CancellationToken);
        return image;
    }

    private async Task PullAsync(RegistryClient client, string name, Image expected)
    {
        var store = new TestContentStore();
        var pulled = await new ImagePuller(client, store).ResolveAsync(ImageReference.Parse(name), Amd64, context.CancellationToken);
        Assert.AreEqual(expected.Digest, pulled.Descriptor.Digest);
        foreach (var layer in pulled.Manifest.Layers)
        {
            await new BlobFetcher(client, store).FetchAsync(pulled.Reference, layer, context.CancellationToken);
        }
    }
}
