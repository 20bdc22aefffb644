using System.Text.Json;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Cli.Progress;

/// <summary>One JSON document per line, for programs.</summary>
internal sealed class JsonProgress(Stream output) : IBuildEvents
{
    private static readonly byte[] LineEnd = [(byte)'\n'];
    private readonly Lock gate = new();

    public void Report(BuildEvent buildEvent)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(buildEvent, ContractsJson.Default.BuildEvent);
        lock (gate)
        {
            output.Write(bytes);
            output.Write(LineEnd);
            output.Flush();
        }
    }
}
