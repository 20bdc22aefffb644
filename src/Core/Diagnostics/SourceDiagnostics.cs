using ContainerStages.Contracts;

namespace ContainerStages.Diagnostics;

/// <summary>Images that are taken from files and from the stores of other engines: CST62xx, and their names in stages: CST33xx.</summary>
internal static class SourceDiagnostics
{
    public static Diagnostic ImageOutsideContext(string name, string context, SourceLocation location) => new(
        "CST3301",
        Severity.Error,
        $"'{name}' lies outside the build context '{context}'. A Dockerfile can name layouts and archives of its context only; hand it " +
        $"in as --build-context NAME={name} (in a project, as a ContainerStageContext item) and write NAME.",
        location);

    public static Diagnostic Missing(string image, string path) =>
        Error("CST6201", $"'{image}' is not there: '{path}' does not exist, or cannot be read by the user who builds.");

    public static Diagnostic NotReadable(string image, string reason) =>
        Error("CST6202", $"'{image}' cannot be read: {Printable(reason)}");

    public static Diagnostic NoSuchImage(string image, IEnumerable<string> names) =>
        Error("CST6203", $"'{image}' is not there. {Names(names)}");

    public static Diagnostic SeveralImages(string image, IEnumerable<string> names) =>
        Error("CST6204", $"'{image}' holds several images; say which with :TAG or @DIGEST behind it. {Names(names)}");

    public static Diagnostic BlobMissing(string image, string digest) =>
        Error("CST6205", $"'{image}' is not whole: its blob {digest} is missing.");

    public static Diagnostic BlobDamaged(string image, string expected, string actual) =>
        Error("CST6206", $"'{image}' is damaged: a blob that should have digest {expected} has {actual}. Write it again.");

    public static Diagnostic EngineNotThere(string engine, string reason) =>
        Error("CST6211", $"{engine} cannot be reached: {reason}");

    public static Diagnostic EngineRefused(string engine, string what, string reason) =>
        Error("CST6212", $"{engine} refused {what}: {Printable(reason)}");

    public static Diagnostic EngineAddress(string address) =>
        Error("CST6213", $"DOCKER_HOST is '{address}', which is not supported: unix:///PATH or tcp://HOST:PORT without TLS is expected.");

    private static string Names(IEnumerable<string> names) =>
        string.Join(", ", names.Take(20).Select(Printable)) is { Length: > 0 } listed ? $"There are: {listed}." : "It holds no image.";

    /// <summary>Names and reasons come from strangers: control characters must not reach a terminal.</summary>
    private static string Printable(string text) =>
        string.Concat(
            (text.Length > 500 ? text[..500] : text).Select(letter => char.IsControl(letter) || char.IsSurrogate(letter) ? ' ' : letter));

    private static Diagnostic Error(string code, string message) => new(code, Severity.Error, message);
}
