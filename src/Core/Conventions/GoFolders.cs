using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Conventions;

/// <summary>
/// The folders beside its own that a module is built of, by <c>replace</c> and <c>go.work</c>: the builder has those of the build context
/// alone.
/// </summary>
internal sealed class GoFolders
{
    private readonly GoModule module;
    private readonly GoMod goMod;
    private readonly string context;
    private readonly SourceLocation project;
    private readonly GoWork? above;

    /// <exception cref="BuildFailedException">A file is malformed.</exception>
    public GoFolders(GoModule module, GoMod goMod, string contextDirectory, SourceLocation project)
    {
        (this.module, this.goMod, this.project) = (module, goMod, project);
        context = Path.TrimEndingDirectorySeparator(contextDirectory);
        var work = GoWork.FindFor(module.Directory);
        var isSeen = work is not null && IsInContext(work.Directory);
        (Workspace, above) = (isSeen ? work : null, isSeen ? null : work);
    }

    /// <summary>The workspace that go finds in the builder too, or null.</summary>
    public GoWork? Workspace { get; }

    /// <summary>True where the requirements lie beside the source.</summary>
    public bool HasVendor => Directory.Exists(Path.Combine(Workspace?.Directory ?? module.Directory, "vendor"));

    /// <summary>True where go.mod and go.sum say all that a download needs.</summary>
    public bool CanDownload => Workspace is null && !HasVendor && goMod is { Requires.IsEmpty: false, Replacements.IsEmpty: true };

    /// <exception cref="BuildFailedException">A folder lies where the builder does not see it.</exception>
    public void Check()
    {
        foreach (var folder in Needed())
        {
            if (Path.IsPathRooted(folder.Written))
            {
                throw new BuildFailedException(ProjectDiagnostics.GoFolderUnseen(
                    $"The builder does not have '{folder.Written}', a path of this machine: write it relative to the file.",
                    null,
                    folder.Location));
            }

            if (!IsInContext(folder.Path))
            {
                throw new BuildFailedException(ProjectDiagnostics.GoFolderUnseen(
                    $"The folder '{folder.Written}' lies outside the build context '{context}'.", Suggested(folder.Path), folder.Location));
            }
        }
    }

    /// <summary>What a failure of go means where it lacks a module of the workspace above the context; null otherwise.</summary>
    public Diagnostic? Explain(IReadOnlyList<string> lines)
    {
        var lacking = above?.Modules.Where(other => other.Path != module.Directory && File.Exists(Path.Combine(other.Path, "go.mod")))
            .Select(other => (Folder: other, Name: GoMod.ReadFile(other.Path, project).ModulePath))
            .FirstOrDefault(other => lines.Any(line => line.Contains(other.Name, StringComparison.Ordinal)));
        return lacking is { Folder: { } folder, Name: { } name }
            ? ProjectDiagnostics.GoFolderUnseen(
                $"Go lacks the module '{name}', which go.work takes from a folder outside the build context '{context}'.",
                Suggested(above!.Directory),
                folder.Location)
            : null;
    }

    private IEnumerable<GoFolder> Needed()
    {
        // A vendor folder stands for what is replaced as well.
        IEnumerable<GoFolder> replaced = HasVendor ? [] : goMod.Replacements;
        return Workspace is null
            ? replaced
            : [.. Workspace.Modules, .. HasVendor ? [] : Workspace.Replacements.Concat(Workspace.Modules.SelectMany(ReplacementsOf))];
    }

    private IEnumerable<GoFolder> ReplacementsOf(GoFolder member) =>
        File.Exists(Path.Combine(member.Path, "go.mod")) ? GoMod.ReadFile(member.Path, project).Replacements : [];

    private bool IsInContext(string folder) => folder == context || folder.StartsWith(context.TrimEnd('/') + "/", StringComparison.Ordinal);

    /// <summary>The nearest folder that holds the context and the other one, as the project would write it.</summary>
    private string Suggested(string folder)
    {
        var common = context;
        while (folder != common && !folder.StartsWith(common.TrimEnd('/') + "/", StringComparison.Ordinal))
        {
            common = Path.GetDirectoryName(common)!;
        }

        return Path.GetRelativePath(Path.GetDirectoryName(project.File) ?? module.Directory, common);
    }
}
