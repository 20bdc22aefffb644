using ContainerStages.Contracts;

namespace ContainerStages.Diagnostics;

/// <summary>What can go wrong in a step's files (CST42xx).</summary>
internal static class StepDiagnostics
{
    public static Diagnostic FileInTheWay(string path) =>
        new(
            "CST4201",
            Severity.Error,
            $"A folder is needed at '{path}' in the image, but a file stands there. Remove it in an earlier RUN, " +
            "or choose another destination.");

    public static Diagnostic FolderInTheWay(string path) =>
        new(
            "CST4202",
            Severity.Error,
            $"A file was to be copied to '{path}' in the image, but a folder stands there. End the destination " +
            "with '/' to copy into the folder.");

    /// <param name="instruction">COPY or ADD.</param>
    /// <param name="source">The source as written.</param>
    /// <param name="where">What was searched: the context folder or a stage.</param>
    /// <param name="hint">A further sentence, or nothing.</param>
    public static Diagnostic SourceNotFound(string instruction, string source, string where, string hint, SourceLocation location) =>
        new("CST4203", Severity.Error, $"{instruction} found no '{source}' in {where}.{hint}", location);

    public static Diagnostic SeveralIntoFile(string instruction, string destination, SourceLocation location) =>
        new(
            "CST4204",
            Severity.Error,
            $"{instruction} has several sources, so the destination '{destination}' must be a folder. End it with '/'.",
            location);

    public static Diagnostic SourceOutsideContext(string source, string context, SourceLocation location) =>
        new(
            "CST4205",
            Severity.Error,
            $"'{source}' leads out of the build context '{context}' through a symbolic link. Copy the file into the context.",
            location);

    public static Diagnostic BadMode(string chmod, SourceLocation location) =>
        new(
            "CST4206",
            Severity.Error,
            $"--chmod={chmod} is neither an octal mode such as 755 or 0644 nor a symbolic one such as u=rwX,go-w.",
            location);

    public static Diagnostic BadGlob(string pattern, SourceLocation location) =>
        new("CST4207", Severity.Error, $"'{pattern}' is not a valid file name pattern: a '[' is not closed or a '\\' ends it.", location);

    public static Diagnostic NoContext(string context) =>
        new("CST4208", Severity.Error, $"The build context '{context}' is not a folder. Name the folder that COPY reads from.");

    /// <param name="exitCode">Of the command.</param>
    /// <param name="lastLines">The end of its output.</param>
    /// <param name="outOfMemory">The kernel ended a process meanwhile.</param>
    public static Diagnostic CommandFailed(
        string instruction,
        int exitCode,
        IEnumerable<string> lastLines,
        SourceLocation location,
        bool outOfMemory = false)
    {
        var memory = outOfMemory
            ? " Memory ran out meanwhile, and the kernel ended a process: give the build more, or let the command use less."
            : "";
        var lines = string.Concat(lastLines.Select(line => Environment.NewLine + "  | " + TerminalText.Uncoloured(line)));
        return new Diagnostic(
            Diagnostic.CommandFailed,
            Severity.Error,
            $"{instruction} failed with exit code {exitCode}{SignalOf(exitCode)}.{memory}" +
            $"{(lines.Length == 0 ? " It wrote nothing." : " Its last output:" + lines)}",
            location);
    }

    // Shells say 128 and the number of the signal that ended a program; so do we.
    private static string SignalOf(int exitCode) => (exitCode - 128) switch
    {
        4 => " (SIGILL: an instruction that this processor does not know)",
        6 => " (SIGABRT)",
        7 => " (SIGBUS)",
        8 => " (SIGFPE)",
        9 => " (SIGKILL)",
        11 => " (SIGSEGV)",
        15 => " (SIGTERM)",
        24 => " (SIGXCPU: the limit of processor time)",
        25 => " (SIGXFSZ: the limit of a file's size)",
        31 => " (SIGSYS)",
        _ => "",
    };

    public static Diagnostic NoCommand(string image) =>
        new("CST4210", Severity.Error, $"The image '{image}' has neither CMD nor ENTRYPOINT. Name the command to run behind the image.");

    public static Diagnostic NoSuchImage(string name, IEnumerable<string> known) =>
        new(
            "CST4211",
            Severity.Error,
            $"The store has no image '{name}'.{NearestName.Suggest(name, known)} 'dotnet-stages images' lists those it has.");

    public static Diagnostic LinkLoop(string path) =>
        new(
            "CST4212",
            Severity.Error,
            $"The symbolic links at '{path}' in the image or context lead in a circle. Remove one of them, or name the file itself.");

    /// <param name="path">The file on this machine.</param>
    public static Diagnostic SourceChanged(string path, SourceLocation? location) =>
        new(
            "CST4213",
            Severity.Error,
            $"'{path}' changed again and again while the build read it. Stop what writes it, or name it in the ignore file.",
            location);

    public static Diagnostic SourceUnreadable(string path, string reason) =>
        new("CST4214", Severity.Error, $"'{path}' cannot be read: {reason}. Make it readable, or name it in the ignore file.");

    public static Diagnostic FolderNotFound(string pattern, string folder, string where, string hint, SourceLocation location) =>
        new(
            "CST4215",
            Severity.Error,
            $"'{pattern}' names nothing: there is no folder '{folder}' in {where}.{hint} A pattern may match no file, but the " +
            "folder before it must be there.",
            location);

    public static Diagnostic SpecialFileLeftOut(string path, SourceLocation location) =>
        new(
            "CST4216",
            Severity.Warning,
            $"'{path}' is a socket or a device, which a build does not copy. Name it in the ignore file, and nothing is said of it.",
            location);
}
