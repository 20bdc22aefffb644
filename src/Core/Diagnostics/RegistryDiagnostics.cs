using ContainerStages.Contracts;

namespace ContainerStages.Diagnostics;

/// <summary>What can go wrong between the engine and a registry (CST5xxx).</summary>
internal static class RegistryDiagnostics
{
    private const string NotFoundCode = "CST5002";
    private const string NoPlatformCode = "CST5006";
    private const string WrongPlatformCode = "CST5007";
    private const string NowhereCode = "CST5014";
    private const string LostBlobCode = "CST5021";

    /// <summary>True where another name or digest would help: what was asked for is not to be had.</summary>
    public static bool BlamesReference(Diagnostic diagnostic) =>
        diagnostic.Code is NotFoundCode or NoPlatformCode or WrongPlatformCode or NowhereCode;

    /// <summary>True where nothing of that name is there.</summary>
    public static bool IsNotFound(Diagnostic diagnostic) => diagnostic.Code is NotFoundCode;

    /// <summary>True where a registry has a manifest and lacks a part of it.</summary>
    public static bool IsLostBlob(Diagnostic diagnostic) => diagnostic.Code is LostBlobCode;

    /// <summary>The same error, with what to do in the project.</summary>
    public static Diagnostic WithAdvice(Diagnostic diagnostic, string advice) =>
        diagnostic with { Message = $"{diagnostic.Message} {advice}" };

    public static Diagnostic Unreachable(string host, string reason) => Error(
        "CST5001",
        $"The registry {host} cannot be reached: {reason}. Check its name and port, the network and the proxy variables (https_proxy, " +
        "no_proxy); a mirror for it can be named in containers-registries.conf.");

    public static Diagnostic ImageNotFound(string image, string host) => Error(
        NotFoundCode,
        $"The registry {host} has no image '{image}'. Check repository and " +
        $"{(image.Contains('@', StringComparison.Ordinal) ? "digest" : "tag")}{PrivateHint(host)}.");

    /// <param name="host">The registry.</param>
    /// <param name="repository">What was asked for.</param>
    /// <param name="origin">Where the login is from that was refused; null where none was found.</param>
    /// <param name="places">Where a login was looked for.</param>
    /// <param name="variables">Prefix of the variables that would give one.</param>
    public static Diagnostic Unauthorized(string host, string repository, string? origin, IReadOnlyList<string> places, string variables) =>
        Error(
        "CST5003",
        origin is not null
            ? $"The registry {host} refused the login for '{repository}'{(origin.Length == 0 ? "" : $", which is from {origin}")}. Log " +
                $"in again with 'dotnet-stages login {host}' (or 'docker login {host}')."
            : $"The registry {host} wants a login for '{repository}' (or has no such repository){Looked(places)}. Log in with " +
                $"'dotnet-stages login {host}' (or 'docker login {host}'), or set {variables}_UNAME and {variables}_PWORD.");

    /// <param name="host">The registry.</param>
    /// <param name="user">Who wanted to log in.</param>
    public static Diagnostic LoginRefused(string host, string user) => Error(
        "CST5025",
        $"The registry {host} did not accept '{user}' with this password; nothing was kept. Some registries want an access token in " +
        "place of the password, and an account that may do what you want to.");

    public static Diagnostic LoginNotKept(string host, string file, string reason) => Error(
        "CST5026",
        $"The login for {host} is good, but cannot be kept in '{file}': {reason}. Mend that, or name another folder in DOCKER_CONFIG.");

    public static Diagnostic LoginHidden(string host, string origin) => new(
        "CST5027",
        Severity.Warning,
        OneLine.Of($"The login for {host} is kept, but {origin} comes before it. Remove that to use the new one."));

    public static Diagnostic Denied(string host, string repository, string detail) => Error(
        "CST5004",
        $"The registry {host} does not allow this on '{repository}'{Detail(detail)}. The account that is logged in needs the right to it.");

    public static Diagnostic DigestMismatch(string what, string host, string expected, string actual) => Error(
        "CST5005",
        $"The registry {host} sent a wrong {what}: its content has digest {actual}, not {expected}. Nothing of it is kept; the registry " +
        "or something between is broken or hostile.");

    public static Diagnostic NoSuchPlatform(string image, string wanted, IEnumerable<string> available) => Error(
        NoPlatformCode,
        $"The image '{image}' has nothing for platform {wanted}; it has: " +
        $"{string.Join(", ", available.Distinct(StringComparer.Ordinal).DefaultIfEmpty("no platform at all"))}.");

    public static Diagnostic WrongPlatform(string image, string wanted, string actual) => Error(
        WrongPlatformCode,
        $"The image '{image}' is for platform {actual}, not {wanted}. Name an image for {wanted}, or build for {actual}.");

