using System.Collections.Immutable;

namespace ContainerStages.Pruning;

/// <summary>Which things go, by the settings alone.</summary>
internal static class PruneChoice
{
    /// <returns>Leftovers first, then what was not used for the longest time.</returns>
    public static ImmutableArray<StoreItem> Choose(IReadOnlyList<StoreItem> items, PruneSettings settings, DateTime now)
    {
        var candidates = items
            .Where(item => settings.All || !item.IsNamed)
            .OrderBy(item => item.Kind != StoreItemKind.Leftover).ThenBy(item => item.LastUse)
            .ToArray();
        var chosen = candidates.Where(item => Goes(item, settings, now)).ToHashSet();
        if (settings.MaxSize is { } most)
        {
            var left = items.Sum(item => item.Size) - chosen.Sum(item => item.Size);
            foreach (var item in candidates.Where(item => item.Kind != StoreItemKind.Record && !chosen.Contains(item)).ToArray())
            {
                if (left <= most)
                {
                    break;
                }

                chosen.Add(item);
                left -= item.Size;
            }
        }

        return [.. candidates.Where(chosen.Contains)];
    }

    private static bool Goes(StoreItem item, PruneSettings settings, DateTime now) =>
        !item.IsReferred
        || (settings.OlderThan is { } age && item.LastUse < now - age)
        || (settings.All && settings.OlderThan is null && settings.MaxSize is null);
}
