using System.Text;
using ContainerStages.Diagnostics;
using ContainerStages.Media.Registry;

namespace ContainerStages.Core.Tests.Media.Registry;

[TestClass]
public sealed class RegistryCredentialsTests : IDisposable
{
    private readonly TestContext context;
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("credentials-");

    public RegistryCredentialsTests(TestContext context) => this.context = context;

    public void Dispose() => folder.Delete(recursive: true);

    [TestMethod]
    [DataRow("localhost:5000", "localhost:5000", "ann:s3cret:x")]
    [DataRow("https://localhost:5000", "localhost:5000", "ann:s3cret:x")]
    [DataRow("https://index.docker.io/v1/", "docker.io", "ann:s3cret:x")]
    [DataRow("docker.io", "docker.io", "ann:s3cret:x")]
    [DataRow("example.com/team", "example.com", "ann:s3cret:x")]
    [DataRow("example.com/team/other", "example.com", null)]
    [DataRow("example.com", "sub.example.com", null)]
    [DataRow("example.com:5000", "example.com", null)]
    [DataRow("https://example.com/team", "example.com", null)]
    public async Task An_entry_is_for_its_own_host_or_repositories(string key, string host, string? expected)
    {
        WriteConfig($$"""{"auths":{"{{key}}":{"auth":"{{Base64("ann:s3cret:x")}}"} } }""");
        Assert.AreEqual(expected, Show(await FindAsync(Environment(), host, "team/app")));
    }

    [TestMethod]
    [DataRow("""{"username":"ann","password":"pw"}""", "ann:pw")]
    [DataRow("""{"identitytoken":"refresh","auth":"MDAwOg=="}""", "identity refresh")]
    [DataRow("""{"registrytoken":"bearer"}""", "bearer bearer")]
    [DataRow("{}", null)]
    [DataRow("""{"auth":"%%%"}""", null)]
    [DataRow("""{"auth":"bm9jb2xvbg=="}""", null)]
    public async Task All_forms_of_an_entry_are_read(string entry, string? expected)
    {
        WriteConfig($$"""{"auths":{"example.com":{{entry}} } }""");
        Assert.AreEqual(expected, Show(await FindAsync(Environment(), "example.com", "app")));
    }

    [TestMethod]
    public async Task The_entry_of_the_repository_comes_before_that_of_its_host()
    {
        WriteConfig($$"""{"auths":{"quay.io":{"auth":"{{Base64("host:1")}}"},"quay.io/team":{"auth":"{{Base64("team:1")}}"} } }""");
        Assert.AreEqual("team:1", Show(await FindAsync(Environment(), "quay.io", "team/app")));
        Assert.AreEqual("host:1", Show(await FindAsync(Environment(), "quay.io", "other/app")));
    }

    [TestMethod]
    public async Task The_files_of_Podman_are_read_too()
    {
        var run = Directory.CreateDirectory(Path.Combine(folder.FullName, "run/containers"));
        await File.WriteAllTextAsync(
            Path.Combine(run.FullName, "auth.json"),
            $$"""{"auths":{"quay.io":{"auth":"{{Base64("pod:man")}}"} } }""",
            context.CancellationToken);
        Assert.AreEqual(
            "pod:man", Show(await FindAsync(Environment(("XDG_RUNTIME_DIR", Path.Combine(folder.FullName, "run"))), "quay.io", "app")));
    }

    [TestMethod]
    public async Task Without_a_session_folder_the_one_of_the_machine_is_read()
    {
        var run = Directory.CreateDirectory(Path.Combine(folder.FullName, "run"));
        await File.WriteAllTextAsync(
            Path.Combine(run.FullName, "auth.json"),
            $$"""{"auths":{"quay.io":{"auth":"{{Base64("pod:man")}}"} } }""",
            context.CancellationToken);
        Assert.AreEqual("pod:man", Show(await FindAsync(Environment() with { RuntimeDirectory = run.FullName }, "quay.io", "app")));
    }

