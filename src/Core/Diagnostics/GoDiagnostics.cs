using ContainerStages.Contracts;

namespace ContainerStages.Diagnostics;

/// <summary>CST3114 to CST3120: what keeps a Go module from becoming an image.</summary>
internal static class GoDiagnostics
{
    /// <param name="mains">Packages of the module that make programs.</param>
    public static Diagnostic NoMainPackage(string package, IReadOnlyCollection<string> mains, SourceLocation location) => Error(
        "CST3114",
        $"The Go package '{package}' makes no program. " + (mains.Count == 0
            ? "No folder of the module has a 'package main'; a library needs no image."
            : $"Set GoPackage to one that does: {string.Join(", ", mains)}. Several, divided by semicolons, become programs of one " +
                "image, which starts the first."),
        location);

    public static Diagnostic TwoProgramsOfOneName(string name, IEnumerable<string> packages, SourceLocation location) => Error(
        "CST3120",
        $"Two packages of GoPackage make a program '{name}': {string.Join(", ", packages)}. Make an image of each, or rename a folder.",
        location);

    public static Diagnostic NeedsCgo(string line, SourceLocation location) => Error(
        "CST3115",
        $"Go found no file to compile: {line.TrimEnd('.')}. Files that import \"C\" are compiled with cgo alone: set GoCgoEnabled to " +
        "true. Where tags decide, set them in GoBuildFlags (-tags a,b).",
        location);

    public static Diagnostic GoTooOld(string line, SourceLocation location) => Error(
        "CST3116",
        $"The Go of the builder image is older than the module needs: {line.TrimEnd('.')}. Remove GoVersion, so that go.mod " +
        "decides, or set it to a newer version.",
        location);

    public static Diagnostic ProgramMissing(string line, SourceLocation location) => Error(
        "CST3117",
        $"The builder image lacks a program: {line.TrimEnd('.')}. Set ContainerStagesBuilderImage to an image that has it, as " +
        "golang:1.22 has git and a C compiler and golang:1.22-alpine has neither.",
        location);

    public static Diagnostic ModuleRefused(string line, SourceLocation location) => Error(
        "CST3118",
        $"A module could not be fetched without credentials: {line.TrimEnd('.')}. Commands see the .netrc, GOPRIVATE and GOPROXY of " +
        "whoever runs the build unless ContainerStagesHostCredentials is false; put the host's user and token there.",
        location);

    public static Diagnostic EmbedMissing(string line, SourceLocation location) => Error(
        "CST3119",
        $"A file to embed is not in the builder: {line.TrimEnd('.')}. It has the build context without what .dockerignore leaves out, " +
        "and go generate is not run there: make the file before, and leave it in.",
        location);

    private static Diagnostic Error(string code, string message, SourceLocation location) => new(code, Severity.Error, message, location);
}
