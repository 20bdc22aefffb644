using System.Xml;
using System.Xml.Linq;

namespace ContainerStages.Tasks.Project;

/// <summary>
/// Images that are named by the project that makes them: <c>From="project:../base/base.goproj"</c>, or metadata Project of a context.
/// </summary>
internal static class ProjectImages
{
    public const string Prefix = "project:";

    /// <summary>The project that a From names, as a full path; null where it names something else.</summary>
    public static string? Find(string? from, string directory) =>
        from is not null && from.StartsWith(Prefix, StringComparison.Ordinal) ? FullPath(from[Prefix.Length..], directory) : null;

    public static string FullPath(string path, string directory) => Path.GetFullPath(path.Trim().Replace('\\', '/'), directory);

    /// <summary>
    /// The projects from one back to itself, both ends included; empty where there is no such way. Files are read as they stand: a path
    /// with an expression of MSBuild's in it is not followed.
    /// </summary>
    public static IReadOnlyList<string> FindCycle(string project)
    {
        var way = new List<string> { project };
        return Reaches(project, project, way, []) ? way : [];
    }

    private static bool Reaches(string from, string goal, List<string> way, HashSet<string> seen)
    {
        foreach (var next in NamedIn(from))
        {
            way.Add(next);
            if (next == goal || (seen.Add(next) && Reaches(next, goal, way, seen)))
            {
                return true;
            }

            way.RemoveAt(way.Count - 1);
        }

        return false;
    }

    private static IReadOnlyList<string> NamedIn(string project)
    {
        try
        {
            var directory = Path.GetDirectoryName(project)!;
            return
            [
                .. XDocument.Load(project).Descendants()
                    .Where(element => element.Name.LocalName.StartsWith("ContainerStage", StringComparison.OrdinalIgnoreCase))
                    .SelectMany(element => Values(element, "From").Select(from => Find(from, directory))
                        .Concat(Values(element, "Project").Select(path => FullPath(path, directory))))
                    .OfType<string>().Distinct(StringComparer.Ordinal),
            ];
        }
        catch (Exception exception) when (exception is XmlException or IOException or UnauthorizedAccessException)
        {
            // MSBuild says it better, when the project is built.
            return [];
        }
    }

    private static IEnumerable<string> Values(XElement item, string metadata) =>
        item.Attributes().Where(attribute => IsNamed(attribute.Name, metadata)).Select(attribute => attribute.Value)
            .Concat(item.Elements().Where(element => IsNamed(element.Name, metadata)).Select(element => element.Value))
                .Select(value => value.Trim());

    private static bool IsNamed(XName name, string metadata) => name.LocalName.Equals(metadata, StringComparison.OrdinalIgnoreCase);
}
