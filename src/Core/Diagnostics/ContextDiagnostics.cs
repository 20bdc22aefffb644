using ContainerStages.Contracts;

namespace ContainerStages.Diagnostics;

/// <summary>What can go wrong with a build context that is no folder, and with what servers are asked for (CST45xx).</summary>
internal static class ContextDiagnostics
{
    public static Diagnostic NothingOnInput() =>
        Error(
            "CST4501",
            "The build reads its context from standard input ('-'), and nothing was there. Pipe a tar archive or the " +
            "text of a Dockerfile into it.");

    public static Diagnostic NoContext(string context) =>
        Error(
            "CST4502",
            $"The build context '{context}' is none: a folder, a tar archive, '-' for standard input, or the http, https or git address " +
            "of an archive or repository is expected.");

    public static Diagnostic NoFolder(string context, string folder) =>
        Error("CST4503", $"The build context '{context}' has no folder '{folder}'.");

    public static Diagnostic NoDockerfile(string context, string dockerfile) =>
        Error(
            "CST4504",
            $"The build context '{context}' has no file '{dockerfile}'. Name the Dockerfile with -f, relative to the context, or read it " +
            "from standard input with -f -.");

    public static Diagnostic LinkedIgnoreFile(string context, string name) =>
        Error(
            "CST4505",
            $"'{name}' of the build context '{context}' is no ordinary file. A context from elsewhere must hold its ignore file itself.");

    public static Diagnostic DownloadTooLarge(string address, long limit, string variable, SourceLocation? location) =>
        Error(
            "CST4506",
            $"'{address}' is larger than {limit} bytes, the most that is downloaded. Where that is right, set " +
            $"{variable} to more, such as 50g.",
            location);

    public static Diagnostic BadGitQuery(string remote, string problem, SourceLocation? location) =>
        Error("CST4507", $"The query of the repository '{remote}': {problem}", location);

    public static Diagnostic SecretNoHeader(string id, SourceLocation? location) =>
        Error("CST4508", $"The secret '{id}' goes into a header, so it must be one line that is not empty.", location);

    public static Diagnostic InputTwice() =>
        Error("CST4509", "Standard input is read once: it is either the build context or, with -f -, the Dockerfile.");

    public static Diagnostic NoAgentProgram(string program, string id, SourceLocation location) =>
        Error(
            "CST4510",
            $"The ssh keys of '{id}' need the program '{program}', which is not in PATH. Install OpenSSH's client, or start an " +
            "agent yourself and name its socket.",
            location);

    public static Diagnostic KeyRefused(string id, string key, string reason, SourceLocation location) =>
        Error(
            "CST4511",
            $"The ssh key '{key}' of '{id}' cannot be used: {reason} It must be a private key without a passphrase; one with a " +
            "passphrase belongs into an agent of your own.",
            location);

    public static Diagnostic NameInLinkedLayer(string owner, SourceLocation location) =>
        Error(
            "CST4512",
            $"COPY --link --chown={owner}: a linked layer stands on no image, so that no /etc/passwd says who that is. Write numbers, " +
            "such as --chown=1000:1000, or leave --link away.",
            location);

    public static Diagnostic LinkLeadsOut(string path, string context) =>
        Error(
            "CST4217",
            $"'{path}' is a link that leads to no file of the build context '{context}'. Put the file itself there.",
            new SourceLocation(path));

    private static Diagnostic Error(string code, string message, SourceLocation? location = null) =>
        new(code, Severity.Error, message, location);
}
