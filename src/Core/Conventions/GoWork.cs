using System.Collections.Immutable;
using ContainerStages.Diagnostics;
using ContainerStages.Contracts;

namespace ContainerStages.Conventions;

/// <summary>What the <c>go.work</c> of a module says, as far as a build needs it. Source: go.dev/ref/mod, go.work files.</summary>
internal sealed record GoWork
{
    private const string Name = "go.work";

    /// <summary>Folder that holds the file.</summary>
    public required string Directory { get; init; }

    /// <summary>The newer of go line and toolchain; null without either.</summary>
    public required GoVersion? BuilderVersion { get; init; }

    /// <summary>The modules of the workspace, in the order of the file.</summary>
    public required ImmutableArray<GoFolder> Modules { get; init; }

    public required ImmutableArray<GoFolder> Replacements { get; init; }

    /// <summary>
    /// The nearest file in the module's folder or above, as go looks for it; null where there is none, or where it does not use the module.
    /// </summary>
    /// <exception cref="BuildFailedException">The file is malformed, or cannot be read.</exception>
    public static GoWork? FindFor(string moduleDirectory)
    {
        for (var folder = moduleDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var file = Path.Combine(folder, Name);
            if (File.Exists(file))
            {
                return Read(ReadText(file), file) is var work && work.Modules.Any(module => module.Path == moduleDirectory) ? work : null;
            }
        }

        return null;
    }

    /// <param name="text">Content of the file.</param>
    /// <param name="fileName">Its full path.</param>
    public static GoWork Read(string text, string fileName)
    {
        var lines = GoModLine.ReadAll(text, fileName);
        var directory = Path.GetDirectoryName(fileName)!;
        return new GoWork
        {
            Directory = directory,
            BuilderVersion = GoMod.ReadBuilderVersion(lines),
            Modules =
                [.. lines.Where(line => line.Verb == "use").Select(line => new GoFolder(line.Only("a folder"), directory, line.Location))],
            Replacements = GoMod.ReadReplacements(lines, directory),
        };
    }

    private static string ReadText(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            throw new BuildFailedException(ProjectDiagnostics.GoModUnreadable(Name, denied.Message, new SourceLocation(file)), denied);
        }
    }
}

/// <summary>A folder that a go.mod or go.work names.</summary>
/// <param name="Written">As it stands there.</param>
/// <param name="Directory">Folder of the file, where the path begins.</param>
/// <param name="Location">Where it stands.</param>
internal sealed record GoFolder(string Written, string Directory, SourceLocation Location)
{
    public string Path => System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(Written, Directory));
}
