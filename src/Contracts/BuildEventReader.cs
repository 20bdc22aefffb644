using System.Text.Json;

namespace ContainerStages.Contracts;

/// <summary>
/// Reads the lines that <see cref="ContractsJson"/> writes of events, by hand: the process that reads them is new for most builds, and the
/// model that a deserializer needs first takes longer there than a build in which nothing changed.
/// </summary>
public static class BuildEventReader
{
    /// <summary>The event of one line. Members that it does not know mean nothing.</summary>
    /// <exception cref="JsonException">No JSON, or no event.</exception>
    public static BuildEvent Read(string line)
    {
        using var document = JsonDocument.Parse(line);
        try
        {
            return Event(document.RootElement);
        }
        catch (Exception exception) when (exception is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new JsonException($"This is no event of a build: {line}", exception);
        }
    }

    private static BuildEvent Event(JsonElement json) => Text(json, "type") switch
    {
        "engine-started" => new EngineStarted(Integer(json, "contract"), Text(json, "version")),
        "step-started" => new StepStarted(Text(json, "id"), Text(json, "stage"), Text(json, "title")),
        "step-finished" => new StepFinished(Text(json, "id"), Outcome(Text(json, "outcome")), Number(json, "milliseconds")),
        "output" => new OutputLine(Text(json, "id"), Text(json, "text"), json.GetProperty("isError").GetBoolean()),
        "progress" => new ProgressChanged(Text(json, "id"), Number(json, "bytes"), Number(json, "total")),
        "diagnostic" => new DiagnosticReported(Diagnostic(json.GetProperty("diagnostic"))),
        "text" => new TextReported(Text(json, "text")),
        "result" => new BuildFinished(Result(json.GetProperty("result"))),
        var other => throw new FormatException(other),
    };

    private static StepOutcome Outcome(string name) => name switch
    {
        nameof(StepOutcome.Done) => StepOutcome.Done,
        nameof(StepOutcome.Cached) => StepOutcome.Cached,
        nameof(StepOutcome.Failed) => StepOutcome.Failed,
        nameof(StepOutcome.Skipped) => StepOutcome.Skipped,
        _ => throw new FormatException(name),
    };

    private static Diagnostic Diagnostic(JsonElement json) => new(
        Text(json, "code"),
        Text(json, "severity") == nameof(Severity.Warning) ? Severity.Warning : Severity.Error,
        Text(json, "message"),
        json.TryGetProperty("location", out var location) ? Location(location) : null);

    private static SourceLocation Location(JsonElement json) =>
        new(Text(json, "file"), Integer(json, "line"), Integer(json, "column"), Integer(json, "endLine"), Integer(json, "endColumn"));

    private static BuildResult Result(JsonElement json) => new()
    {
        ManifestDigest = Text(json, "manifestDigest"),
        ManifestMediaType = Text(json, "manifestMediaType"),
        ConfigDigest = OptionalText(json, "configDigest"),
        Manifest = Text(json, "manifest"),
        Configuration = OptionalText(json, "configuration"),
        Platform = OptionalText(json, "platform"),
        Images = [.. json.GetProperty("images").EnumerateArray().Select(Image)],
        References = Texts(json, "references"),
        Files = Texts(json, "files"),
        Size = Number(json, "size"),
        CompressedSize = Number(json, "compressedSize"),
        LayerCount = Integer(json, "layerCount"),
        UpToDate = json.GetProperty("upToDate").GetBoolean(),
    };

    private static PlatformImage Image(JsonElement json) => new()
    {
        Platform = Text(json, "platform"),
        ManifestDigest = Text(json, "manifestDigest"),
        ManifestMediaType = Text(json, "manifestMediaType"),
        ConfigDigest = Text(json, "configDigest"),
        Manifest = Text(json, "manifest"),
        Configuration = Text(json, "configuration"),
        References = Texts(json, "references"),
        Size = Number(json, "size"),
    };

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString() ?? throw new FormatException(name);

    private static string? OptionalText(JsonElement json, string name) => json.TryGetProperty(name, out var text) ? text.GetString() : null;

    private static IReadOnlyList<string> Texts(JsonElement json, string name) =>
        [.. json.GetProperty(name).EnumerateArray().Select(text => text.GetString()!)];

    private static long Number(JsonElement json, string name) => json.GetProperty(name).GetInt64();

    private static int Integer(JsonElement json, string name) => json.GetProperty(name).GetInt32();
}
