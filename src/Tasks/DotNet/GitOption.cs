using System.Text.RegularExpressions;
using ContainerStages.Contracts;
using ContainerStages.Tasks.Git;
using ContainerStages.Tasks.Project;

namespace ContainerStages.Tasks.DotNet;

/// <summary>The repositories that a builder sees: none, or that of each project that takes part.</summary>
internal sealed partial class GitOption
{
    // They read the repository while they build. Source: their pages at nuget.org.
    private static readonly string[] Packages =
    [
        "MinVer", "Nerdbank.GitVersioning", "GitInfo", "GitVersionTask", "GitVersion.MsBuild", "UnGitVersion", "Verlite.MsBuild",
        "GitVersioning",
    ];

    // One of these tells the compiler to write down where the source stands in the repository.
    private static readonly string[] Switches = ["ContinuousIntegrationBuild", "DeterministicSourcePaths", "PublishRepositoryUrl"];

    private readonly bool withBranches;

    private GitOption(IReadOnlyList<GitRepository> repositories, bool withBranches) =>
        (Repositories, this.withBranches) = (repositories, withBranches);

    public IReadOnlyList<GitRepository> Repositories { get; }

    /// <summary>Null where the builder sees no repository.</summary>
    public string? State =>
        Repositories.Count == 0 ? null : string.Join(' ', Repositories.Select(repository => repository.State(withBranches)));

    /// <param name="value">What the project says: <c>auto</c>, <c>true</c>, <c>false</c> or nothing.</param>
    /// <param name="graph">The projects and packages.</param>
    /// <param name="inputs">The files of the projects.</param>
    /// <param name="property">A property of the project.</param>
    /// <param name="projectFile">The project that is published.</param>
    /// <exception cref="ProjectException">The value is another one, or there is no repository.</exception>
    public static GitOption Read(string value, RestoreGraph graph, ProjectInputs inputs, Func<string, string> property, string projectFile)
    {
        var isWanted = value.ToUpperInvariant() switch
        {
            "" or "AUTO" => (bool?)null,
            "TRUE" => true,
            "FALSE" => false,
            _ => throw new ProjectException(DotNetDiagnostics.UnknownGitOption(value, projectFile)),
        };
        var none = new GitOption([], withBranches: false);
        if (isWanted == false)
        {
            return none;
        }

        List<GitRepository> found =
        [
            .. graph.Projects
                .Append(projectFile)
                .Select(project => GitRepository.Find(Path.GetDirectoryName(project)!))
                .OfType<GitRepository>()
                .DistinctBy(repository => repository.Root).OrderBy(repository => repository.Root, StringComparer.Ordinal),
        ];
        if (isWanted == true && found.Count == 0)
        {
            throw new ProjectException(DotNetDiagnostics.NoRepository(projectFile));
        }

        var isNeeded = isWanted == true || found.Count > 1 || Packages.Any(graph.Packages.Contains)
            || Switches.Any(name => property(name).Equals("true", StringComparison.OrdinalIgnoreCase)) || inputs.ProjectFiles.Any(CallsGit);
        return isNeeded
            ? new GitOption(found, graph.Packages.Any(name => name.StartsWith("GitVersion", StringComparison.OrdinalIgnoreCase)))
            : none;
    }

    /// <summary>The repositories for a builder whose folder <paramref name="target"/> is <paramref name="context"/>.</summary>
    /// <param name="context">The build context.</param>
    /// <param name="target">Its folder in the builder.</param>
    /// <param name="folder">Where files that are made for the builder are kept.</param>
    public IEnumerable<MachineFile> Files(string context, string target, string folder)
    {
        // A repository that the context is a part of begins, for the builder, where the context does.
        var places = Repositories.GroupBy(
            repository => ProjectPaths.IsInside(repository.Root, context) ? Path.GetRelativePath(context, repository.Root) : ".")
            .Select(group => (Place: group.Key == "." ? $"{target}/.git" : $"{target}/{group.Key}/.git", Repository: group.Last()));
        return Repositories.Count == 0
            ? []
            : places
                .SelectMany((place, i) => new GitMounts(place.Repository, place.Place, Path.Combine(folder, $"git{i}")).Create(i))
                .Append(GitMounts.Trust(folder));
    }

    private static bool CallsGit(string file) => GitCall().IsMatch(File.ReadAllText(file));

    // Whole words: no address, no file such as .gitignore.
    [GeneratedRegex(@"(?<![\w./:-])git(?:\.exe)?\s+[a-z-]|[\\/)""'; ]\.git[\\/""'<; )]", RegexOptions.None, matchTimeoutMilliseconds: 2000)]
    private static partial Regex GitCall();
}
