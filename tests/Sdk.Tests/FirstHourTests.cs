using System.Text.RegularExpressions;

namespace ContainerStages.Sdk.Tests;

/// <summary>docs/first-hour.md, typed as it stands: every shell block in order, in a home that is empty.</summary>
[TestClass]
[TestCategory("EndToEnd")]
public sealed partial class FirstHourTests(TestContext context)
{
    private static readonly string[] Projects = ["orders", "web", "prices", "mailer"];

    [TestMethod]
    public async Task Every_command_of_the_first_hour_works_as_it_is_written()
    {
        if (!File.Exists(Repository.File("artifacts/test.env")))
        {
            Assert.Inconclusive("artifacts/test.env is not there: run build/base-images.sh.");
        }

        await PackedSdk.GetAsync();
        var home = Directory.CreateTempSubdirectory("containerstages-hour-").FullName;
        try
        {
            var typed = await TypeAsync(home);

            var output = typed.ShouldSucceed().Output;
            Assert.IsEmpty(typed.Diagnostics);
            Assert.Contains("Hello from orders, /hello", output);
            Assert.Contains("""{"text":"Hello from prices"}""", output);
            foreach (var project in Projects)
            {
                var digests = typed.ResultLines.Select(line => line.Trim()).Where(line => line.StartsWith($"{project} -> ", StringComparison.Ordinal)).Select(line => line.Split('@')[1]).ToList();
                var changes = project is "orders" or "web";
                Assert.HasCount(4, digests, $"{project}: once, after the change, for two platforms, offline\n{output}");
                Assert.AreEqual(changes, digests[0] != digests[1].Split(' ')[0], $"{project}: {string.Join('\n', digests)}");
                Assert.AreEqual(!changes, digests[1].EndsWith(" (up to date)", StringComparison.Ordinal), $"{project}: {string.Join('\n', digests)}");
                Assert.AreNotEqual(digests[1].Split(' ')[0], digests[2]);
                Assert.AreEqual(digests[1].Split(' ')[0], digests[3].Split(' ')[0]);
                Assert.IsTrue(File.Exists(Path.Combine(home, "shop", project, "containerstages.lock.json")), project);
                Assert.IsFalse(Directory.Exists(Path.Combine(home, "shop", project, "bin")), $"{project} was compiled on this machine.");
            }
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    // What a failed command leaves running would hold the output open.
    private const string Ends = "trap 'kill $(jobs -p) 2>/dev/null || :' EXIT\n";

    // Blocks hold jobs, variables and the folder for those behind them: one shell for all, which ends at the first command that fails.
    private Task<CommandResult> TypeAsync(string home)
    {
        var text = File.ReadAllText(Repository.File("docs/first-hour.md"));
        var script = Ends + string.Join('\n', Blocks().Matches(text).Select(match => match.Groups["commands"].Value));
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["HOME"] = home,
            ["DOTNET_CLI_HOME"] = home,
            ["XDG_CACHE_HOME"] = Path.Combine(home, ".cache"),
            ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
            ["DOTNET_NOLOGO"] = "1",
            ["MSBUILDDISABLENODEREUSE"] = "1",
            ["MSBUILDTERMINALLOGGER"] = "off",
        };
        return Command.RunAsync("bash", ["-euo", "pipefail", "-c", script], Repository.Root, environment, context.CancellationToken);
    }

    [GeneratedRegex(@"^```sh\n(?<commands>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Blocks();
}
