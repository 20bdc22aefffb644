using System.Collections.Immutable;
using System.Globalization;
using ContainerStages.Contracts;
using ContainerStages.Images;
using ContainerStages.Oci;

namespace ContainerStages.Reporting;

/// <summary>One line of the report.</summary>
public sealed record SizeReportRow(string Name, Image Image, TimeSpan? BuildTime = null);

/// <summary>How large images are: side by side, and layer by layer.</summary>
/// <param name="Rows">Images in the order they are shown.</param>
/// <param name="ReferenceRow">Index of the image that the others are a share of; null leaves the column out.</param>
public sealed record SizeReport(ImmutableArray<SizeReportRow> Rows, int? ReferenceRow = null)
{
    /// <summary>Columns with blanks between, numbers to the right.</summary>
    public string ToText() => new TextTable(Header(), [.. Rows.Select(Cells)], 0).ToText();

    /// <summary>A Markdown table.</summary>
    public string ToMarkdown() => new TextTable(Header(), [.. Rows.Select(Cells)], 0).ToMarkdown();

    /// <summary>Every layer of an image from the top down, as <c>docker history</c> shows it: size, compressed size, instruction.</summary>
    public static string LayersToText(Image image)
    {
        var sizes = new Queue<ImageLayer>(image.Layers);
        IEnumerable<HistoryEntry> history = image.Config.History is { Count: > 0 } known
            ? known
            : image.Layers.Select(_ => new HistoryEntry());
        var rows = new List<ImmutableArray<string>>();
        foreach (var entry in history)
        {
            var layer = entry.EmptyLayer == true ? null : sizes.TryDequeue(out var next) ? next.Layer : null;
            rows.Add([
                ByteSize.Format(layer?.Size ?? 0),
                ByteSize.Format(layer?.Descriptor.Size ?? 0),
                OneLine(entry.CreatedBy ?? entry.Comment ?? ""),
            ]);
        }

        rows.Reverse();
        return new TextTable(["size", "compressed", "created by"], [.. rows], 2).ToText();
    }

    private ImmutableArray<string> Header() =>
    [
        "image",
        "layers",
        "size",
        "compressed",
        .. ReferenceRow is null ? (string[])[] : ["share"],
        .. HasTimes ? (string[])["time"] : [],
    ];

    private bool HasTimes => Rows.Any(row => row.BuildTime is not null);

    private ImmutableArray<string> Cells(SizeReportRow row) =>
    [
        row.Name,
        row.Image.Layers.Length.ToString(CultureInfo.InvariantCulture),
        ByteSize.Format(row.Image.Size),
        ByteSize.Format(row.Image.Layers.Sum(layer => layer.Layer.Descriptor.Size)),
        .. ReferenceRow is { } reference ? (string[])[Share(row.Image.Size, Rows[reference].Image.Size)] : [],
        .. HasTimes
            ? (string[])[row.BuildTime is { } time ? time.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture) + " s" : ""]
            : [],
    ];

    private static string Share(long size, long reference) =>
        size < 0 || reference <= 0 ? "?" : (100.0 * size / reference).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
