using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ContainerStages.Contracts;

namespace ContainerStages.Reporting;

/// <summary>The report as Markdown: what a pipeline's summary or a pull request has room for.</summary>
internal sealed class MarkdownReport
{
    private const int Files = 10;
    private const int LongestInstruction = 120;
    private readonly StringBuilder text = new();

    public static string Of(ReportDocument report)
    {
        var markdown = new MarkdownReport();
        markdown.Line($"# {Code(report.Name)}");
        markdown.Line($"{Code(report.Digest)}");
        foreach (var image in report.Images)
        {
            markdown.Append(image, report.Images.Count > 1);
        }

        if (report.Build is { } build)
        {
            markdown.Append(build);
        }

        return markdown.text.ToString();
    }

    private void Append(ReportedImage image, bool isOneOfSeveral)
    {
        if (isOneOfSeveral)
        {
            Line($"## {image.Platform}");
        }

        Line(
            $"{image.Platform}, {ByteSize.Format(image.Size)} ({ByteSize.Format(image.CompressedSize)} compressed) "
            + $"in {Count(image.Layers.Count, "layer")}"
            + $"; {ByteSize.Format(image.Wasted)} replaced or removed by later layers"
            + $"; {ByteSize.Format(image.Duplicates.Sum(copies => copies.Extra))} in it more than once.");
        Line(image.Base is { } known
            ? $"Base image: {Code(string.Join(' ', new[] { known.Name, known.Digest }.OfType<string>()))}"
                + $"{(known.Created is { } created ? $", created {Code(created)}" : "")}."
            : "Base image: not known.");
        if (image.SingleStage is { } single)
        {
            var part = (100.0 * image.CompressedSize / single.CompressedSize).ToString("0.##", CultureInfo.InvariantCulture);
            Line(
                $"In one stage, on {Code(single.Base)}, it would have at least {ByteSize.Format(single.CompressedSize)} compressed: this " +
                $"is {part} % of that.");
        }

        Table("Layers", ["size", "compressed", "made by"], 2, image.Layers.Select(layer => (string[])
            [ByteSize.Format(layer.Size), ByteSize.Format(layer.CompressedSize), Instruction(layer.Instruction)]));
        Table("Largest files", ["size", "layer", "path"], 2, ImageReporter.Largest(image, Files).Select(one => (string[])
            [ByteSize.Format(one.File.Size), Number(one.Layer), Code("/" + one.File.Path) + State(one.File)]));
        Table("Replaced or removed by a later layer", ["size", "layer", "path"], 2, Wasted(image).Select(one => (string[])
            [ByteSize.Format(one.File.Size), Number(one.Layer), Code("/" + one.File.Path) + State(one.File)]));
        Table("The same content under several paths", ["extra", "size", "paths"], 2, image.Duplicates.Take(Files).Select(Cells));
        Table("Packages", ["packages", "kind"], 1, (image.Packages ?? []).GroupBy(package => package.Kind)
            .Select(group => (string[])[Number(group.Count()), group.Key.ToString()]));
        if (image.Against is { } against)
        {
            Append(image, against);
        }
    }

    private static string[] Cells(ReportedCopies copies) =>
    [
        ByteSize.Format(copies.Extra),
        ByteSize.Format(copies.Size),
        string.Join(", ", copies.Paths.Take(3).Select(path => Code("/" + path)))
            + (copies.Paths.Count > 3 ? $" and {Number(copies.Paths.Count - 3)} more" : ""),
    ];

    private void Append(ReportedImage image, ReportedDifference against)
    {
        Line($"### Against {Code(against.Name)}");
        Line(
            $"{ByteSize.Format(against.Size)} before, {ByteSize.Format(image.Size)} now ({Signed(image.Size - against.Size)}); "
            + $"compressed {ByteSize.Format(against.CompressedSize)} before, {ByteSize.Format(image.CompressedSize)} now "
            + $"({Signed(image.CompressedSize - against.CompressedSize)}).");
        Table("Layers that differ", ["before", "after", "made by"], 2, against.Layers
            .Where(layer => layer.Kind != DifferenceKind.Same)
            .Select(layer => (string[])[Optional(layer.Before), Optional(layer.After), Instruction(layer.Instruction)]));
        Table($"Files that differ: {Number(against.Files.Count)}", ["before", "after", "path"], 2, against.Files.Take(Files)
            .Select(file => (string[])[Optional(file.Before), Optional(file.After), Code("/" + file.Path)]));
    }

    private void Append(ReportedBuild build)
    {
        Line("## Timeline");
        Table($"{Seconds(build.Milliseconds)} in all", ["start", "time", "step"], 2, build.Steps.Select(step => (string[])
        [
            Seconds(step.Start),
            Seconds(step.End - step.Start),
            $"{(step.Stage.Length == 0 ? "" : Code(step.Stage) + ": ")}{Instruction(step.Title)} {step.Outcome}"
                + (step.WaitsFor is { } stages ? $"; waits for {string.Join(", ", stages.Select(Code))}" : "")
                + (step.Why is { } why ? $"; {TerminalText.Line(why)}" : ""),
        ]));
    }

    private static IEnumerable<(ReportedFile File, int Layer)> Wasted(ReportedImage image) => image.Layers
        .SelectMany((layer, index) => layer.Files.Select(file => (File: file, Layer: index + 1)))
        .Where(one => one.File is { IsWasted: true, Size: > 0 })
        .OrderByDescending(one => one.File.Size)
        .Take(Files);

    private static string State(ReportedFile file) =>
        file.RemovedIn is { } removed ? $" (removed by layer {Number(removed)})"
        : file.ReplacedIn is { } replaced ? $" (replaced by layer {Number(replaced)})"
        : "";

    private static string Instruction(string instruction) =>
        instruction.Length == 0 ? ""
        : Code(instruction.Length > LongestInstruction ? instruction[..LongestInstruction] + "..." : instruction);

    /// <summary>Text of strangers as code, which no text in it can end. Source: CommonMark, 6.1 Code spans.</summary>
    private static string Code(string untrusted)
    {
        var shown = TerminalText.Line(untrusted);
        var (longest, run) = (0, 0);
        foreach (var letter in shown)
        {
            run = letter == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        var fence = new string('`', longest + 1);
        var gap = longest > 0 ? " " : "";
        return $"{fence}{gap}{shown}{gap}{fence}";
    }

    private void Line(string line) => text.Append(line).Append("\n\n");

    private void Table(string title, string[] header, int textColumn, IEnumerable<string[]> rows)
    {
        if (rows.ToArray() is { Length: > 0 } all)
        {
            Line($"**{title}**");
            text.Append(new TextTable([.. header], [.. all.Select(ImmutableArray.Create<string>)], textColumn).ToMarkdown()).Append('\n');
        }
    }

    private static string Optional(long? size) => size is { } bytes ? ByteSize.Format(bytes) : "";

    private static string Signed(long bytes) => bytes == 0 ? "the same" : (bytes < 0 ? "-" : "+") + ByteSize.Format(Math.Abs(bytes));

    private static string Count(int count, string what) => $"{Number(count)} {what}{(count == 1 ? "" : "s")}";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(long milliseconds) => (milliseconds / 1000.0).ToString("0.00", CultureInfo.InvariantCulture) + " s";
}
