namespace ContainerStages.Reporting;

/// <summary>What changed from one image to the next.</summary>
internal static class ImageDifference
{
    /// <summary>
    /// Layers here in their order, each beside the equal one there, else beside the next that the same instruction made; then those that
    /// are gone.
    /// </summary>
    public static IReadOnlyList<LayerDifference> OfLayers(IReadOnlyList<ReportedLayer> before, IReadOnlyList<ReportedLayer> after)
    {
        var left = before.ToList();
        var partners = new ReportedLayer?[after.Count];
        Match((one, other) => one.DiffId == other.DiffId);
        Match((one, other) => one.Instruction == other.Instruction && one.Instruction.Length > 0);
        return
        [
            .. after.Select((layer, index) => partners[index] is { } partner
                ? new LayerDifference(KindOf(partner, layer), layer.Instruction, partner.Size, layer.Size)
                : new LayerDifference(DifferenceKind.Added, layer.Instruction, null, layer.Size)),
            .. left.Select(layer => new LayerDifference(DifferenceKind.Removed, layer.Instruction, layer.Size, null)),
        ];

        static DifferenceKind KindOf(ReportedLayer before, ReportedLayer after) =>
            before.DiffId == after.DiffId ? DifferenceKind.Same : DifferenceKind.Changed;

        void Match(Func<ReportedLayer, ReportedLayer, bool> areSame)
        {
            foreach (var (index, layer) in after.Index())
            {
                if (partners[index] is null && left.Find(other => areSame(layer, other)) is { } partner)
                {
                    partners[index] = partner;
                    left.Remove(partner);
                }
            }
        }
    }

    /// <summary>Only what differs, the largest difference first.</summary>
    public static IReadOnlyList<FileDifference> OfFiles(IEnumerable<UnionFile> before, IEnumerable<UnionFile> after)
    {
        var left = new Dictionary<string, UnionFile>(StringComparer.Ordinal);
        foreach (var file in before)
        {
            left[file.Path] = file;
        }

        var differences = new List<FileDifference>();
        foreach (var file in after)
        {
            if (!left.Remove(file.Path, out var old))
            {
                differences.Add(new FileDifference(DifferenceKind.Added, file.Path, null, file.Size));
            }
            else if (old.Size != file.Size || old.Content != file.Content)
            {
                differences.Add(new FileDifference(DifferenceKind.Changed, file.Path, old.Size, file.Size));
            }
        }

        differences.AddRange(left.Values.Select(gone => new FileDifference(DifferenceKind.Removed, gone.Path, gone.Size, null)));
        return [.. differences.OrderByDescending(one => Math.Abs(one.Delta)).ThenBy(one => one.Path, StringComparer.Ordinal)];
    }
}
