using System.Text;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Media.Registry;
using ContainerStages.Oci;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Media.Registry;

[TestClass]
public sealed class AuthenticationTests(TestContext context)
{
    private static readonly Platform Amd64 = new() { Os = "linux", Architecture = "amd64" };

    [TestMethod]
    public async Task With_the_right_password_pushing_and_pulling_work()
    {
        await using var registry = await RegistryServer.StartWithPasswordAsync(context.CancellationToken);
        using var client = TestClients.CreateFor(registry.Host);
        var store = new TestContentStore();
        var image = await PublishAsync(client, store, $"{registry.Host}/app:1");

        var pulled = await new ImagePuller(client, new TestContentStore()).ResolveAsync(
            ImageReference.Parse($"{registry.Host}/app:1"), Amd64, context.CancellationToken);

        Assert.AreEqual(image.Digest, pulled.Descriptor.Digest);
    }

    [TestMethod]
    public async Task A_wrong_password_is_said_to_be_wrong_and_is_not_printed()
    {
        await using var registry = await RegistryServer.StartWithPasswordAsync(context.CancellationToken);
        using var client = TestClients.CreateFor(registry.Host, password: "wr0ng-one");

        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(
            () => PublishAsync(client, new TestContentStore(), $"{registry.Host}/app:1"));

        Assert.AreEqual("CST5003", failure.Diagnostics[0].Code);
        Assert.Contains(
            "refused the login for 'app', which is from the variables DOTNET_CONTAINER_REGISTRY_UNAME and DOTNET_CONTAINER_REGISTRY_PWORD.",
            failure.Message);
        Assert.Contains($"dotnet-stages login {registry.Host}", failure.Message);
        Assert.DoesNotContain("wr0ng-one", failure.ToString());
    }

    [TestMethod]
    public async Task Without_a_password_the_login_command_is_named()
    {
        await using var registry = await RegistryServer.StartWithPasswordAsync(context.CancellationToken);
        using var folder = new TempFolder();
        var file = folder.Write("config.json", """{"auths":{"other.example.com":{"auth":"YTpi"}}}""");
        using var client = TestClients.Create(RegistriesConfiguration.Empty, TestClients.Environment(("DOCKER_CONFIG", folder.Path)));

        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(
            () => client.GetManifestAsync(ImageReference.Parse($"{registry.Host}/app:1"), context.CancellationToken));

        Assert.AreEqual("CST5003", failure.Diagnostics[0].Code);
        Assert.Contains($"wants a login for 'app' (or has no such repository), and none stands in {file}.", failure.Message);
        Assert.Contains(
            $"'dotnet-stages login {registry.Host}' (or 'docker login {registry.Host}'), or set DOTNET_CONTAINER_PULL_REGISTRY_UNAME and",
            failure.Message);
    }

    [TestMethod]
    public async Task The_credentials_of_one_host_do_not_go_to_another()
    {
        await using var registry = await RegistryServer.StartWithPasswordAsync(context.CancellationToken);
        await using var proxy = new FaultyProxy(registry.Port);
        using var client = TestClients.CreateFor(registry.Host);

        await Assert.ThrowsExactlyAsync<BuildFailedException>(
            () => client.GetManifestAsync(ImageReference.Parse($"{proxy.Host}/app:1"), context.CancellationToken));

        Assert.IsFalse(proxy.Requests.Any(request => request.Headers.ContainsKey("Authorization")));
    }

    [TestMethod]
    public async Task A_redirect_to_another_host_is_followed_without_the_credentials()
    {
        await using var registry = await RegistryServer.StartWithPasswordAsync(context.CancellationToken);
        await using var open = await RegistryServer.StartAsync(context.CancellationToken);
        await using var storage = new FaultyProxy(open.Port);
        await using var front = new FaultyProxy(registry.Port, request => request.Method == "GET"
            && request.Path.Contains("/blobs/", StringComparison.Ordinal)
            && request.Headers.ContainsKey("Authorization")
            ? ProxyFault.Answer("307 Temporary Redirect", $"Location: http://{storage.Host}{request.Path}?signature=x")
            : null);
        using var client = TestClients.CreateFor(front.Host);
        var store = new TestContentStore();
        var image = await PublishAsync(client, store, $"{front.Host}/app:1");
        await PublishAsync(client, store, $"{open.Host}/app:1");
        var mine = new TestContentStore();

        var layer = image.Manifest.Layers[0];
        await new BlobFetcher(client, mine).FetchAsync(ImageReference.Parse($"{front.Host}/app:1"), layer, context.CancellationToken);

        Assert.IsTrue(mine.Contains(layer.Digest));
        var redirected = storage.Requests.Single();
        Assert.Contains("signature=x", redirected.Path);
        Assert.IsFalse(redirected.Headers.ContainsKey("Authorization"));
    }

