using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Conventions;

/// <summary>One program of the image: the package as the project names it, and the name of the file.</summary>
internal sealed record GoProgram(string Package, string Name);

/// <summary>
/// The packages that <c>GoPackage</c> names, divided by semicolons: each is a program, and the first one is what the image starts.
/// </summary>
internal static partial class GoPrograms
{
    private const int MostShown = 8;

    /// <exception cref="BuildFailedException">A package is none that makes a program, or two make programs of the same name.</exception>
    public static ImmutableArray<GoProgram> Of(GoModule module, GoMod goMod, SourceLocation location)
    {
        string[] packages =
            [.. module.Package.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).DefaultIfEmpty(".")];
        ImmutableArray<GoProgram> programs = [.. packages.Select(
            package => new GoProgram(package, NameOf(package, packages.Length == 1 ? module.ProgramName : null, goMod, location)))];
        var twice = programs.GroupBy(program => program.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        return twice is null
            ? programs
            : throw new BuildFailedException(
                GoDiagnostics.TwoProgramsOfOneName(twice.Key, twice.Select(program => program.Package), location));
    }

    /// <summary>
    /// What go says of a folder that makes no program helps nobody who did not choose it, and a library it would even write as a program.
    /// </summary>
    /// <exception cref="BuildFailedException">The folder of a package has no <c>package main</c>.</exception>
    public static void Check(ImmutableArray<GoProgram> programs, string moduleDirectory, SourceLocation location)
    {
        foreach (var program in programs)
        {
            var folder = Path.Combine(moduleDirectory, program.Package);
            if (program.Package.Contains("...", StringComparison.Ordinal) || (IsFolder(program.Package, folder) && !IsMain(folder)))
            {
                throw new BuildFailedException(
                    GoDiagnostics.NoMainPackage(program.Package, [.. Mains(moduleDirectory).Take(MostShown)], location));
            }
        }
    }

    /// <summary>The last element of the package's or module's path without a version suffix, where the project says nothing.</summary>
    private static string NameOf(string package, string? given, GoMod goMod, SourceLocation location)
    {
        package = package.Trim('/');
        var elements = (package is "." ? goMod.ModulePath : package).Split('/', StringSplitOptions.RemoveEmptyEntries);
        var name = given ?? (elements.Length > 1 && IsMajorVersion(elements[^1]) ? elements[^2] : elements.LastOrDefault() ?? "");
        return string.IsNullOrWhiteSpace(name) || name is "." or ".." || name.Contains('/', StringComparison.Ordinal)
            ? throw new BuildFailedException(ProjectDiagnostics.GoProgramNameInvalid(name, location))
            : name;
    }

    /// <summary>True for <c>v2</c> and up, which belongs to a module's version. Source: go.dev/ref/mod, Major version suffixes.</summary>
    private static bool IsMajorVersion(string element) =>
        element.Length > 1
            && element[0] == 'v'
            && element[1] != '0'
            && element != "v1"
            && element.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0;

    private static bool IsFolder(string package, string folder) => package.StartsWith('.') || Directory.Exists(folder);

    private static bool IsMain(string folder) =>
        Directory.Exists(folder)
            && Directory.EnumerateFiles(folder, "*.go")
                .Any(file => !file.EndsWith("_test.go", StringComparison.Ordinal) && IsMainFile(file));

    /// <summary>A generator beside a library is <c>package main</c> too, and left out of every build by its constraint.</summary>
    private static bool IsMainFile(string file)
    {
        try
        {
            var text = File.ReadAllText(file);
            return PackageMain().IsMatch(text) && !Ignored().IsMatch(text);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            // Whether the builder can read it shows there.
            return true;
        }
    }

    /// <summary>
    /// Folders of programs, as go build takes them. Folders that go does not look into are left out. Source: go help packages.
    /// </summary>
    private static IEnumerable<string> Mains(string folder, string path = ".")
    {
        if (IsMain(folder))
        {
            yield return path;
        }

        var below = new DirectoryInfo(folder).EnumerateDirectories().Where(IsSearched).Select(child => child.FullName);
        foreach (var main in below.Order(StringComparer.Ordinal).SelectMany(child => Mains(child, $"{path}/{Path.GetFileName(child)}")))
        {
            yield return main;
        }
    }

    private static bool IsSearched(DirectoryInfo folder) =>
        folder.Name[0] is not ('.' or '_')
            && folder.Name is not ("vendor" or "testdata")
            && folder.LinkTarget is null
            && !File.Exists(Path.Combine(folder.FullName, "go.mod"));

    [GeneratedRegex(@"^[ \t]*package[ \t]+main\b", RegexOptions.Multiline | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PackageMain();

    [GeneratedRegex(
        @"^//(go:build|[ \t]*\+build)[ \t]+ignore[ \t]*\r?$",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Ignored();
}
