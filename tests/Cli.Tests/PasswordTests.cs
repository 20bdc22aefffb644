using System.Text;
using System.Text.Json;
using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>Pushes to a registry that wants a login: its password goes there and nowhere else.</summary>
[TestClass]
public sealed class PasswordTests(TestContext test)
{
    [TestMethod]
    [DataRow("plain")]
    [DataRow("json")]
    public async Task A_password_is_in_nothing_that_a_push_or_pull_writes(string progress)
    {
        await using var registry = await RegistryServer.StartWithPasswordAsync(test.CancellationToken);
        using var context = Hello.Context("FROM alpine:latest\nRUN echo made > /file\n");
        var program = new StagesProgram(context.Combine("store"));
        var login = Login(context, registry.Host, RegistryServer.Password);
        var image = $"{registry.Host}/acme/app";

        string[] files = ["--metadata-file", context.Combine("metadata.json"), "--iidfile", context.Combine("id")];
        var pushed = await program.RunAsync(
            login.Environment, ["build", "--progress", progress, "--push", "-t", $"{image}:1", .. files, context.Path]);
        Assert.AreEqual(0, pushed.ExitCode, pushed.Error);
        context.Write("Dockerfile", $"FROM {image}:1\nCOPY main.go /\n");
        string[] locked = ["--lock-file", context.Combine("lock.json")];
        var pulled = await program.RunAsync(
            login.Environment, ["build", "--progress", progress, "--push", "-t", $"{image}:2", .. locked, context.Path]);
        Assert.AreEqual(0, pulled.ExitCode, pulled.Error);

        foreach (var secret in login.Secrets)
        {
            foreach (var output in new[] { pushed.Output, pushed.Error, pulled.Output, pulled.Error })
            {
                Assert.DoesNotContain(secret, output);
            }

            Assert.AreEqual(
                "",
                await TextSearch.FilesWithAsync(secret, [
                    context.Combine("store"),
                    context.Combine("metadata.json"),
                    context.Combine("id"),
                    context.Combine("lock.json"),
                    registry.StorageFolder,
                ]));
        }

        Assert.AreNotEqual("", await TextSearch.FilesWithAsync("made", [context.Combine("store")]), "The search finds nothing anywhere.");
        Assert.AreNotEqual("", await TextSearch.FilesWithAsync(login.Secrets[0], [context.Path]), "The search finds nothing anywhere.");
    }

    [TestMethod]
    [DataRow("plain")]
    [DataRow("json")]
    public async Task A_wrong_password_is_one_error_that_does_not_name_it(string progress)
    {
        await using var registry = await RegistryServer.StartWithPasswordAsync(test.CancellationToken);
        using var context = Hello.Context("FROM alpine:latest\nRUN echo made > /file\n");
        var program = new StagesProgram(context.Combine("store"));
        var login = Login(context, registry.Host, "wrong-" + Guid.NewGuid().ToString("N"));

        var failed = await program.RunAsync(
            login.Environment, "build", "--progress", progress, "--push", "-t", $"{registry.Host}/acme/app:1", context.Path);

        Assert.AreEqual(1, failed.ExitCode);
        var said = failed.Output + failed.Error;
        Assert.HasCount(2, said.Split("CST5003"), said);
        foreach (var secret in login.Secrets)
        {
            Assert.DoesNotContain(secret, said);
            Assert.AreEqual("", await TextSearch.FilesWithAsync(secret, [context.Combine("store")]));
        }
    }

    /// <summary>What Docker's login writes; the password as it is there, and as it goes over the wire.</summary>
    private static (Dictionary<string, string> Environment, string[] Secrets) Login(TempFolder context, string host, string password)
    {
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{RegistryServer.User}:{password}"));
        context.Write(
            "login/config.json",
            JsonSerializer.Serialize(new { auths = new Dictionary<string, object> { [host] = new { auth = basic } } }));
        context.Write(".dockerignore", "*\n!main.go\n");
        return (new(StringComparer.Ordinal) { ["DOCKER_CONFIG"] = context.Combine("login") }, [basic, password]);
    }
}
