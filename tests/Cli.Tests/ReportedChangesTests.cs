using System.Text.Json;
using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>The report of a build names which inputs of a step changed since the last report.</summary>
[TestClass]
public sealed class ReportedChangesTests(TestContext test)
{
    private const string Dockerfile = """
        FROM alpine
        ARG VERSION=1
        ARG API_TOKEN=none
        COPY --chmod=644 src /src
        RUN echo $VERSION $API_TOKEN > /version
        """;

    [TestMethod]
    public async Task A_file_is_named_that_changed_came_or_went()
    {
        using var context = Hello.Context(Dockerfile);
        context.Write("src/main.go", "one");
        context.Write("src/old.go", "old");
        Assert.AreEqual(
            "no result is here for this instruction, the content of src, the base image alpine:latest",
            (await WhyAsync(context, "COPY")).Split('@')[0]);
        Assert.AreEqual("", await WhyAsync(context, "COPY"), "Nothing changed.");

        context.Write("src/main.go", "two");
        context.Write("src/a/new.go", "new");
        File.Delete(context.Combine("src/old.go"));

        Assert.AreEqual("src/a/new.go is new, src/main.go changed, src/old.go is gone", await WhyAsync(context, "COPY"));
        using var report = JsonDocument.Parse(await File.ReadAllBytesAsync(context.Combine("report.json"), test.CancellationToken));
        var changed = Step(report, "COPY").GetProperty("changed");
        Assert.AreEqual(
            """{"input":"file","name":"src/a/new.go","kind":"Added","text":"src/a/new.go is new"}""", changed[0].GetRawText());
        Assert.AreEqual("the step before it ran: COPY --chmod=644 src /src", Step(report, "RUN").GetProperty("why").GetString());
        Assert.Contains(
            "done; src/a/new.go is new, src/main.go changed, src/old.go is gone |",
            await File.ReadAllTextAsync(context.Combine("report.md"), test.CancellationToken));
    }

    [TestMethod]
    public async Task Of_many_files_the_first_are_named()
    {
        using var context = Hello.Context(Dockerfile);
        context.Write("src/main.go", "one");
        await WhyAsync(context, "COPY");
        for (var number = 1; number < 8; number++)
        {
            context.Write($"src/{number}", "new");
        }

        Assert.AreEqual(
            "src/1 is new, src/2 is new, src/3 is new, src/4 is new, src/5 is new and 2 more", await WhyAsync(context, "COPY"));
    }

    [TestMethod]
    public async Task A_build_argument_is_named_with_its_value_unless_that_is_secret()
    {
        using var context = Hello.Context(Dockerfile);
        context.Write("src/main.go", "one");
        await WhyAsync(context, "RUN");

        Assert.AreEqual(
            "build argument API_TOKEN changed, build argument VERSION changed from 1 to 2",
            await WhyAsync(context, "RUN", "--build-arg", "VERSION=2", "--build-arg", "API_TOKEN=hunter2hunter2"));

        // The history of the image has it, as with Docker.
        using var report = JsonDocument.Parse(await File.ReadAllBytesAsync(context.Combine("report.json"), test.CancellationToken));
        Assert.DoesNotContain("hunter2", report.RootElement.GetProperty("build").GetRawText());
        foreach (var file in Directory.GetFiles(Path.Combine(Hello.Program.Store, "inputs")))
        {
            Assert.DoesNotContain("hunter2", await File.ReadAllTextAsync(file, test.CancellationToken), file);
        }
    }

    [TestMethod]
    public async Task An_instruction_that_was_written_anew_is_said_to_have_changed()
    {
        using var context = Hello.Context(Dockerfile);
        context.Write("src/main.go", "one");
        await WhyAsync(context, "RUN");

        context.Write("Dockerfile", Dockerfile.Replace("> /version", "> /elsewhere", StringComparison.Ordinal));
        Assert.AreEqual(
            "the instruction changed from RUN echo $VERSION $API_TOKEN > /version to RUN echo $VERSION $API_TOKEN > /elsewhere",
            await WhyAsync(context, "RUN"));

        context.Write("Dockerfile", Dockerfile.Replace("644", "600", StringComparison.Ordinal));
        Assert.Contains("the mode changed from 644 to 600", await WhyAsync(context, "COPY"));
    }

    [TestMethod]
    public async Task A_base_image_that_moved_is_named_with_both_digests()
    {
        await using var registry = await RegistryServer.StartAsync(test.CancellationToken);
        var name = $"localhost:{registry.Port}/base:1";
        using var below = Hello.Context("FROM scratch\nCOPY main.go /\n");
        using var context = Hello.Context($"FROM {name}\nCOPY Dockerfile /\n");
        var first = await Hello.Program.BuildAsync(below.Path, "-t", name, "--push");
        await WhyAsync(context, "COPY");
        below.Write("main.go", "other");
        var second = await Hello.Program.BuildAsync(below.Path, "-t", name, "--push");

        Assert.AreEqual(
            $"the base image {name} moved from {first.Digest[..19]} to {second.Digest[..19]}", await WhyAsync(context, "COPY", "--pull"));
    }

    [TestMethod]
    public async Task What_did_not_change_is_said_where_a_result_is_gone()
    {
        using var context = Hello.Context(Dockerfile);
        context.Write("src/main.go", Guid.NewGuid().ToString());
        var program = new StagesProgram(context.Combine("store"));
        await WhyAsync(context, "COPY", program);
        foreach (var folder in (string[])["steps", "layers", "snapshots"])
        {
            Directory.Delete(context.Combine("store", folder), recursive: true);
        }

        Assert.EndsWith("; none of it changed since the last report", await WhyAsync(context, "COPY", program));
    }

    private Task<string> WhyAsync(TempFolder context, string keyword, params string[] arguments) =>
        WhyAsync(context, keyword, Hello.Program, arguments);

    /// <summary>Builds, and says why the report thinks that a step ran; empty where it was cached.</summary>
    private async Task<string> WhyAsync(TempFolder context, string keyword, StagesProgram program, params string[] arguments)
    {
        string[] reports = ["--report", context.Combine("report.json"), "--report", context.Combine("report.md")];
        var built = await program.BuildAsync(context.Path, ["-t", $"changes-{Guid.NewGuid():N}", .. reports, .. arguments]);
        Assert.AreEqual(0, built.ExitCode, built.Report);
        using var report = JsonDocument.Parse(await File.ReadAllBytesAsync(context.Combine("report.json"), test.CancellationToken));
        return Step(report, keyword).TryGetProperty("why", out var why) ? why.GetString()! : "";
    }

    private static JsonElement Step(JsonDocument report, string keyword) => report.RootElement.GetProperty("build").GetProperty("steps")
        .EnumerateArray().Single(step => step.GetProperty("title").GetString()!.StartsWith(keyword, StringComparison.Ordinal));
}
