using System.Diagnostics;
using System.Text.Json;
using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>
/// What runs beside a RUN of the same stage. The command waits for the other step, so a build that did one after the other would fail.
/// </summary>
[TestClass]
public sealed class SideBySideTests
{
    [TestMethod]
    public async Task A_file_is_downloaded_while_the_command_before_runs()
    {
        await using var gates = new GateServer();
        using var context =
            Hello.Context(
                $"FROM alpine\nRUN wget -q -O /waited {gates.Address}wait/download\nADD {gates.Address}open/download /d/\nRUN " +
                "cat /waited /d/download > /both\n");
        var built = await Hello.Program.BuildAsync(context.Path);
        Assert.AreEqual(0, built.ExitCode, built.Error);
    }

    [TestMethod]
    [DataRow("COPY --link main.go /l/", "COPY --link main.go /l/", DisplayName = "linked copy from the context")]
    [DataRow("COPY --link --from=other /o /l/", "COPY --link --from=other /o /l/", DisplayName = "linked copy from a stage")]
    [DataRow("COPY --from=both / /b/", "pull both:latest", DisplayName = "pull of an image that a copy reads")]
    [DataRow("RUN --mount=from=both,target=/b ls /b", "pull both:latest", DisplayName = "pull of an image that a mount shows")]
    public async Task The_next_step_is_done_or_made_ready_while_the_command_before_runs(string next, string awaited)
    {
        await using var gates = new GateServer();
        using var store = new TempFolder();
        using var context =
            Hello.Context($"FROM alpine AS other\nRUN echo o > /o\nFROM alpine\nRUN wget -q -O /waited {gates.Address}wait/step\n{next}\n");
        using var process = new StagesProgram(store.Combine("store")).Start("build", "--progress", "json", context.Path);
        var events = await ReadEventsAsync(process, title => { if (title == awaited) { gates.Open("step"); } });
        Assert.AreEqual(0, process.ExitCode, string.Join('\n', events));
    }

    [TestMethod]
    public async Task Commands_of_independent_stages_run_at_once_also_where_there_are_more_of_them_than_processors()
    {
        const int Stages = 16;
        await using var gates = new GateServer();
        var stages = Enumerable.Range(1, Stages)
            .Select(
                number =>
                    $"FROM alpine AS s{number}\nRUN wget -q -O /w {gates.Address}open/s{number} && wget -q -O /w " +
                    $"{gates.Address}wait/s{(number % Stages) + 1} && echo {number} > /s{number}\n");
        var copies = Enumerable.Range(1, Stages).Select(number => $"COPY --from=s{number} /s{number} /\n");
        using var context = Hello.Context($"{string.Concat(stages)}FROM scratch\n{string.Concat(copies)}");
        var built = await Hello.Program.BuildAsync(context.Path, "--max-parallelism", "16");
        Assert.AreEqual(0, built.ExitCode, built.Error);
    }

    [TestMethod]
    public async Task Commands_run_one_after_the_other_where_the_build_says_so()
    {
        var id = Guid.NewGuid();
        var stages = Enumerable.Range(1, 4)
            .Select(
                number =>
                    $"FROM alpine AS s{number}\nRUN --mount=type=cache,id={id},target=/c mkdir /c/busy && sleep 0.1 && rmdir /c/busy && " +
                    $"echo {number} > /s{number}\n");
        using var context =
            Hello.Context(
                $"{string.Concat(stages)}FROM scratch\n" +
                $"{string.Concat(Enumerable.Range(1, 4).Select(number => $"COPY --from=s{number} /s{number} /\n"))}");
        var built = await Hello.Program.BuildAsync(context.Path, "--max-parallelism", "1");
        Assert.AreEqual(0, built.ExitCode, built.Error);
        Assert.Contains("--max-parallelism 0: a number", (await Hello.Program.BuildAsync(context.Path, "--max-parallelism", "0")).Error);
    }

    [TestMethod]
    public async Task Order_in_the_image_stays_that_of_the_file()
    {
        await using var gates = new GateServer();
        using var store = new TempFolder();
        using var context =
            Hello.Context(
                $"FROM alpine\nRUN wget -q -O /file {gates.Address}wait/step && date > /dev/null\nCOPY --link main.go " +
                "/file\nRUN head -c 7 /file > /last\n");
        var program = new StagesProgram(store.Combine("store"));
        using var process = program.Start("build", "--progress", "json", "-t", "order", context.Path);
        await ReadEventsAsync(process, title => { if (title.StartsWith("COPY --link", StringComparison.Ordinal)) { gates.Open("step"); } });
        var history = await program.RunAsync("history", "order");
        int[] places =
            [.. new[] { "head -c 7", "COPY --link", "wget" }.Select(text => history.Output.IndexOf(text, StringComparison.Ordinal))];
        Assert.IsTrue(places[0] > 0 && places[0] < places[1] && places[1] < places[2], history.Output);
        Assert.AreEqual("package", (await program.RunAsync("run", "order", "cat", "/last")).Output);
    }

    [TestMethod]
    public async Task A_copy_that_cannot_succeed_ends_the_build_while_the_command_before_runs()
    {
        await using var gates = new GateServer();
        using var context = Hello.Context($"FROM alpine\nRUN wget -q -O /waited {gates.Address}wait/never\nCOPY missing /\n");
        var built = await Hello.Program.BuildAsync(context.Path);
        StringAssert.Contains(built.Error, "CST4203");
        Assert.DoesNotContain("CST4209", built.Error);
    }

    /// <summary>Reads events to the end; tells the title of every step that is done.</summary>
    private static async Task<IReadOnlyList<string>> ReadEventsAsync(Process process, Action<string> done)
    {
        var error = process.StandardError.ReadToEndAsync();
        var titles = new Dictionary<string, string>(StringComparer.Ordinal);
        var lines = new List<string>();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            lines.Add(line);
            using var document = JsonDocument.Parse(line);
            switch (document.RootElement.GetProperty("type").GetString())
            {
                case "step-started":
                    titles[document.RootElement.GetProperty("id").GetString()!] = document.RootElement.GetProperty("title").GetString()!;
                    break;
                case "step-finished":
                    done(titles[document.RootElement.GetProperty("id").GetString()!]);
                    break;
            }
        }

        await process.WaitForExitAsync();
        return [.. lines, await error];
    }
}
