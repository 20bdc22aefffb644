using System.Text.Json;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Cli.Progress;

/// <summary>One JSON document per line, for programs.</summary>
internal sealed class JsonProgress(Stream output) : IBuildEvents
{
    private readonly Lock gate = new();

    public void Report(BuildEvent buildEvent)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(buildEvent, ContractsJson.Default.BuildEvent);
        lock (gate)
        {
            Write([.. bytes, (byte)'\n']);
        }
    }

    private void Write(byte[] line)
    {
        try
        {
            output.Write(line);
            output.Flush();
        }
        catch (IOException failure)
        {
            throw new BuildFailedException(ArchiveDiagnostics.OutputNotWritable(failure.Message), failure);
        }
    }
}
