using System.Xml;
using System.Xml.Linq;

namespace ContainerStages.Tasks.DotNet;

/// <summary>
/// What project files name beside themselves: files they import, and files and folders outside the project's own folder. The text is read,
/// not evaluated: a condition counts as true, and a path with another property than those that say where a file is counts as none.
/// </summary>
internal sealed class ProjectScan
{
    private static readonly char[] Wildcards = ['*', '?'];
    private readonly HashSet<string> scanned = new(StringComparer.Ordinal);
    private readonly SortedSet<string> imports = new(StringComparer.Ordinal);
    private readonly SortedSet<string> links = new(StringComparer.Ordinal);

    /// <summary>Imported files; absolute.</summary>
    public IReadOnlyCollection<string> Imports => imports;

    /// <summary>Files and folders that items and properties name by a path that leads upwards or begins at the file; absolute.</summary>
    public IReadOnlyCollection<string> Links => links;

    /// <param name="file">A project file, or one that it imports.</param>
    /// <param name="projectFolder">The folder of the project.</param>
    public void Add(string file, string projectFolder)
    {
        if (!scanned.Add(file) || Load(file) is not { } root)
        {
            return;
        }

        foreach (var element in root.Descendants())
        {
            if (element.Name.LocalName == "Import")
            {
                foreach (var import in Resolve(element.Attribute("Project")?.Value, file, projectFolder).SelectMany(Matches))
                {
                    Import(import, projectFolder);
                }
            }
            else if (element.Name.LocalName != "ProjectReference")
            {
                AddLinks(element, file, projectFolder);
            }
        }
    }

    private void Import(string file, string projectFolder)
    {
        imports.Add(file);
        if (file.EndsWith(".projitems", StringComparison.OrdinalIgnoreCase))
        {
            // A shared project: its files are those of its folder.
            links.Add(Path.GetDirectoryName(file)!);
        }

        Add(file, projectFolder);
    }

    private void AddLinks(XElement element, string file, string projectFolder)
    {
        string?[] texts = [element.Attribute("Include")?.Value, element.HasElements ? null : element.Value];
        foreach (var path in texts.SelectMany(text => (text ?? "").Split(';'))
            .Where(LeadsOut)
            .SelectMany(text => Resolve(text, file, projectFolder)))
        {
            var wildcard = path.IndexOfAny(Wildcards);
            var named = wildcard < 0 ? path : Path.GetDirectoryName(path[..wildcard])!;
            if (File.Exists(named) || Directory.Exists(named))
            {
                links.Add(Path.TrimEndingDirectorySeparator(named));
            }
        }
    }

    private static bool LeadsOut(string text) =>
        text.TrimStart().StartsWith("..", StringComparison.Ordinal)
            || text.Contains("$(MSBuildThisFileDirectory)", StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<string> Resolve(string? text, string file, string projectFolder)
    {
        var folder = Path.GetDirectoryName(file)! + "/";
        var path = (text ?? "").Trim().Replace('\\', '/')
            .Replace("$(MSBuildThisFileDirectory)/", folder, StringComparison.OrdinalIgnoreCase)
            .Replace("$(MSBuildThisFileDirectory)", folder, StringComparison.OrdinalIgnoreCase)
            .Replace("$(MSBuildProjectDirectory)", projectFolder, StringComparison.OrdinalIgnoreCase)
            .Replace("$(ProjectDir)", projectFolder + "/", StringComparison.OrdinalIgnoreCase);
        return path.Length == 0 || path.Contains('(', StringComparison.Ordinal) || path.Contains('\n', StringComparison.Ordinal)
            ? []
            : [Path.GetFullPath(path, folder)];
    }

    private static IEnumerable<string> Matches(string path) =>
        path.IndexOfAny(Wildcards) < 0 ? (File.Exists(path) ? [path] : [])
        : Path.GetDirectoryName(path) is { } folder && folder.IndexOfAny(Wildcards) < 0 && Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, Path.GetFileName(path))
        : [];

    // A file that is no XML is MSBuild's to complain of, or was no project file.
    private static XElement? Load(string file)
    {
        try
        {
            return XDocument.Load(file).Root;
        }
        catch (Exception problem) when (problem is XmlException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
