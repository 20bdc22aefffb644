using System.Collections.Immutable;
using System.Globalization;
using ContainerStages.Cli.Completion;
using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Pruning;
using ContainerStages.Reporting;
using ContainerStages.Sandboxing;

namespace ContainerStages.Cli.Verbs;

/// <summary><c>prune</c>: frees space in the store.</summary>
internal static class PruneVerb
{
    public static Verb Verb { get; } = new(
        "prune",
        "[OPTIONS]",
        "free space in the store",
        [
            new(["--older-than"], "AGE", "also what no build has used for so long: 7d, 24h"),
            new(["--filter"], "until=AGE", "the same, as Docker writes it", Candidates.Of("until=")),
            new(
                ["--max-size", "--keep-storage"],
                "SIZE",
                "also what was not used for the longest time, until the store has this size: 10GB"),
            new(["--all", "-a"], null, "named images too; alone: everything"),
            new(["--dry-run"], null, "only tell what would go"),
            new(["--force", "-f"], null, "accepted; nothing is ever asked"),
        ],
        RunAsync);

    private static async Task<int> RunAsync(OptionReader options, IReadOnlyList<string> arguments)
    {
        if (options.Rest.Count > 0)
        {
            throw new UsageException($"'{options.Rest[0]}' is not expected; prune works on the whole store.");
        }

        var settings = new PruneSettings
        {
            OlderThan = Age(options),
            MaxSize = Size(options),
            All = options.IsSet("--all"),
            DryRun = options.IsSet("--dry-run"),
        };
        if (UserNamespace.IsNeeded)
        {
            // Unpacked layers hold files of mapped ids, which only the user namespace may remove. Where there can be none, none were made.
            _ = UserNamespace.TryReExecute([.. arguments]);
        }

        using var interrupt = new Interrupt();
        try
        {
            var report = await new StorePruner(new StoreDirectory(StoreDirectory.DefaultPath())).PruneAsync(settings, interrupt.Token);
            foreach (var warning in report.Warnings)
            {
                await Console.Error.WriteLineAsync(warning.ToString());
            }

            await Console.Out.WriteAsync(Text(report, settings.DryRun));
            return report.IsComplete ? EngineExitCode.Done : EngineExitCode.Failed;
        }
        catch (OperationCanceledException) when (interrupt.Token.IsCancellationRequested)
        {
            return EngineExitCode.Interrupted;
        }
    }

    private static string Text(PruneReport report, bool isDryRun)
    {
        ImmutableArray<ImmutableArray<string>> rows =
        [
            .. report.Removed.GroupBy(item => item.Kind).OrderBy(kind => kind.Key).Select(kind =>
                ImmutableArray.Create(
                    Describe(kind.Key),
                    kind.Count().ToString(CultureInfo.InvariantCulture),
                    ByteSize.Format(kind.Sum(item => item.Size)))),
        ];
        return (rows.IsEmpty ? "" : new TextTable(["what", "number", "size"], rows, 0).ToText())
            + string.Concat(report.Names.Select(name => $"{(isDryRun ? "would untag" : "untagged")} {name}\n"))
            + (report.InUse > 0 ? $"{report.InUse} more are in use by running builds and stay\n" : "")
            + $"{(isDryRun ? "would free" : "freed")} {ByteSize.Format(report.Freed)}, the store {(isDryRun ? "would hold" : "holds")} " +
                $"{ByteSize.Format(report.Left)}\n";
    }

    private static string Describe(StoreItemKind kind) => kind switch
    {
        StoreItemKind.Leftover => "left by interrupted builds",
        StoreItemKind.Blob => "image layers and documents",
        StoreItemKind.Snapshot => "unpacked layers and steps",
        StoreItemKind.Download => "downloads",
        StoreItemKind.Cache => "cache mounts",
        _ => "records",
    };

    private static TimeSpan? Age(OptionReader options)
    {
        var text = options.Last("--older-than");
        foreach (var filter in options.All("--filter"))
        {
            text = filter.StartsWith("until=", StringComparison.Ordinal)
                ? filter["until=".Length..]
                : throw new UsageException($"--filter {filter}: until=AGE is expected.");
        }

        return text is null
            ? null
            : AgeText.TryParse(text)
                ?? throw new UsageException($"'{text}' is no age: write 7d, 24h, 1h30m, or a date such as 2026-01-31.");
    }

    private static long? Size(OptionReader options) => options.Last("--max-size") is { } text
        ? ByteCount.TryParse(text) ?? throw new UsageException($"--max-size {text}: a size such as 10GB is expected.")
        : null;
}
