using System.Xml;
using System.Xml.Linq;
using ContainerStages.Contracts;
using ContainerStages.Tasks.DotNet;
using Microsoft.Build.Framework;

namespace ContainerStages.Tasks.Project;

/// <summary>
/// Properties and items that begin with our prefix and mean nothing, most often mistyped: those of the project file and of what it imports
/// as far as the text says it, of the command line and of the environment.
/// </summary>
internal static class UnknownNames
{
    private const string Prefix = "ContainerStage";

    // Variables of the engine program, such as CONTAINERSTAGES_STORE; MSBuild's names are blind to case.
    private const string EnginePrefix = "ContainerStages_";

    /// <summary>One warning a name, at the place that is found first.</summary>
    public static IEnumerable<Diagnostic> Find(string projectFile, IBuildEngine engine) =>
        InFiles(projectFile).Concat(Outside(projectFile, engine))
            .Where(found => found.Name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
                && !Known(found.IsItem).Contains(found.Name, StringComparer.OrdinalIgnoreCase))
            .DistinctBy(found => found.Name, StringComparer.OrdinalIgnoreCase)
            .Select(found => ProjectDiagnostics.UnknownName(found.Name, Advice(found), found.Location));

    private static IReadOnlyList<string> Known(bool isItem) => isItem ? KnownNames.Items : KnownNames.Properties;

    private static IEnumerable<Found> InFiles(string projectFile) =>
        new ProjectInputs([projectFile], []).RestoreFiles.OrderBy(file => file == projectFile ? 0 : 1).SelectMany(InFile);

    private static IEnumerable<Found> InFile(string file)
    {
        XDocument document;
        try
        {
            document = XDocument.Load(file, LoadOptions.SetLineInfo);
        }
        catch (Exception problem) when (problem is XmlException or IOException or UnauthorizedAccessException)
        {
            // MSBuild has complained of it, or it is no project file.
            yield break;
        }

        foreach (var element in document.Descendants())
        {
            if (element.Parent?.Name.LocalName is "PropertyGroup" or "ItemGroup")
            {
                yield return new Found(
                    element.Name.LocalName,
                    element.Parent!.Name.LocalName == "ItemGroup",
                    new SourceLocation(file, ((IXmlLineInfo)element).LineNumber));
            }
        }
    }

    private static IEnumerable<Found> Outside(string projectFile, IBuildEngine engine)
    {
        var given = engine is IBuildEngine6 global ? global.GetGlobalProperties().Keys : [];
        var variables = Environment.GetEnvironmentVariables().Keys.Cast<string>()
            .Where(name => !name.StartsWith(EnginePrefix, StringComparison.OrdinalIgnoreCase));
        return given
            .Concat(variables)
            .Order(StringComparer.Ordinal)
            .Select(name => new Found(name, IsItem: false, new SourceLocation(projectFile)));
    }

    private static string Advice(Found found)
    {
        if (Known(!found.IsItem).FirstOrDefault(name => name.Equals(found.Name, StringComparison.OrdinalIgnoreCase)) is { } other)
        {
            return found.IsItem
                ? $"{other} is a property: write it in a PropertyGroup."
                : $"{other} is an item: write it in an ItemGroup, with Include.";
        }

        // Most often the group around it is right; a name of the other kind counts where it is nearer.
        var (nearest, distance) = Known(found.IsItem)
            .Concat(Known(!found.IsItem))
            .Select(name => (name, NearestName.Distance(found.Name, name))).MinBy(pair => pair.Item2);
        return distance <= 2 + (found.Name.Length - Prefix.Length) / 3
            ? $"Did you mean {nearest}?"
            : $"Names that begin with {Prefix} belong to this package; docs/project-language.md lists them.";
    }

    private sealed record Found(string Name, bool IsItem, SourceLocation Location);
}
