using System.Text.RegularExpressions;

namespace ContainerStages.Sdk.Tests;

/// <summary>
/// docs/first-hour.md and the first projects of README.md, typed as they stand: every shell block in order, in a home that is empty.
/// </summary>
[TestClass]
[TestCategory("EndToEnd")]
public sealed partial class FirstHourTests(TestContext context)
{
    private static readonly string[] Projects = ["orders", "web", "prices", "mailer"];

    // What the last section removes is looked at first.
    private const string Undo = "## 8. Undo\n";
    private const string Keep = "```sh\ncp -r ~/shop ~/kept\n```\n\n";

    [TestMethod]
    public async Task Every_command_of_the_first_hour_works_as_it_is_written()
    {
        await PrepareAsync();
        var home = Directory.CreateTempSubdirectory("containerstages-hour-").FullName;
        try
        {
            var page = File.ReadAllText(Repository.File("docs/first-hour.md"));
            Assert.Contains(Undo, page);

            var typed = await TypeAsync(home, page.Replace(Undo, Keep, StringComparison.Ordinal));

            var output = typed.ShouldSucceed().Output;
            Assert.IsEmpty(typed.Diagnostics);
            Assert.Contains("Hello from orders, /hello", output);
            Assert.Contains("""{"text":"Hello from prices"}""", output);
            foreach (var project in Projects)
            {
                var digests = typed.ResultLines.Select(line => line.Trim())
                    .Where(line => line.StartsWith($"{project} -> ", StringComparison.Ordinal))
                    .Select(line => line.Split('@')[1])
                    .ToList();
                var changes = project is "orders" or "web";
                Assert.HasCount(4, digests, $"{project}: once, after the change, for two platforms, offline\n{output}");
                Assert.AreEqual(changes, digests[0] != digests[1].Split(' ')[0], $"{project}: {string.Join('\n', digests)}");
                Assert.AreEqual(
                    !changes, digests[1].EndsWith(" (up to date)", StringComparison.Ordinal), $"{project}: {string.Join('\n', digests)}");
                Assert.AreNotEqual(digests[1].Split(' ')[0], digests[2]);
                Assert.AreEqual(digests[1].Split(' ')[0], digests[3].Split(' ')[0]);
                Assert.IsTrue(File.Exists(Path.Combine(home, "kept", project, "containerstages.lock.json")), project);
                Assert.IsFalse(Directory.Exists(Path.Combine(home, "kept", project, "bin")), $"{project} was compiled on this machine.");
            }

            Assert.IsFalse(Directory.Exists(Path.Combine(home, "shop")));
            Assert.IsEmpty(Directory.EnumerateFileSystemEntries(Path.Combine(home, ".nuget/packages"), "containerstages*"));
            Assert.IsEmpty(Directory.EnumerateFiles(home, "*.nupkg", SearchOption.AllDirectories)
                .Where(file => Path.GetFileName(file).StartsWith("ContainerStages", StringComparison.OrdinalIgnoreCase)));
            var settings = Directory.EnumerateFiles(home, "*", SearchOption.AllDirectories)
                .Where(file => Path.GetFileName(file).Equals("nuget.config", StringComparison.OrdinalIgnoreCase)
                    && !file.StartsWith(Path.Combine(home, "kept"), StringComparison.Ordinal));
            Assert.DoesNotContain(
                Repository.Root, string.Concat(settings.Select(File.ReadAllText)), "The user's settings are as they were.");
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    [TestMethod]
    public async Task The_first_projects_of_the_README_work_as_they_are_written()
    {
        await PrepareAsync();
        var home = Directory.CreateTempSubdirectory("containerstages-readme-").FullName;
        try
        {
            var page = File.ReadAllText(Repository.File("README.md"));

            var typed =
                await TypeAsync(
                    home,
                    page[page.IndexOf(
                        "## Install\n", StringComparison.Ordinal)..page.IndexOf("With stages of your own", StringComparison.Ordinal)]);

            var output = typed.ShouldSucceed().Output;
            Assert.IsEmpty(typed.Diagnostics);
            Assert.Contains("\nHello, World!\n", output);
            Assert.HasCount(3, output.Split("Hello from Go"), "It ran by dotnet run, and as the image of the registry.");
            Assert.AreSequenceEqual(["hello", "hello-go"], typed.ResultLines.Select(line => line.Trim().Split(' ')[0]).ToList());
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    private static async Task PrepareAsync()
    {
        if (!File.Exists(Repository.File("artifacts/test.env")))
        {
            Assert.Inconclusive("artifacts/test.env is not there: run build/base-images.sh.");
        }

        await PackedSdk.GetAsync();
    }

    // What a failed command leaves running would hold the output open.
    private const string Ends = "trap 'kill $(jobs -p) 2>/dev/null || :' EXIT\n";

    // Blocks hold jobs, variables and the folder for those behind them: one shell for all, which ends at the first command that fails.
    private Task<CommandResult> TypeAsync(string home, string text)
    {
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

    [GeneratedRegex(
        @"^```sh\n(?<commands>.*?)^```$",
        RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Blocks();
}
