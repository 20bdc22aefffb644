using System.Collections.Immutable;
using ContainerStages.Cli.Completion;
using ContainerStages.Contracts;
using ContainerStages.Reporting;
using ContainerStages.Running;

namespace ContainerStages.Cli.Verbs;

/// <summary><c>report</c>: how large images are, side by side and layer by layer.</summary>
internal static class ReportVerb
{
    public static Verb Verb { get; } = new(
        "report",
        "[OPTIONS] IMAGE...",
        "compare the sizes of images, and show their layers",
        [
            new(["--format"], "text|markdown", "text (default), or the comparison as a Markdown table", Candidates.Of("text", "markdown")),
            new(["--layers"], null, "every layer of every image as well"),
        ],
        RunAsync,
        Arguments: Candidates.Images);

    private static async Task<int> RunAsync(OptionReader options, IReadOnlyList<string> arguments)
    {
        if (options.Rest.Count == 0)
        {
            throw new UsageException("name at least one image; the others are compared with the first.");
        }

        using var store = new ImageStore(null, VerbTable.Warn);
        var rows = ImmutableArray.CreateBuilder<SizeReportRow>();
        foreach (var name in options.Rest)
        {
            rows.Add(new SizeReportRow(name, await store.FindAsync(name, CancellationToken.None)));
        }

        var report = new SizeReport(rows.ToImmutable(), rows.Count > 1 ? 0 : null);
        var text = options.Last("--format") switch
        {
            null or "text" => report.ToText(),
            "markdown" => report.ToMarkdown(),
            var other => throw new UsageException($"--format {other}: text or markdown is expected."),
        };
        await Console.Out.WriteAsync(text);
        foreach (var row in options.IsSet("--layers") ? rows.ToArray() : [])
        {
            await Console.Out.WriteAsync($"\n{row.Name}\n{SizeReport.LayersToText(row.Image)}");
        }

        return EngineExitCode.Done;
    }
}
