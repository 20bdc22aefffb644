using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>A password of a registry is for that registry alone: nothing that the program writes has it.</summary>
[TestClass]
public sealed class RegistrySecretsTests(TestContext context)
{
    [TestMethod]
    [DataRow("json", RegistryServer.Password + "-wr0ng", 1)]
    [DataRow("json", RegistryServer.Password, 0)]
    [DataRow("plain", RegistryServer.Password + "-wr0ng", 1)]
    public async Task A_push_with_a_password_writes_it_nowhere(string progress, string password, int exitCode)
    {
        await using var registry = await RegistryServer.StartWithPasswordAsync(context.CancellationToken);
        using var folder = new TempFolder();
        folder.Write("Dockerfile", "FROM scratch\nCOPY file /file\n");
        folder.Write("file", "content");
        var program = new StagesProgram(folder.Combine("store"));
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["DOTNET_CONTAINER_REGISTRY_UNAME"] = RegistryServer.User, ["DOTNET_CONTAINER_REGISTRY_PWORD"] = password };

        var result = await program.RunAsync(environment, "build", "--progress", progress, "--push", "-t", $"{registry.Host}/app:1", "-f", folder.Combine("Dockerfile"), folder.Path);

        Assert.AreEqual(exitCode, result.ExitCode, result.ToString());
        var basic = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{RegistryServer.User}:{password}"));
        var written = Directory.EnumerateFiles(program.Store, "*", SearchOption.AllDirectories).Select(File.ReadAllText).Append(result.ToString());
        Assert.IsFalse(written.Any(text => text.Contains(password, StringComparison.Ordinal) || text.Contains(basic, StringComparison.Ordinal)));
    }
}
