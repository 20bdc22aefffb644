using System.Text.Json;
using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary><c>login</c> and <c>logout</c> with the real registry, which wants a password.</summary>
[TestClass]
public sealed class LoginTests(TestContext test) : IDisposable
{
    private const string Foreign = """
        {"auths":{"other.example.com":{"auth":"YTpi","email":"a@b"},"https://localhost:1/v1/":{"auth":"b2xkOm9sZA=="}},"HttpHeaders":{"X-Ours":"a+b"},"psFormat":"table {{.ID}}"}
        """;

    private readonly TempFolder folder = Hello.Context("FROM scratch\nCOPY main.go /\n");

    private string ConfigFile => folder.Combine("login", "config.json");

    public void Dispose() => folder.Dispose();

    [TestMethod]
    public async Task A_login_is_verified_and_kept_for_us_and_for_others()
    {
        await using var registry = await RegistryServer.StartWithPasswordAsync(test.CancellationToken);
        folder.Write("login/config.json", Foreign.Replace("localhost:1", registry.Host, StringComparison.Ordinal));
        var refused = await RunAsync("", "build", "--push", "-t", $"{registry.Host}/app:1", folder.Path);
        Assert.Contains("CST5003", refused.Error);

        var login = await RunAsync(
            RegistryServer.Password + "\n", "login", "-u", RegistryServer.User, "--password-stdin", $"https://{registry.Host}/v1/");

        Assert.AreEqual(
            (0, $"Logged in to {registry.Host} as {RegistryServer.User}; kept in {ConfigFile}.\n"),
            (login.ExitCode, login.Output),
            login.Error);
        Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(ConfigFile));
        Assert.HasCount(1, Directory.GetFiles(folder.Combine("login")));
        using var kept = JsonDocument.Parse(await File.ReadAllTextAsync(ConfigFile, test.CancellationToken));
        Assert.AreEqual("auths HttpHeaders psFormat", string.Join(' ', kept.RootElement.EnumerateObject().Select(member => member.Name)));
        Assert.AreEqual(
            $"other.example.com {registry.Host}",
            string.Join(' ', kept.RootElement.GetProperty("auths").EnumerateObject().Select(entry => entry.Name)));
        Assert.AreEqual("a@b", kept.RootElement.GetProperty("auths").GetProperty("other.example.com").GetProperty("email").GetString());

        var pushed = await RunAsync("", "build", "--push", "-t", $"{registry.Host}/app:1", folder.Path);
        Assert.AreEqual(0, pushed.ExitCode, pushed.Error);
        await RealTool.RunAsync("skopeo", "inspect", "--tls-verify=false", "--authfile", ConfigFile, $"docker://{registry.Host}/app:1");

        Assert.AreEqual($"Logged out of {registry.Host}.\n", (await RunAsync("", "logout", registry.Host)).Output);
        Assert.AreEqual($"There is no login to {registry.Host}.\n", (await RunAsync("", "logout", registry.Host)).Output);
        Assert.Contains("CST5003", (await RunAsync("", "build", "--push", "-t", $"{registry.Host}/app:2", folder.Path)).Error);
    }

    [TestMethod]
    [DataRow(Foreign)]
    [DataRow(null)]
    public async Task A_refused_login_changes_nothing(string? before)
    {
        await using var registry = await RegistryServer.StartWithPasswordAsync(test.CancellationToken);
        if (before is not null)
        {
            folder.Write("login/config.json", before);
        }

        var login = await RunAsync("wr0ng-one", "login", "-u", RegistryServer.User, "--password-stdin", registry.Host);

        Assert.AreEqual(1, login.ExitCode);
        Assert.Contains("CST5025", login.Error);
        Assert.DoesNotContain("wr0ng-one", login.Error + login.Output);
        Assert.AreEqual(before, File.Exists(ConfigFile) ? await File.ReadAllTextAsync(ConfigFile, test.CancellationToken) : null);
    }

    [TestMethod]
    [DataRow("""{"credsStore":"kept"}""")]
    [DataRow("""{"credHelpers":{"HOST":"kept"},"credsStore":"missing"}""")]
    public async Task A_helper_that_the_file_names_keeps_the_login(string configuration)
    {
        await using var registry = await RegistryServer.StartWithPasswordAsync(test.CancellationToken);
        folder.Write("login/config.json", configuration.Replace("HOST", registry.Host, StringComparison.Ordinal));
        var helper = folder.Write("bin/docker-credential-kept", $$"""
            #!/bin/sh
            case $1 in
              store) cat > {{folder.Path}}/kept ;;
              erase) rm {{folder.Path}}/kept ;;
              get) test -e {{folder.Path}}/kept && cat {{folder.Path}}/kept || { echo credentials not found in native keychain; exit 1; } ;;
            esac
            """);
        File.SetUnixFileMode(helper, (UnixFileMode)0x1ED);

        var login = await RunAsync(RegistryServer.Password, "login", "--username", RegistryServer.User, "--password-stdin", registry.Host);

        Assert.AreEqual(0, login.ExitCode, login.Error);
        Assert.Contains("kept in docker-credential-kept", login.Output);
        Assert.DoesNotContain("auth\":", await File.ReadAllTextAsync(ConfigFile, test.CancellationToken));
        Assert.AreEqual(0, (await RunAsync("", "build", "--push", "-t", $"{registry.Host}/app:1", folder.Path)).ExitCode);
        Assert.AreEqual($"Logged out of {registry.Host}.\n", (await RunAsync("", "logout", registry.Host)).Output);
        Assert.IsFalse(File.Exists(folder.Combine("kept")));
    }

    [TestMethod]
    public async Task A_login_that_another_one_hides_is_kept_with_a_warning()
    {
        await using var registry = await RegistryServer.StartWithPasswordAsync(test.CancellationToken);
        var other = folder.Write("other.json", $$"""{"auths":{"{{registry.Host}}":{"auth":"b2xkOm9sZA=="} } }""");
        var program = new StagesProgram(folder.Combine("store")) { Input = RegistryServer.Password };

        var login = await program.RunAsync(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["DOCKER_CONFIG"] = folder.Combine("login"),
                ["REGISTRY_AUTH_FILE"] = other,
            }, "login", "-u", RegistryServer.User, "--password-stdin", registry.Host);

        Assert.AreEqual(0, login.ExitCode, login.Error);
        Assert.Contains($"warning CST5027: The login for {registry.Host} is kept, but {other} comes before it.", login.Error);
    }

    [TestMethod]
    [DataRow("--password-stdin localhost:1", "--username is needed")]
    [DataRow("-u ann localhost:1", "--password-stdin")]
    [DataRow("-u ann --password-stdin localhost:1", "the password is empty")]
    [DataRow("-u ann --password-stdin no-registry", "is no registry")]
    [DataRow("-u ann --password-stdin ghcr.io quay.io", "one registry at a time")]
    public async Task What_is_missing_for_a_login_is_said(string arguments, string expected)
    {
        var login = await RunAsync("", ["login", .. arguments.Split(' ')]);
        Assert.AreEqual(2, login.ExitCode);
        Assert.Contains(expected, login.Error);
    }

    private Task<ProgramResult> RunAsync(string input, params string[] arguments)
    {
        var program = new StagesProgram(folder.Combine("store")) { Input = input };
        var path = $"{folder.Combine("bin")}:{Environment.GetEnvironmentVariable("PATH")}";
        return program.RunAsync(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["DOCKER_CONFIG"] = folder.Combine("login"), ["PATH"] = path },
            arguments);
    }
}
