namespace ContainerStages.Tasks.DotNet;

/// <summary>
/// Which files of this machine a build of projects reads: those that a restore reads, and those that a compilation reads. The context is the folder that
/// holds them all.
/// </summary>
internal sealed class ProjectInputs
{
    // Those that every project below a folder has without naming them. Source: MSBuild, Customize your build by folder; NuGet, central package management.
    private static readonly string[] Inherited = ["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "Directory.Build.rsp"];
    private readonly SortedSet<string> _restore = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _sources = new(StringComparer.Ordinal);
    private readonly ProjectScan _scan = new();

    /// <param name="projects">Every project that takes part; absolute.</param>
    /// <param name="named">Further files and folders; absolute.</param>
    public ProjectInputs(IReadOnlyList<string> projects, IEnumerable<string> named)
    {
        foreach (var project in projects)
        {
            AddProject(project);
        }

        string[] given = [.. named];
        _restore.UnionWith([.. _scan.Imports, .. given]);
        _sources.UnionWith([.. _scan.Links, .. given, .. projects.Select(Folder)]);
        Root = CommonFolder(_restore.Concat(_sources));
        AddStyleFiles();
    }

    /// <summary>The folder that holds everything.</summary>
    public string Root { get; }

    /// <summary>Absolute; files, and folders that the user names.</summary>
    public IReadOnlyCollection<string> RestoreFiles => _restore;

    /// <summary>Absolute; files and folders, none inside another.</summary>
    public IReadOnlyCollection<string> Sources => [.. _sources.Where(path => !_sources.Any(other => other != path && IsInside(path, other)))];

    public static bool IsInside(string path, string folder) => path == folder || path.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal);

    private void AddProject(string project)
    {
        var folder = Folder(project);
        _restore.Add(project);
        _restore.UnionWith(Directory.EnumerateFiles(folder, "packages*.lock.json"));
        _scan.Add(project, folder);
        foreach (var file in Inherited.SelectMany(name => Nearest(folder, name)))
        {
            _restore.Add(file);
            _scan.Add(file, folder);
        }
    }

    /// <summary>The nearest file of that name, and those above it for as long as each asks for the next.</summary>
    private static IEnumerable<string> Nearest(string folder, string name)
    {
        for (var at = folder; at is not null; at = Path.GetDirectoryName(at))
        {
            var file = Path.Combine(at, name);
            if (File.Exists(file))
            {
                yield return file;
                if (!File.ReadAllText(file).Contains("OfFileAbove", StringComparison.OrdinalIgnoreCase))
                {
                    yield break;
                }
            }
        }
    }

    /// <summary>Rules for analyzers and the version of the SDK; they do not widen the context, because most of them stand at the top of a repository.</summary>
    private void AddStyleFiles()
    {
        foreach (var folder in _sources.Where(Directory.Exists).ToList())
        {
            for (var at = folder; at is not null && IsInside(at, Root); at = Path.GetDirectoryName(at))
            {
                _sources.UnionWith(Existing(at, ".editorconfig", ".globalconfig"));
                _restore.UnionWith(Existing(at, "global.json"));
            }
        }
    }

    private static IEnumerable<string> Existing(string folder, params string[] names) => names.Select(name => Path.Combine(folder, name)).Where(File.Exists);

    private static string CommonFolder(IEnumerable<string> paths)
    {
        var common = paths.Select(path => Directory.Exists(path) ? path : Folder(path)).Aggregate((left, right) =>
        {
            while (!IsInside(right, left))
            {
                left = Path.GetDirectoryName(left)!;
            }

            return left;
        });
        return common;
    }

    private static string Folder(string file) => Path.GetDirectoryName(file)!;
}