    [TestMethod]
    public async Task A_named_file_and_a_variable_with_the_text_come_first()
    {
        WriteConfig($$"""{"auths":{"quay.io":{"auth":"{{Base64("docker:1")}}"} } }""");
        var named = Path.Combine(folder.FullName, "named.json");
        await File.WriteAllTextAsync(named, $$"""{"auths":{"quay.io":{"auth":"{{Base64("named:1")}}"} } }""", context.CancellationToken);
        Assert.AreEqual("docker:1", Show(await FindAsync(Environment(), "quay.io", "app")));
        Assert.AreEqual("named:1", Show(await FindAsync(Environment(("REGISTRY_AUTH_FILE", named)), "quay.io", "app")));
        Assert.AreEqual(
            "ci:1",
            Show(
                await FindAsync(Environment(
                    ("REGISTRY_AUTH_FILE", named),
                    ("DOCKER_AUTH_CONFIG", $$"""{"auths":{"quay.io":{"auth":"{{Base64("ci:1")}}"} } }""")), "quay.io", "app")));
    }

    [TestMethod]
    public async Task A_variable_that_is_no_JSON_is_named_and_not_printed()
    {
        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(
            () => FindAsync(Environment(("DOCKER_AUTH_CONFIG", "{ secret-text")), "quay.io", "app"));
        Assert.AreEqual("CST5013", failure.Diagnostics[0].Code);
        Assert.DoesNotContain("secret-text", failure.ToString());
    }

    [TestMethod]
    public async Task A_credential_helper_is_asked_for_its_host()
    {
        WriteHelper("good", """read server; printf '{"ServerURL":"%s","Username":"%s","Secret":"from-helper"}' "$server" "$server" """);
        WriteConfig("""{"credHelpers":{"example.com":"good"}}""");
        Assert.AreEqual("example.com:from-helper", Show(await FindAsync(Environment(), "example.com", "app")));
        Assert.IsNull(await FindAsync(Environment(), "other.com", "app"));
    }

    [TestMethod]
    public async Task The_store_is_asked_for_Docker_Hub_under_its_old_address_and_may_give_an_identity_token()
    {
        WriteHelper(
            "store",
            """read server; test "$server" = https://index.docker.io/v1/ && printf '{"Username":"<token>","Secret":"refresh"}' """);
        WriteConfig("""{"credsStore":"store"}""");
        Assert.AreEqual("identity refresh", Show(await FindAsync(Environment(), "docker.io", "library/alpine")));
    }

    [TestMethod]
    public async Task A_helper_that_knows_nothing_leaves_the_search_going()
    {
        WriteHelper("none", "echo 'credentials not found in native keychain'; exit 1");
        WriteConfig($$"""{"credsStore":"none","auths":{"example.com":{"auth":"{{Base64("a:b")}}"} } }""");
        Assert.AreEqual("a:b", Show(await FindAsync(Environment(), "example.com", "app")));
        Assert.IsNull(await FindAsync(Environment(), "other.com", "app"));
    }

    [TestMethod]
    [DataRow("missing", "")]
    [DataRow("../bad", "")]
    [DataRow("odd", "echo secret-text")]
    [DataRow("half", """echo '{"Username":"ann","Secret":"secret-text"'; exit 1""")]
    [DataRow("noisy", """echo 'got {"Secret": "secret-text"}' >&2; exit 1""")]
    public async Task A_helper_that_fails_is_named_and_what_may_be_a_secret_is_not_printed(string name, string script)
    {
        if (script.Length > 0)
        {
            WriteHelper(name, script);
        }

        WriteConfig($$"""{"credHelpers":{"example.com":"{{name}}"} }""");
        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(() => FindAsync(Environment(), "example.com", "app"));
        Assert.AreEqual("CST5019", failure.Diagnostics[0].Code);
        Assert.Contains($"docker-credential-{name}", failure.Message);
        Assert.DoesNotContain("secret-text", failure.ToString());
    }

    [TestMethod]
    [DataRow("echo 'the keychain is locked'; exit 3", "it ended with exit code 3 and said: the keychain is locked.")]
    [DataRow(
        "echo 'gpg: decryption failed' >&2; echo 'exit status 2'; exit 1",
        "it ended with exit code 1 and said: gpg: decryption failed exit status 2.")]
    [DataRow("echo 'no display' >&2; echo odd", "is not JSON with Username and Secret and said: no display.")]
    [DataRow("exit 7", "it ended with exit code 7.")]
    public async Task A_helper_that_fails_is_named_with_what_it_said(string script, string expected)
    {
        WriteHelper("failing", script);
        WriteConfig("""{"credsStore":"failing"}""");
        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(() => FindAsync(Environment(), "example.com", "app"));
        Assert.AreEqual("CST5019", failure.Diagnostics[0].Code);
        Assert.Contains(expected, failure.Message);
    }