    public static Diagnostic DocumentTooLarge(string what, long size, long limit) => Error(
        "CST5008",
        $"The {what} has {size} bytes; at most {limit} are read.");

    public static Diagnostic UnsupportedMediaType(string what, string mediaType) => Error(
        "CST5009",
        mediaType.StartsWith("application/vnd.docker.distribution.manifest.v1", StringComparison.Ordinal)
            ? $"The {what} is in Docker's old schema 1 ({mediaType}), which is not read. Push the image again with a current tool."
            : $"The {what} has media type '{mediaType}', which is no container image.");

    public static Diagnostic TlsFailure(string host, string reason) => Error(
        "CST5010",
        $"The certificate of the registry {host} is not accepted: {reason}. Install its certificate authority on this machine (or name " +
        "it in SSL_CERT_FILE), or mark the registry insecure = true in containers-registries.conf.");

    public static Diagnostic RateLimited(string host, string detail) => Error(
        "CST5011",
        $"The registry {host} answers that there were too many requests{Detail(detail)}. Wait, log in with 'dotnet-stages login {host}' " +
        "for a higher limit, or name a mirror in containers-registries.conf.");

    public static Diagnostic NoSpace(string host, string detail) => Error(
        "CST5012",
        $"The registry {host} has no room for the image{Detail(detail)}. Free space there, or raise its limit.");

    public static Diagnostic InvalidConfiguration(SourceLocation location, string problem) =>
        new("CST5013", Severity.Error, problem, location);

    public static Diagnostic NoEndpointWorked(string image, IEnumerable<(string Endpoint, string Reason)> failures) => Error(
        NowhereCode,
        $"'{image}' could not be had from any place that the configuration names. Tried in order: " +
        $"{string.Join("; ", failures.Select(failure => $"{failure.Endpoint}: {failure.Reason}"))}.");

    public static Diagnostic Blocked(string image, string prefix, string file) => Error(
        "CST5015",
        $"'{image}' may not be used: '{prefix}' is blocked in {file}.");

    public static Diagnostic UnexpectedAnswer(string host, string request, int status, string detail) => Error(
        "CST5016",
        $"The registry {host} answered {request} with status {status}{Detail(detail)}. Check that this host and " +
        "port is a registry, and its log.");

    public static Diagnostic MalformedDocument(string what, string host, string problem) => Error(
        "CST5017",
        $"The {what} from {host} cannot be read: {problem}");

    public static Diagnostic ConnectionLost(string what, string host, string reason) => Error(
        "CST5018",
        $"The connection to the registry {host} broke again and again during {what}: {reason}. What came so far is not kept; try " +
        "again when the network is better.");

    public static Diagnostic CredentialHelperFailed(string helper, string host, string problem) => Error(
        "CST5019",
        $"The credential helper '{helper}' failed for {host}: {problem}. Run 'echo {host} | {helper} get' to see that it works, or take " +
        $"its name out of the file that names it and log in with 'dotnet-stages login {host}'.");

    public static Diagnostic UnsafeTokenServer(string host, string realm) => Error(
        "CST5020",
        $"The registry {host} names '{realm}' as its token server, which is not a protected address. Nothing was sent there.");

    public static Diagnostic BlobNotFound(string image, string digest, string host) => Error(
        LostBlobCode,
        $"The registry {host} lacks {digest}, a part of '{image}'. The image there is incomplete: push it again.");

    public static Diagnostic WrongSize(string digest, string host, long expected, string actual) => Error(
        "CST5022",
        $"The registry {host} sent {actual} bytes for {digest}, which has {expected}. Nothing of it is kept; push the image there again.");

    public static Diagnostic CertificateUnusable(SourceLocation location, string problem) => new(
        "CST5023",
        Severity.Error,
        $"This certificate for a registry cannot be used: {problem}. certs.d/HOST[:PORT] holds authorities in *.crt, and a certificate " +
        "of its own in NAME.cert with the key in NAME.key, all PEM.",
        location);

    public static Diagnostic BadVariable(string name, string expected) => Error(
        "CST5024",
        $"The environment variable {name} cannot be used: {expected}.");

    private static string Looked(IReadOnlyList<string> places) =>
        places.Count == 0 ? "" : $", and none stands in {string.Join(", ", places)}";

    private static string PrivateHint(string host) => host == "docker.io"
        ? "; a private repository needs 'dotnet-stages login', and a machine without Docker Hub needs a mirror " +
            "in containers-registries.conf"
        : "";

    private static string Detail(string detail) => detail.Length == 0 ? "" : $" ({detail})";

    /// <summary>
    /// What registries say ends up in messages, and must not move a terminal's cursor or start a line of its own in a log.
    /// </summary>
    private static Diagnostic Error(string code, string message) => new(code, Severity.Error, OneLine.Of(message));
}
