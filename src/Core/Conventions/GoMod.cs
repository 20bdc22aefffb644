using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Conventions;

/// <summary>What a go.mod file says, as far as a build needs it. Source: go.dev/ref/mod, go.mod files.</summary>
internal sealed record GoMod
{
    public required string ModulePath { get; init; }

    /// <summary>The go line, or what its absence means.</summary>
    public required GoVersion Version { get; init; }

    /// <summary>The toolchain line, or null.</summary>
    public GoVersion? Toolchain { get; init; }

    /// <summary>Module paths of the requirements, direct and indirect.</summary>
    public required ImmutableArray<string> Requires { get; init; }

    /// <summary>True where a requirement is replaced by a folder: then go.mod and go.sum alone do not suffice for a download.</summary>
    public required bool HasFolderReplacements { get; init; }

    /// <summary>What builds the module: the newer of go line and toolchain.</summary>
    public GoVersion BuilderVersion => Toolchain is { } toolchain && toolchain.IsNewerThan(Version) ? toolchain : Version;

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
            throw new BuildFailedException(ProjectDiagnostics.GoModUnreadable(denied.Message, new SourceLocation(path)), denied);
        }
    }

    /// <inheritdoc cref="ReadFile"/>
    public static GoMod Read(string text, string fileName)
    {
        var lines = GoModLine.ReadAll(text, fileName);
        var module = lines.FirstOrDefault(line => line.Verb == "module") ?? throw new BuildFailedException(ProjectDiagnostics.GoModWithoutModule(new SourceLocation(fileName)));
        return new GoMod
        {
            ModulePath = module.Only("a module path"),
            Version = ReadVersion(lines.FirstOrDefault(line => line.Verb == "go")) ?? GoVersion.Unnamed,
            Toolchain = lines.FirstOrDefault(line => line.Verb == "toolchain") is { } toolchain ? GoVersion.TryParseToolchain(toolchain.Only("a toolchain")) : null,
            Requires = [.. lines.Where(line => line.Verb == "require").Select(line => line.First("a module path and a version"))],
            HasFolderReplacements = lines.Any(line => line.Verb == "replace" && IsFolder(line.Words[^1])),
        };
    }

    private static GoVersion? ReadVersion(GoModLine? line) => line is null
        ? null
        : GoVersion.TryParse(line.Only("a version")) ?? throw new BuildFailedException(ProjectDiagnostics.GoVersionInvalid(line.Words[0], line.Location));

    /// <summary>A replacement without a version is a folder. Source: go.dev/ref/mod, replace directive.</summary>
    private static bool IsFolder(string replacement) =>
        replacement.StartsWith("./", StringComparison.Ordinal) || replacement.StartsWith("../", StringComparison.Ordinal) || replacement.StartsWith('/') || replacement is "." or "..";
}
