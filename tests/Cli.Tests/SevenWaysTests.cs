using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>One digest, whoever runs the commands: seven ways, and crun.</summary>
[TestClass]
public sealed class SevenWaysTests
{
    private static EngineWays ways = null!;

    [ClassInitialize]
    public static async Task Start(TestContext context) => ways = await EngineWays.StartAsync();

    [ClassCleanup]
    public static async Task Stop() => await ways.DisposeAsync();

    [TestMethod]
    public async Task A_Dockerfile_with_mounts_and_secrets_has_one_digest()
    {
        using var context = Hello.Context(OtherEngineTests.Mounts);
        using var stores = Stores();
        var secret = $"value-{Guid.NewGuid():N}";
        stores.Write("file", secret);
        await RealTool.RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", stores.Combine("key"));
        // The ordinary user reads it too.
        File.SetUnixFileMode(stores.Combine("key"), (UnixFileMode)0x1A4);
        var digests = new List<string>();
        foreach (var way in ways.All)
        {
            var program = new StagesProgram(stores.Combine(way.Name), way.Account);
            var built = await program.RunAsync(
                new Dictionary<string, string>(way.Variables) { ["TOKEN_OF_TEST"] = secret },
                [
                    "build", "--progress", "plain", "--secret", $"id=file,src={stores.Combine("file")}",
                    "--secret", "id=variable,env=TOKEN_OF_TEST", "--ssh", $"default={stores.Combine("key")}", .. way.Options, context.Path,
                ]);
            Assert.AreEqual(0, built.ExitCode, way.Name + built.Error);
            digests.Add($"{way.Name} {built.Digest}");
        }

        AssertOne(digests);
    }

    [TestMethod]
    public async Task A_Go_module_has_one_digest()
    {
        using var folder = Stores();
        var digests = new List<string>();
        foreach (var way in ways.All)
        {
            var policy = way.Policy with { Store = folder.Combine(way.Name) };
            digests.Add($"{way.Name} {await Hello.BuildModuleAsync(folder, policy, way.Account, way.Variables)}");
        }

        AssertOne(digests);
    }

    private static void AssertOne(IReadOnlyCollection<string> digests) =>
        Assert.HasCount(1, digests.Select(line => line.Split(' ')[1]).Distinct(StringComparer.Ordinal), string.Join('\n', digests));

    private static TempFolder Stores()
    {
        var folder = new TempFolder();
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0x3FF);
        return folder;
    }
}
