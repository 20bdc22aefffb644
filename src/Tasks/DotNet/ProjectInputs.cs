using ContainerStages.Tasks.Project;

namespace ContainerStages.Tasks.DotNet;

/// <summary>
/// Which files of this machine a build of projects reads: those that a restore reads, and those that a compilation reads. The context is
/// the folder that holds them all.
/// </summary>
internal sealed class ProjectInputs
{
    // Those that every project below a folder has without naming them. Source: MSBuild, Customize your build by folder; NuGet, central
    // package management.
    private static readonly string[] Inherited =
        ["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "Directory.Build.rsp"];
    private readonly SortedSet<string> restore = new(StringComparer.Ordinal);
    private readonly SortedSet<string> sources = new(StringComparer.Ordinal);
    private readonly ProjectScan scan = new();
    private readonly IReadOnlyList<string> projects;

    /// <param name="projects">Every project that takes part; absolute.</param>
    /// <param name="named">Further files and folders; absolute.</param>
    /// <param name="application">
    /// The source file of an application that is one file: what lies beside it is not its own. Null for none.
    /// </param>
    public ProjectInputs(IReadOnlyList<string> projects, IEnumerable<string> named, string? application = null)
    {
        this.projects = application is null ? projects : [.. projects, application];
        foreach (var project in projects)
        {
            AddProject(project);
        }

        if (application is not null)
        {
            AddProject(application);
            sources.Add(application);
        }

        string[] given = [.. named];
        restore.UnionWith([.. scan.Imports, .. given]);
        sources.UnionWith([.. scan.Links, .. given, .. projects.Select(Folder)]);
        Root = CommonFolder(restore.Concat(sources));
        AddFilesOfTree();
    }

    /// <summary>The folder that holds everything.</summary>
    public string Root { get; private set; }

    /// <summary>The texts of projects and of what they import.</summary>
    public IEnumerable<string> ProjectFiles => restore.Where(File.Exists);

    /// <summary>Absolute; files, and folders that the user names.</summary>
    public IReadOnlyCollection<string> RestoreFiles => restore;

    /// <summary>Absolute; files and folders, none inside another.</summary>
    public IReadOnlyCollection<string> Sources =>
        [.. sources.Where(path => !sources.Any(other => other != path && ProjectPaths.IsInside(path, other)))];

    /// <summary>Absolute; what a restore must find, whatever is in it.</summary>
    public IReadOnlyCollection<string> RestoreNames { get; private set; } = [];

    /// <summary>Takes what the evaluation of the projects found.</summary>
    public void Add(EvaluatedInputs found)
    {
        restore.UnionWith(found.Imports);
        sources.UnionWith(found.Files);
        RestoreNames = found.Components;
        Widen([.. found.Imports, .. found.Files]);
    }

    /// <summary>Leaves files out.</summary>
    public void Remove(IEnumerable<string> files)
    {
        var gone = files.ToList();
        restore.ExceptWith(gone);
        sources.ExceptWith(gone);
    }

    /// <summary>
    /// Where / alone holds everything: leaves out, and returns, what shares no other folder with the projects. Only an absolute path names
    /// such a file, and that can be its path in a builder too. Nothing where the projects themselves share none.
    /// </summary>
    public IReadOnlyList<string> RemoveFar()
    {
        var own = CommonFolder(projects);
        if (Root != "/" || own == "/")
        {
            return [];
        }

        var top = own.IndexOf('/', 1) is > 0 and var end ? own[..end] : own;
        List<string> far = [.. restore.Concat(sources).Where(path => !ProjectPaths.IsInside(path, top)).Distinct(StringComparer.Ordinal)];
        Remove(far);
        Root = CommonFolder([.. restore, .. sources]);
        return far;
    }

    /// <summary>Makes the root hold these too.</summary>
    public void Widen(IEnumerable<string> paths)
    {
        Root = CommonFolder(paths.Append(Root));
        AddFilesOfTree();
    }

    private void AddProject(string project)
    {
        var folder = Folder(project);
        restore.Add(project);
        restore.UnionWith(Directory.EnumerateFiles(folder, "packages*.lock.json"));
        scan.Add(project, folder);
        foreach (var file in Inherited.SelectMany(name => Nearest(folder, name)))
        {
            restore.Add(file);
            scan.Add(file, folder);
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

    /// <summary>
    /// Rules for analyzers, the version of the SDK, tools; they do not widen the context, because most of them stand at the top of a
    /// repository.
    /// </summary>
    private void AddFilesOfTree()
    {
        foreach (var folder in sources.Where(Directory.Exists).ToList())
        {
            for (var at = folder; at is not null && ProjectPaths.IsInside(at, Root); at = Path.GetDirectoryName(at))
            {
                sources.UnionWith(Existing(at, ".editorconfig", ".globalconfig"));
                restore.UnionWith(Existing(at, "global.json", "dotnet-tools.json", ".config/dotnet-tools.json"));
            }
        }
    }

    private static IEnumerable<string> Existing(string folder, params string[] names) =>
        names.Select(name => Path.Combine(folder, name)).Where(File.Exists);

    private static string CommonFolder(IEnumerable<string> paths)
    {
        var common = paths.Select(path => Directory.Exists(path) ? path : Folder(path)).Aggregate((left, right) =>
        {
            while (!ProjectPaths.IsInside(right, left))
            {
                left = Path.GetDirectoryName(left)!;
            }

            return left;
        });
        return common;
    }

    private static string Folder(string file) => Path.GetDirectoryName(file)!;
}
