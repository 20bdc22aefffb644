using System.Collections.Immutable;
using ContainerStages.Cli.Completion;
using ContainerStages.Contracts;
using ContainerStages.Images;
using ContainerStages.Reporting;
using ContainerStages.Running;

namespace ContainerStages.Cli.Verbs;

/// <summary><c>history</c>: what made each layer, the newest first, as <c>docker history</c> shows it.</summary>
internal static class HistoryVerb
{
    private const int Width = 60;

    public static Verb Verb { get; } = new(
        "history",
        "[OPTIONS] IMAGE",
        "show what made each layer of an image",
        [new(["--no-trunc"], null, "show instructions whole")],
        RunAsync,
        Arguments: Candidates.Images);

    private static async Task<int> RunAsync(OptionReader options, IReadOnlyList<string> arguments)
    {
        if (options.Rest.Count != 1)
        {
            throw new UsageException("name one image.");
        }

        using var store = new ImageStore(null, VerbTable.Warn);
        var image = await store.FindAsync(options.Rest[0], CancellationToken.None);
        var table = new TextTable(["LAYER", "SIZE", "CREATED BY"], [.. Rows(image, options.IsSet("--no-trunc"))]);
        await Console.Out.WriteAsync(table.ToText());
        return EngineExitCode.Done;
    }

    private static IEnumerable<ImmutableArray<string>> Rows(Image image, bool whole)
    {
        var rows = new List<ImmutableArray<string>>();
        var layer = 0;
        foreach (var entry in image.Config.History ?? [])
        {
            var made = entry.EmptyLayer != true && layer < image.Layers.Length ? image.Layers[layer++].Layer : null;
            rows.Add([made?.DiffId.Hex[..12] ?? "-", ByteSize.Format(made?.Size ?? 0), Shorten(entry.CreatedBy ?? "", whole)]);
        }

        rows.Reverse();
        return rows;
    }

    private static string Shorten(string text, bool whole) => whole || text.Length <= Width ? text : text[..(Width - 1)] + "…";
}
