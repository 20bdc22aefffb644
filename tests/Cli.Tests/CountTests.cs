using System.Text.Json;
using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>
/// What builds cost, in what does not depend on the machine: calls that name files, files opened, bytes, requests. The record is
/// <c>counts.json</c>; UPDATE_GOLDEN=1 writes it anew.
/// </summary>
[TestClass]
public sealed class CountTests(TestContext test)
{
    private const double Allowed = 1.05;

    // A build looks at other files of the machine too, such as those of its processors and of memory.
    private const int Spared = 10;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private static readonly string Record = Repository.PathOf("tests", "Cli.Tests", "counts.json");

    [TestMethod]
    public async Task A_build_asks_no_more_of_the_kernel_and_of_registries_than_before()
    {
        if (StagesProgram.IsGiven)
        {
            Assert.Inconclusive("The record is that of the native program, which is not the one that runs here.");
        }

        var counts = await CountAsync();

        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            await File.WriteAllTextAsync(Record, JsonSerializer.Serialize(counts, Indented) + "\n", test.CancellationToken);
        }

        var text = await File.ReadAllTextAsync(Record, test.CancellationToken);
        var recorded = JsonSerializer.Deserialize<Dictionary<string, BuildCounts>>(text)!;
        Assert.AreSequenceEqual(recorded.Keys, counts.Keys, StringComparer.Ordinal);
        var more = counts.SelectMany(build => build.Value.MoreThan(recorded[build.Key]).Select(what => $"{build.Key}: {what}")).ToList();
        Assert.IsEmpty(more, string.Join('\n', more));
    }

    private async Task<Dictionary<string, BuildCounts>> CountAsync()
    {
        await using var registry = await RegistryServer.StartAsync(test.CancellationToken);
        await using var proxy = new FaultyProxy(registry.Port);
        using var folder = new TempFolder();
        var context = folder.NewFolder("context");
        for (var i = 0; i < 2000; i++)
        {
            folder.Write($"context/files/{i / 100}/{i}", $"content of file {i}");
        }

        folder.Write("context/line", "one");
        var run = string.Concat(Enumerable.Range(0, 10).Select(i => $"RUN echo > /made{i}\n"));
        folder.Write("steps", $"FROM alpine:latest\nCOPY line /\n{run}");
        folder.Write("line", """
            FROM alpine:latest AS builder
            COPY line /
            RUN cat /line > /made
            FROM scratch
            COPY --from=builder /made /
            """);
        folder.Write("files", "FROM scratch\nCOPY files /files\n");
        await Task.Delay(TimeSpan.FromSeconds(3), test.CancellationToken); // younger files are read again

        async Task<BuildCounts> BuildAsync(string dockerfile)
        {
            var log = folder.Combine("strace.log");
            var program = new StagesProgram(folder.Combine("store")) { Before = SystemCallCounts.Watch(log) };
            var before = proxy.Requests.Count;
            var built = await program.BuildAsync(context, "-f", folder.Combine(dockerfile), "-t", $"{proxy.Host}/{dockerfile}:1", "--push");
            Assert.AreEqual(0, built.ExitCode, built.Report);
            return new BuildCounts(SystemCallCounts.Read(log), proxy.Requests.Count - before);
        }

        var counts = new Dictionary<string, BuildCounts>(StringComparer.Ordinal);
        counts.Add("first build, base pulled", await BuildAsync("line"));
        folder.Write("context/line", "another");
        counts.Add("one changed line", await BuildAsync("line"));
        counts.Add("everything cached", await BuildAsync("line"));
        counts.Add("ten RUN steps", await BuildAsync("steps"));
        counts.Add("2,000 files", await BuildAsync("files"));
        folder.Write("context/files/7/742", "content that is another");
        counts.Add("one of 2,000 files changed", await BuildAsync("files"));
        return counts;
    }

    private sealed record BuildCounts(SystemCallCounts Calls, int Requests)
    {
        public IEnumerable<string> MoreThan(BuildCounts recorded) => new[]
        {
            More("calls that name a file", Calls.Files, recorded.Calls.Files),
            More("files opened", Calls.Opens, recorded.Calls.Opens),
            More("KB read", Calls.KilobytesRead, recorded.Calls.KilobytesRead),
            More("KB written", Calls.KilobytesWritten, recorded.Calls.KilobytesWritten),
            Requests > recorded.Requests ? $"{Requests} requests to the registry, recorded {recorded.Requests}" : null,
        }.OfType<string>();

        private static string? More(string what, long count, long recorded) =>
            count > (recorded * Allowed) + Spared ? $"{count} {what}, recorded {recorded}" : null;
    }
}
