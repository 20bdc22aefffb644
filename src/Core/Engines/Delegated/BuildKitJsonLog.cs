using System.Text;
using System.Text.Json;
using ContainerStages.Contracts;

namespace ContainerStages.Engines;

/// <summary>
/// Reads what buildx writes with <c>--progress rawjson</c>: a status of BuildKit on each line, with the changed steps (vertexes) and their
/// output. Source: moby/buildkit, client/graph.go, SolveStatus.
/// </summary>
internal sealed class BuildKitJsonLog(StageProgress progress) : IEngineLog
{
    private readonly Dictionary<string, (TextStage Stage, TextLine Line)?> steps = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Step, bool IsError), List<byte>> open = [];

    public bool HasBegun => steps.Count > 0;

    public void Read(string line, bool isError)
    {
        if (!line.StartsWith('{') || Parse(line) is not { } parsed)
        {
            if (line.Trim() is { Length: > 0 } said)
            {
                progress.Say(said);
            }

            return;
        }

        using (parsed)
        {
            foreach (var step in Items(parsed, "vertexes"))
            {
                ReadStep(step);
            }

            foreach (var output in Items(parsed, "logs"))
            {
                ReadOutput(output);
            }
        }
    }

    private void ReadStep(JsonElement step)
    {
        if (Text(step, "digest") is not { } digest || Text(step, "name") is not { } name)
        {
            return;
        }

        if (!steps.TryGetValue(digest, out var known))
        {
            steps.Add(digest, known = BuildKitLog.FindStep(progress, name));
        }

        var error = Text(step, "error");
        if (known is not var (stage, line))
        {
            if (error is not null)
            {
                progress.Say(error);
            }

            return;
        }

        if (step.TryGetProperty("started", out _))
        {
            progress.Begin(stage, line);
        }

        if (step.TryGetProperty("completed", out _))
        {
            End(digest, line, error, step.TryGetProperty("cached", out var cached) && cached.ValueKind == JsonValueKind.True);
        }
    }

    private void End(string digest, TextLine line, string? error, bool isCached)
    {
        Flush(digest, line);
        if (error is null)
        {
            progress.End(line, isCached ? StepOutcome.Cached : StepOutcome.Done);
        }
        else if (error.EndsWith("context canceled", StringComparison.Ordinal))
        {
            progress.End(line, StepOutcome.Skipped);
        }
        else
        {
            progress.Fail(line, error, BuildKitLog.ExitCode(error));
        }
    }

    /// <summary>Output comes in pieces that end anywhere, also within a character.</summary>
    private void ReadOutput(JsonElement output)
    {
        if (Text(output, "vertex") is not { } digest
            || steps.GetValueOrDefault(digest) is not var (_, line)
            || !output.TryGetProperty("data", out var data)
            || !data.TryGetBytesFromBase64(out var bytes))
        {
            return;
        }

        var isError = output.TryGetProperty("stream", out var stream) && stream.TryGetInt32(out var number) && number == 2;
        if (!open.TryGetValue((digest, isError), out var rest))
        {
            open.Add((digest, isError), rest = []);
        }

        rest.AddRange(bytes);
        while (rest.IndexOf((byte)'\n') is >= 0 and var end)
        {
            Write(line, rest[..end], isError);
            rest.RemoveRange(0, end + 1);
        }
    }

    private void Flush(string digest, TextLine line)
    {
        foreach (var isError in (bool[])[false, true])
        {
            if (open.Remove((digest, isError), out var rest) && rest.Count > 0)
            {
                Write(line, rest, isError);
            }
        }
    }

    private void Write(TextLine line, List<byte> bytes, bool isError) =>
        progress.Write(line, Encoding.UTF8.GetString([.. bytes]).TrimEnd('\r'), isError);

    private static JsonDocument? Parse(string line)
    {
        try
        {
            return JsonDocument.Parse(line);
        }
        catch (JsonException)
        {
            // What the program says itself may begin with a brace.
            return null;
        }
    }

    private static IEnumerable<JsonElement> Items(JsonDocument status, string name) =>
        status.RootElement.TryGetProperty(name, out var items) && items.ValueKind == JsonValueKind.Array
            ? items.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object)
            : [];

    private static string? Text(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text
            : null;
}
