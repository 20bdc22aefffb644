using System.Collections.Immutable;
using ContainerStages.Oci;
using ContainerStages.Planning;

namespace ContainerStages.Engines;

/// <summary>The history of an image's stages.</summary>
internal static class StageHistory
{
    /// <summary>Base entries first, then this stage's; layers and non-empty entries are equal in number.</summary>
    /// <param name="stage">The last stage.</param>
    /// <param name="empty">For each step of a stage, whether it left the files as they were.</param>
    /// <param name="epoch">The time of the stages' own entries, in seconds since 1970.</param>
    public static ImmutableArray<HistoryEntry> Of(StagePlan stage, Func<StagePlan, IReadOnlyList<bool>> empty, long epoch)
    {
        var before = stage.Base switch
        {
            ImageBase image => [.. image.Config.History ?? []],
            StageBase other => Of(other.Stage, empty, epoch),
            _ => ImmutableArray<HistoryEntry>.Empty,
        };
        var steps = empty(stage);
        var created = DateTimeOffset.FromUnixTimeSeconds(epoch).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
        return before.AddRange(stage.History.Select(entry => new HistoryEntry
        {
            Created = created,
            CreatedBy = entry.CreatedBy,
            EmptyLayer = entry.Step is { } step && !steps[step] ? null : true,
        }));
    }
}

/// <summary>Names of stages for people: with the platform where there are several.</summary>
internal sealed class StageTitles(int builds)
{
    public string Of(StagePlan stage) => builds == 1 ? stage.Name : $"{stage.Platform} {stage.Name}";
}
