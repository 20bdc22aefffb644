using ContainerStages.Contracts;

namespace ContainerStages.Diagnostics;

/// <summary>CST221x: what can be wrong with the text of a RUN --mount.</summary>
internal static class MountDiagnostics
{
    public static Diagnostic UnknownType(string type, IReadOnlyCollection<string> valid, SourceLocation location) =>
        Error(
            "CST2210",
            $"Unsupported mount type '{type}'.{NearestName.Suggest(type, valid)} Valid: {string.Join(", ", valid)}.",
            location);

    public static Diagnostic UnknownKey(string key, IReadOnlyCollection<string> valid, SourceLocation location) =>
        Error(
            "CST2211",
            $"Unexpected key '{key}' in a mount.{NearestName.Suggest(key, valid)} Valid: {string.Join(", ", valid)}.",
            location);

    public static Diagnostic KeyOfOtherType(string key, string type, IReadOnlyCollection<string> types, SourceLocation location) =>
        Error(
            "CST2212",
            $"A mount of type {type} has no '{key}'; only {string.Join(", ", types)} {(types.Count == 1 ? "has" : "have")} it.",
            location);

    public static Diagnostic KeyWithoutValue(string key, SourceLocation location) =>
        Error("CST2213", $"'{key}' of a mount has no value; write {key}=VALUE.", location);

    public static Diagnostic BadValue(string key, string value, string valid, SourceLocation location) =>
        Error("CST2214", $"Invalid value '{value}' for '{key}' of a mount: it takes {valid}.", location);

    public static Diagnostic SecretWithoutId(SourceLocation location) =>
        Error("CST2215", "A secret mount does not say which secret: give it an id or a target.", location);

    public static Diagnostic TwoIds(SourceLocation location) =>
        Error("CST2216", "A secret mount has both an id and a source, which mean the same; keep the id.", location);

    private static Diagnostic Error(string code, string message, SourceLocation location) => new(code, Severity.Error, message, location);
}