    [TestMethod]
    public async Task A_broken_file_is_named_and_what_it_holds_is_not_printed()
    {
        WriteConfig("{\n\"auths\": {\"example.com\": {\"auth\": secret-text");
        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(() => FindAsync(Environment(), "example.com", "app"));
        Assert.AreEqual("CST5013", failure.Diagnostics[0].Code);
        Assert.AreEqual(2, failure.Diagnostics[0].Location!.Value.Line);
        Assert.DoesNotContain("secret-text", failure.ToString());
    }

    [TestMethod]
    [DataRow("DOTNET_CONTAINER_REGISTRY", "push.local", nameof(RegistryAccess.Push), true)]
    [DataRow("SDK_CONTAINER_REGISTRY", "push.local", nameof(RegistryAccess.Push), true)]
    [DataRow("DOTNET_CONTAINER_REGISTRY", "push.local", nameof(RegistryAccess.Pull), true)]
    [DataRow("DOTNET_CONTAINER_REGISTRY", "pull.local", nameof(RegistryAccess.Pull), false)]
    [DataRow("DOTNET_CONTAINER_REGISTRY", "other.local", nameof(RegistryAccess.Push), false)]
    [DataRow("DOTNET_CONTAINER_PUSH_REGISTRY", "push.local", nameof(RegistryAccess.Push), true)]
    [DataRow("DOTNET_CONTAINER_PUSH_REGISTRY", "push.local", nameof(RegistryAccess.Pull), false)]
    [DataRow("DOTNET_CONTAINER_PULL_REGISTRY", "pull.local", nameof(RegistryAccess.Pull), true)]
    [DataRow("SDK_CONTAINER_PULL_REGISTRY", "pull.local", nameof(RegistryAccess.Pull), true)]
    [DataRow("DOTNET_CONTAINER_PULL_REGISTRY", "other.local", nameof(RegistryAccess.Pull), false)]
    [DataRow("DOTNET_CONTAINER_PULL_REGISTRY", "push.local", nameof(RegistryAccess.Push), false)]
    public async Task Variables_are_for_the_hosts_of_the_build_alone(string prefix, string host, string access, bool expected)
    {
        var environment = Environment((prefix + "_UNAME", "ann"), (prefix + "_PWORD", "pw"));
        var credentials = new RegistryCredentials(environment, pushHosts: ["push.local"], pullHosts: ["pull.local"]);
        Assert.AreEqual(
            expected ? "ann:pw" : null,
            Show(await credentials.FindAsync(host, "app", Enum.Parse<RegistryAccess>(access), context.CancellationToken)));
    }

    [TestMethod]
    [DataRow("realm=\"https://a/token\",service=\"s\",scope=\"repository:x:pull,push\"", "https://a/token|s|repository:x:pull,push")]
    [DataRow("realm=\"https://a/t\\\"q\", service=s", "https://a/t\"q|s|")]
    [DataRow("service=\"open", "|open|")]
    public void Challenges_are_read_with_their_quotes(string text, string expected)
    {
        var parameters = AuthenticationChallenge.ParseParameters(text);
        Assert.AreEqual(
            expected, string.Join('|', new[] { "realm", "service", "scope" }.Select(name => parameters.GetValueOrDefault(name, ""))));
    }

    private Task<RegistryCredential?> FindAsync(RegistryEnvironment environment, string host, string repository) =>
        new RegistryCredentials(environment).FindAsync(host, repository, RegistryAccess.Pull, context.CancellationToken);

    private RegistryEnvironment Environment(params (string Name, string Value)[] variables) =>
        TestClients.Environment([("DOCKER_CONFIG", folder.FullName), ("PATH", $"{folder.FullName}:/usr/bin:/bin"), .. variables]);

    private void WriteConfig(string text) => File.WriteAllText(Path.Combine(folder.FullName, "config.json"), text);

    private void WriteHelper(string name, string script)
    {
        var file = Path.Combine(folder.FullName, "docker-credential-" + name);
        File.WriteAllText(file, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    private static string? Show(RegistryCredential? credential) =>
        credential?.IdentityToken is { } identity ? "identity " + identity
        : credential?.RegistryToken is { } token ? "bearer " + token
        : credential is null ? null : $"{credential.User}:{credential.Secret}";

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
