using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Conventions;

/// <summary>What a go.mod file says, as far as a build needs it. Source: go.dev/ref/mod, go.mod files.</summary>
internal sealed record GoMod
{
    public required string ModulePath { get; init; }

    /// <summary>Module paths of the requirements, direct and indirect.</summary>
    public required ImmutableArray<string> Requires { get; init; }

    /// <summary>
    /// The folders that stand in for requirements: where there are any, go.mod and go.sum alone do not suffice for a download.
    /// </summary>
    public required ImmutableArray<GoFolder> Replacements { get; init; }

    /// <summary>What builds the module: the newer of go line and toolchain, or what the absence of both means.</summary>
    public required GoVersion BuilderVersion { get; init; }

    /// <summary>What the go line asks for; null without one. The toolchain is a wish.</summary>
    public required GoVersion? Needed { get; init; }

    /// <exception cref="BuildFailedException">The file is missing or malformed, with its line.</exception>
    public static GoMod ReadFile(string directory, SourceLocation project)
    {
        var path = Path.Combine(directory, "go.mod");
        try
        {
            return Read(File.ReadAllText(path), path);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new BuildFailedException(ProjectDiagnostics.GoModMissing(directory, project), missing);
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            throw new BuildFailedException(ProjectDiagnostics.GoModUnreadable("go.mod", denied.Message, new SourceLocation(path)), denied);
        }
    }

    /// <inheritdoc cref="ReadFile"/>
    public static GoMod Read(string text, string fileName)
    {
        var lines = GoModLine.ReadAll(text, fileName);
        var module = lines.FirstOrDefault(line => line.Verb == "module")
            ?? throw new BuildFailedException(ProjectDiagnostics.GoModWithoutModule(new SourceLocation(fileName)));
        return new GoMod
        {
            ModulePath = module.Only("a module path"),
            BuilderVersion = ReadBuilderVersion(lines) ?? GoVersion.Unnamed,
            Needed = ReadVersion(lines.FirstOrDefault(line => line.Verb == "go")),
            Requires = [.. lines.Where(line => line.Verb == "require").Select(line => line.First("a module path and a version"))],
            Replacements = ReadReplacements(lines, Path.GetDirectoryName(Path.GetFullPath(fileName))!),
        };
    }

    /// <summary>The folders that the replace lines of a go.mod or go.work name.</summary>
    public static ImmutableArray<GoFolder> ReadReplacements(IEnumerable<GoModLine> lines, string directory) =>
        [.. lines.Where(line => line.Verb == "replace" && line.Words is [.., var last] && IsFolder(last))
            .Select(line => new GoFolder(line.Words[^1], directory, line.Location))];

    /// <summary>The newer of go line and toolchain; null without either.</summary>
    public static GoVersion? ReadBuilderVersion(IReadOnlyCollection<GoModLine> lines)
    {
        var version = ReadVersion(lines.FirstOrDefault(line => line.Verb == "go"));
        var toolchain = lines.FirstOrDefault(line => line.Verb == "toolchain") is { } line
            ? GoVersion.TryParseToolchain(line.Only("a toolchain"))
            : null;
        return toolchain is not null && (version is null || toolchain.IsNewerThan(version)) ? toolchain : version;
    }

    private static GoVersion? ReadVersion(GoModLine? line) => line is null
        ? null
        : GoVersion.TryParse(line.Only("a version"))
            ?? throw new BuildFailedException(ProjectDiagnostics.GoVersionInvalid(line.Words[0], line.Location));

    /// <summary>A replacement without a version is a folder. Source: go.dev/ref/mod, replace directive.</summary>
    private static bool IsFolder(string replacement) =>
        replacement.StartsWith("./", StringComparison.Ordinal)
            || replacement.StartsWith("../", StringComparison.Ordinal)
            || replacement.StartsWith('/')
            || replacement is "." or "..";
}
