using System.Collections.Immutable;
using ContainerStages.Cli.Completion;
using ContainerStages.Contracts;
using ContainerStages.Images;
using ContainerStages.Oci;
using ContainerStages.Reporting;
using ContainerStages.Running;

namespace ContainerStages.Cli.Verbs;

/// <summary><c>report</c>: how large images are, side by side and layer by layer; or what is in one, as a page, Markdown or JSON.</summary>
internal static class ReportVerb
{
    public static Verb Verb { get; } = new(
        "report",
        "[OPTIONS] IMAGE...",
        "compare the sizes of images, or write what is in one",
        [
            new(["--output", "-o"], "FILE", "write what is in IMAGE: FILE.html, FILE.md or FILE.json; repeatable", Candidates.Files),
            new(["--against"], "IMAGE", "in that report also the difference from another image", Candidates.Images),
            new(["--platform"], "OS/ARCH", "of an image that is not in the store (default: this machine's)"),
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

        if (options.All("--output") is { Count: > 0 } files)
        {
            return await WriteAsync(options, files);
        }

        if (options.Last("--against") is not null)
        {
            throw new UsageException(
                "--against needs a file for the report: -o report.html. Several images side by side: report IMAGE IMAGE.");
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

    private static async Task<int> WriteAsync(OptionReader options, IReadOnlyList<string> files)
    {
        if (options.Rest.Count != 1)
        {
            throw new UsageException("a report is on one image; --against IMAGE compares it with another.");
        }

        if (files.FirstOrDefault(file => ReportForm.Of(file) is null) is { } other)
        {
            throw new UsageException($"--output {other}: the name of a report ends in {string.Join(", ", ReportForm.Valid)}.");
        }

        var platform = options.Last("--platform") is not { } text ? null
            : Platform.TryParse(text) ?? throw new UsageException($"--platform {text}: OS/ARCH is expected, such as linux/arm64.");
        using var interrupt = new Interrupt();
        using var store = new ImageStore(null, VerbTable.Warn);
        try
        {
            var image = await SubjectAsync(options.Rest[0]);
            var against = options.Last("--against") is { } earlier ? await SubjectAsync(earlier) : null;
            var report = new ImageReporter(store.Content).Report(image, against, _ => null, null, interrupt.Token);
            foreach (var file in files)
            {
                ReportFiles.Write(report, Path.GetFullPath(file));
            }

            return EngineExitCode.Done;
        }
        catch (OperationCanceledException) when (interrupt.Token.IsCancellationRequested)
        {
            return EngineExitCode.Interrupted;
        }

        Task<WholeImage> SubjectAsync(string name) => store.TakeWholeAsync(name, platform, interrupt.Token);
    }
}
