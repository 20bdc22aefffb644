using ContainerStages.Diagnostics;
using ContainerStages.Media.Registry;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Media.Registry;

/// <summary>Logins at a registry with a token server, and what is written of them.</summary>
[TestClass]
public sealed class RegistryLoginTests(TestContext context) : IDisposable
{
    private readonly TempFolder folder = new();

    private RegistryEnvironment Environment => TestClients.Environment(("DOCKER_CONFIG", folder.Combine("docker")));

    public void Dispose() => folder.Dispose();

    [TestMethod]
    public async Task A_login_at_a_token_server_asks_for_no_repository()
    {
        await using var tokens = new TokenServer();
        await using var registry = await RegistryServer.StartWithTokensAsync(tokens, context.CancellationToken);

        await new RegistryLogin(Environment).LoginAsync(
            registry.Host, RegistryServer.User, RegistryServer.Password, context.CancellationToken);

        Assert.AreEqual((RegistryServer.User, 0), (tokens.Requests.Single().User, tokens.Requests.Single().Scopes.Count));
        var kept =
            await new RegistryCredentials(Environment).FindAsync(registry.Host, "app", RegistryAccess.Push, context.CancellationToken);
        Assert.AreEqual(
            (RegistryServer.User, RegistryServer.Password, folder.Combine("docker", "config.json")),
            (kept!.User, kept.Secret, kept.Origin));
    }

    [TestMethod]
    public async Task A_login_that_the_token_server_refuses_is_not_kept_although_everybody_may_pull()
    {
        await using var tokens = new TokenServer();
        await using var registry = await RegistryServer.StartWithTokensAsync(tokens, context.CancellationToken);

        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(
            () => new RegistryLogin(Environment).LoginAsync(registry.Host, RegistryServer.User, "wr0ng-one", context.CancellationToken));

        Assert.AreEqual("CST5025", failure.Diagnostics[0].Code);
        Assert.DoesNotContain("wr0ng-one", failure.ToString());
        Assert.IsFalse(Directory.Exists(folder.Combine("docker")));
    }

    [TestMethod]
    public async Task A_file_behind_a_link_is_changed_and_the_link_stays()
    {
        await using var registry = await RegistryServer.StartWithPasswordAsync(context.CancellationToken);
        var real = folder.Write("elsewhere/real.json", "{}");
        Directory.CreateDirectory(folder.Combine("docker"));
        File.CreateSymbolicLink(folder.Combine("docker", "config.json"), real);

        await new RegistryLogin(Environment).LoginAsync(
            registry.Host, RegistryServer.User, RegistryServer.Password, context.CancellationToken);

        Assert.Contains(registry.Host, await File.ReadAllTextAsync(real, context.CancellationToken));
        Assert.AreEqual(real, new FileInfo(folder.Combine("docker", "config.json")).LinkTarget);
    }

    [TestMethod]
    [DataRow("{ \"auths\": ", "CST5013")]
    [DataRow("{\"auths\":{},\"auths\":{}}", "CST5013")]
    [DataRow(null, "CST5026", DisplayName = "The folder is a file")]
    public async Task A_file_that_cannot_be_changed_is_told_and_stays(string? text, string code)
    {
        await using var registry = await RegistryServer.StartWithPasswordAsync(context.CancellationToken);
        var file = folder.Write(text is null ? "docker" : "docker/config.json", text ?? "mine");

        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(
            () => new RegistryLogin(Environment).LoginAsync(
                registry.Host, RegistryServer.User, RegistryServer.Password, context.CancellationToken));

        Assert.AreEqual(code, failure.Diagnostics[0].Code, failure.Message);
        Assert.AreEqual(text ?? "mine", await File.ReadAllTextAsync(file, context.CancellationToken));
    }

    [TestMethod]
    [DataRow("", "docker.io")]
    [DataRow("https://index.docker.io/v1/", "docker.io")]
    [DataRow("docker.io", "docker.io")]
    [DataRow("localhost:5000", "localhost:5000")]
    [DataRow("https://GHCR.io/acme", "ghcr.io")]
    [DataRow("[::1]:5000", "[::1]:5000")]
    [DataRow("registry", null)]
    [DataRow("user@host.example", null)]
    public void A_registry_is_named_as_people_write_it(string text, string? host) => Assert.AreEqual(host, RegistryLogin.HostOf(text));
}
