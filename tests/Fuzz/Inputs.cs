using System.Collections.Immutable;
using System.Text;
using ContainerStages.TestKit;

namespace ContainerStages.Fuzz;

/// <summary>Where the inputs to begin with come from.</summary>
internal static class Inputs
{
    public static ImmutableArray<byte[]> Of(params IEnumerable<string> texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];

    /// <summary>What once broke a target, kept for ever.</summary>
    public static ImmutableArray<byte[]> Kept(string target) =>
        Directory.Exists(FolderOf(target))
            ? [.. Directory.GetFiles(FolderOf(target)).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)]
            : [];

    /// <summary>The files of one name in all cases of the tests.</summary>
    public static ImmutableArray<byte[]> OfCases(string fileName) =>
    [
        .. new[]
        {
            Repository.PathOf("tests", "Core.Tests", "Dockerfile", "Corpus"),
            Repository.PathOf("tests", "Differential.Tests", "Cases"),
        }
            .SelectMany(folder => Directory.EnumerateFiles(folder, fileName, SearchOption.AllDirectories))
            .Order(StringComparer.Ordinal)
            .Select(File.ReadAllBytes),
    ];

    private static string FolderOf(string target) => Repository.PathOf("tests", "Fuzz", "Seeds", target);
}