    [TestMethod]
    [DataRow("Basic realm=\"x\"")]
    [DataRow("Bearer realm=\"http://{0}/token\",service=\"x\"")]
    public async Task A_server_behind_a_redirect_cannot_ask_for_the_credentials(string challenge)
    {
        await using var registry = await RegistryServer.StartWithPasswordAsync(context.CancellationToken);
        FaultyProxy? thief = null;
        await using var hostile = thief = new FaultyProxy(
            0, _ => ProxyFault.Answer("401 Unauthorized", "WWW-Authenticate: " + string.Format(null, challenge, thief!.Host)));
        await using var front = new FaultyProxy(registry.Port, request => request.Headers.ContainsKey("Authorization")
            && request.Path.Contains("/blobs/", StringComparison.Ordinal)
            ? ProxyFault.Answer("307 Temporary Redirect", $"Location: http://{hostile.Host}/x")
            : null);
        using var client = TestClients.CreateFor(front.Host);
        var blob = new Descriptor { MediaType = MediaTypes.OciLayer, Digest = Digest.Of("x"u8), Size = 1 };

        await Assert.ThrowsExactlyAsync<BuildFailedException>(
            () => client.OpenBlobAsync(ImageReference.Parse($"{front.Host}/app:1"), blob, context.CancellationToken));

        Assert.HasCount(1, hostile.Requests);
        Assert.IsFalse(hostile.Requests.Any(request => request.Headers.ContainsKey("Authorization")));
        Assert.IsFalse(front.Requests.Any(request => request.Path.StartsWith("/token", StringComparison.Ordinal)));
    }

    [TestMethod]
    public async Task A_token_is_fetched_once_for_a_scope_and_shown_only_to_the_registry()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        using var plain = TestClients.Create();
        var image = await PublishAsync(plain, new TestContentStore(), $"{registry.Host}/library/alpine:3");
        await using var tokens = new FaultyProxy(
            0, _ => ProxyFault.AnswerWithBody("200 OK", """{"access_token":"t0ken","expires_in":300}""", "Content-Type: application/json"));
        await using var front = TokenFront(registry, tokens);
        using var client = TestClients.Create();

        var name = ImageReference.Parse($"{front.Host}/library/alpine:3");
        var pulled = await new ImagePuller(client, new TestContentStore()).ResolveAsync(name, Amd64, context.CancellationToken);
        await new BlobFetcher(client, new TestContentStore()).FetchAsync(name, pulled.Manifest.Layers[0], context.CancellationToken);

        Assert.AreEqual(image.Digest, pulled.Descriptor.Digest);
        var asked = tokens.Requests.Single();
        Assert.AreEqual("/token?service=the.service&scope=repository%3Alibrary%2Falpine%3Apull", asked.Path);
        Assert.IsFalse(asked.Headers.ContainsKey("Authorization"), "anonymous");
        Assert.IsTrue(front.Requests.Skip(2).All(request => request.Headers["Authorization"] == "Bearer t0ken"));
    }

    [TestMethod]
    public async Task A_password_goes_to_the_token_server_and_a_token_to_the_registry()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        await using var tokens =
            new FaultyProxy(0, _ => ProxyFault.AnswerWithBody("200 OK", """{"token":"t0ken"}""", "Content-Type: application/json"));
        await using var front = TokenFront(registry, tokens);
        using var client = TestClients.CreateFor(front.Host);

        await PublishAsync(client, new TestContentStore(), $"{front.Host}/app:1");

        var basic = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{RegistryServer.User}:{RegistryServer.Password}"));
        Assert.IsTrue(tokens.Requests.All(request => request.Headers["Authorization"] == basic));
        Assert.Contains("scope=repository%3Aapp%3Apull%2Cpush", tokens.Requests[0].Path);
        Assert.IsFalse(front.Requests.Any(request => request.Headers.GetValueOrDefault("Authorization") == basic));
    }

    [TestMethod]
    [DataRow("http://token.example.com/token")]
    [DataRow("ftp://localhost/token")]
    [DataRow("nonsense")]
    public async Task An_unprotected_token_server_gets_nothing(string realm)
    {
        await using var front =
            new FaultyProxy(0, request => request.Path == "/v2/"
                ? ProxyFault.Answer("200 OK")
                : ProxyFault.Answer("401 Unauthorized", $"WWW-Authenticate: Bearer realm=\"{realm}\""));
        using var client = TestClients.CreateFor(front.Host);

        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(
            () => client.GetManifestAsync(ImageReference.Parse($"{front.Host}/app:1"), context.CancellationToken));

        Assert.AreEqual("CST5020", failure.Diagnostics[0].Code);
    }

    [TestMethod]
    public async Task A_loopback_registry_may_speak_TLS()
    {
        await using var registry = await RegistryServer.StartWithTlsAsync(context.CancellationToken);
        using var client = TestClients.Create();
        var image = await PublishAsync(client, new TestContentStore(), $"localhost:{registry.Port}/app:1");
        Assert.AreEqual(
            image.Digest,
            await client.FindDigestAsync(ImageReference.Parse($"localhost:{registry.Port}/app:1"), context.CancellationToken));
    }

    private static FaultyProxy TokenFront(RegistryServer registry, FaultyProxy tokens) => new(
        registry.Port,
        request => request.Headers.GetValueOrDefault("Authorization") == "Bearer t0ken" ? null
            : ProxyFault.Answer(
                "401 Unauthorized",
                $"WWW-Authenticate: Bearer realm=\"http://{tokens.Host}/token\",service=\"the.service\",scope=\"repository:x:pull\""));

    private async Task<Image> PublishAsync(RegistryClient client, TestContentStore store, string name)
    {
        var image = TestImages.Create(store, "amd64", "content");
        await new RegistryPublisher(
            client,
            ImageReference.Parse(name),
            [],
            store,
            new BlobFetcher(client, store),
            NoBuildEvents.Instance,
            "push").PublishAsync(image, context.CancellationToken);
        return image;
    }
}
