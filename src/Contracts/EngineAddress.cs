using System.Text.RegularExpressions;

namespace ContainerStages.Contracts;

/// <summary>Where the engine buildkit is: a builder of buildx by its name, or a BuildKit daemon by its address.</summary>
/// <param name="Text">As the user has it.</param>
/// <param name="Daemon">The address of a daemon; null for the name of a builder.</param>
public sealed partial record EngineAddress(string Text, Uri? Daemon)
{
    /// <summary>How a daemon can be reached: the schemes of buildx's driver for remote daemons that need nothing else.</summary>
    public static IReadOnlyList<string> Schemes { get; } = ["tcp", "unix", "ssh", "kube-pod", "docker-container", "podman-container"];

    /// <summary>True where certificates may be wanted.</summary>
    public bool IsTcp => Daemon?.Scheme == "tcp";

    /// <summary>Reads a name or an address; of one that holds a password nothing is repeated.</summary>
    /// <param name="problem">Why it is none; else null.</param>
    public static EngineAddress? Read(string text, out Diagnostic? problem)
    {
        problem = null;
        if (Name().IsMatch(text))
        {
            return new EngineAddress(text, null);
        }

        if (Password().IsMatch(text))
        {
            problem = Error(
                "CST6414",
                "The address of the engine holds a password, which other users and logs of this machine would see. Take it out: a " +
                "BuildKit daemon knows its users by TLS certificates (ContainerStagesEngineCertificates, " +
                "--engine-certificates) or by ssh keys.");
            return null;
        }

        if (Uri.TryCreate(text, UriKind.Absolute, out var daemon) && IsOfDaemon(daemon))
        {
            return new EngineAddress(text, daemon);
        }

        problem = Error(
            "CST6413",
            $"'{text}' is neither the name of a builder of buildx nor the address of a BuildKit daemon. Valid are tcp://HOST:PORT, " +
            "unix:///PATH, ssh://[USER@]HOST, kube-pod://POD[?namespace=NAME], docker-container://NAME and podman-container://NAME.");
        return null;
    }

    /// <summary>An address is of use to the engine buildkit alone.</summary>
    public static Diagnostic IsNotFor(string engine) => Misplaced(
        $"An address belongs to the engine 'buildkit', but the engine is '{engine}'. Leave out ContainerStagesEngineAddress " +
        "(--engine-address), or name buildkit or no engine (ContainerStagesEngine, --engine).");

    /// <summary>Certificates are of use to an address with the scheme tcp alone.</summary>
    public static Diagnostic HasNoCertificates() => Misplaced(
        "Certificates belong to the address tcp://HOST:PORT of a BuildKit daemon, which is not given. Leave out " +
        "ContainerStagesEngineCertificates (--engine-certificates), or name the address (ContainerStagesEngineAddress, --engine-address).");

    private static Diagnostic Misplaced(string message) => Error("CST6420", message);

    private static bool IsOfDaemon(Uri daemon) => Schemes.Contains(daemon.Scheme) && daemon.Scheme switch
    {
        "tcp" => daemon is { Host.Length: > 0, Port: > 0, UserInfo: "", AbsolutePath: "" or "/", Query: "", Fragment: "" },
        "unix" => daemon is { Host: "", AbsolutePath.Length: > 1 },
        _ => daemon.Host.Length > 0,
    };

    private static Diagnostic Error(string code, string message) => new(code, Severity.Error, message);

    [GeneratedRegex(
        "^[a-zA-Z][a-zA-Z0-9._-]*$",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();

    [GeneratedRegex(
        "^([^/]*://)?[^/@]*:[^/]*@",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Password();
}
