using System.Collections.Concurrent;
using System.Globalization;
using ContainerStages.Planning;
using ContainerStages.Snapshots;

namespace ContainerStages.Caching;

/// <summary>Keeps what the steps of a running build read. Stages write to it side by side.</summary>
internal sealed class InputLog
{
    /// <summary>Files of one copy that are told apart; of more, only the whole is known.</summary>
    private const int MostFiles = 10_000;

    private readonly ConcurrentDictionary<PlannedCopy, ConcurrentDictionary<string, string>> files =
        new(ReferenceEqualityComparer.Instance);

    private readonly ConcurrentDictionary<PlanStep, IReadOnlyList<string>> contents = new(ReferenceEqualityComparer.Instance);

    /// <param name="read">Digests of what the step reads, in the order of <see cref="PlanStep.Reads"/>.</param>
    public void Add(PlanStep step, IReadOnlyList<string> read) => contents[step] = read;

    /// <summary>Begins the files of a copy; null where they are not those of a context.</summary>
    internal Action<UnionEntry, byte[]>? OpenFiles(PlannedCopy copy)
    {
        if (copy.From is not (FromContext or FromFolder))
        {
            return null;
        }

        var found = files[copy] = new(StringComparer.Ordinal);
        var prefix = copy.From is FromFolder folder ? folder.Path : "";
        return (entry, hash) =>
        {
            if (found.Count <= MostFiles)
            {
                found[prefix.Length == 0 ? entry.Path.TrimStart('/') : prefix + entry.Path] = Value(entry, hash);
            }
        };
    }

    /// <summary>Null for a step that was never looked up.</summary>
    internal IReadOnlyList<string>? ContentsOf(PlanStep step) => contents.GetValueOrDefault(step);

    /// <summary>The files of all contexts that the step reads; null where they are too many.</summary>
    internal Dictionary<string, string>? FilesOf(PlanStep step)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (path, value) in step.Reads.SelectMany(copy => files.GetValueOrDefault(copy) ?? []))
        {
            all[path] = value;
        }

        return all.Count <= MostFiles ? all : null;
    }

    private static string Value(UnionEntry entry, byte[] hash)
    {
        var mode = entry.Status.Mode.ToString("x", CultureInfo.InvariantCulture);
        var content = entry.IsSymbolicLink ? entry.LinkTarget : Convert.ToHexStringLower(hash.AsSpan(0, Math.Min(8, hash.Length)));
        return $"{mode} {content}";
    }
}
