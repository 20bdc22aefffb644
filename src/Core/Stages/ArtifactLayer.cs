using System.Collections.Immutable;

namespace ContainerStages.Stages;

/// <summary>
/// How a Dockerfile makes one layer of several copies: a stage on scratch gathers them, and one COPY takes the folder that they have in
/// common.
/// </summary>
internal static class ArtifactLayer
{
    /// <summary>Name of the gathering stage.</summary>
    public const string Stage = "container-stage-artifacts";

    /// <summary>The text that a history has of them: the copy itself where there is one that a Dockerfile can say.</summary>
    public static string TextOf(ImmutableArray<CopyInstruction> copies) =>
        IsOneCopy(copies) ? copies[0].Text : Gathered(copies, copies[0]).Text;

    /// <summary>True where no stage is needed to gather.</summary>
    public static bool IsOneCopy(ImmutableArray<CopyInstruction> copies) =>
        copies is [{ SkipMissing: false, Append: false, Files.IsEmpty: true }];

    /// <summary>The copy from the gathering stage.</summary>
    public static CopyInstruction Gathered(ImmutableArray<CopyInstruction> copies, Instruction place)
    {
        var folder = CommonFolder(copies);
        var source = IsAbsolute(folder) ? folder : "/";
        return new CopyInstruction(place.Location, $"COPY --from={Stage} {source} {folder}", [source], folder, Stage);
    }

    /// <summary>True where all destinations begin at the root, or none does: only then do they have a folder in common.</summary>
    public static bool HasCommonFolder(ImmutableArray<CopyInstruction> copies) =>
        copies.Select(copy => IsAbsolute(copy.Destination)).Distinct().Count() == 1;

    /// <summary>
    /// Folders that are there already keep their mode where they need not be copied, so the folder is as deep as can be. Ends with a slash.
    /// </summary>
    private static string CommonFolder(ImmutableArray<CopyInstruction> copies)
    {
        if (!IsAbsolute(copies[0].Destination))
        {
            return "./";
        }

        var folders = copies.Select(copy => copy.Destination[..(copy.Destination.LastIndexOf('/') + 1)]).ToArray();
        var common = folders[0];
        while (!folders.All(folder => folder.StartsWith(common, StringComparison.Ordinal)))
        {
            common = common.TrimEnd('/') is { Length: > 0 } deeper ? deeper[..(deeper.LastIndexOf('/') + 1)] : "/";
            if (common == "/")
            {
                break;
            }
        }

        return common;
    }

    private static bool IsAbsolute(string path) => path.StartsWith('/');
}
