using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>Fifty projects of one repository, built at once by one machine with one shared cache.</summary>
[TestClass]
public sealed class ManyProjectsTests(TestContext test)
{
    private const int Projects = 50;
    private const int Checked = 5;

    [TestMethod]
    public async Task Fifty_builds_at_once_on_one_store_and_one_cache_all_succeed_and_nothing_is_lost_or_left()
    {
        await using var registry = await RegistryServer.StartAsync(test.CancellationToken);
        using var places = new TempFolder();
        foreach (var number in Enumerable.Range(0, Projects))
        {
            places.Write($"{number}/Dockerfile", $"FROM alpine\nCOPY file /\nRUN sha256sum /file > /made && echo {number} >> /made\n");
            places.Write($"{number}/file", $"project {number}");
        }

        string[] cache = ["--cache-from", $"{registry.Host}/cache", "--cache-to", $"{registry.Host}/cache"];
        var variables = new Dictionary<string, string> { ["TMPDIR"] = Directory.CreateDirectory(places.Combine("temporary")).FullName };
        var shared = places.Combine("store");
        var built = await Task.WhenAll(Enumerable.Range(0, Projects).Select(number => BuildAsync(shared, number, [.. cache, "--push"])));
        foreach (var one in built)
        {
            Assert.AreEqual(0, one.ExitCode, one.Report);
            Assert.DoesNotContain("warning", one.Error);
        }

        Assert.HasCount(Projects, built.Select(one => one.Digest).Distinct());
        var numbers = Enumerable.Range(0, Projects).Where(number => number % (Projects / Checked) == 0).ToArray();
        var alone = await Task.WhenAll(numbers.Select(number => BuildAsync(places.Combine($"alone{number}"), number, [])));
        Assert.AreSequenceEqual(numbers.Select(number => built[number].Digest), alone.Select(one => one.Digest));

        // Another machine finds what each of them wrote.
        var found = await Task.WhenAll(numbers.Select(number => BuildAsync(places.Combine("other"), number, cache[..2])));
        foreach (var (number, one) in numbers.Zip(found))
        {
            Assert.AreEqual(built[number].Digest, one.Digest);
            Assert.Contains($"echo {number} >> /made (cached)", one.Error);
        }

        Assert.IsEmpty(Directory.GetFileSystemEntries(variables["TMPDIR"]));
        Assert.IsEmpty(await RunningProcesses.LeftAsync($"(sandbox-init|{places.Path})"));
        Assert.IsEmpty(Directory.GetFiles(Path.Combine(shared, "ingest")));
        Assert.IsEmpty(Directory.GetDirectories(Path.Combine(shared, "snapshots"), "tmp-*"));
        Assert.IsEmpty(Directory.GetFiles(shared, "*.tmp", SearchOption.AllDirectories));

        Task<ProgramResult> BuildAsync(string store, int number, string[] options) => new StagesProgram(store).RunAsync(
            variables,
            ["build", "--progress", "plain", "-t", $"{registry.Host}/project-{number}:1", .. options, places.Combine($"{number}")]);
    }
}
