using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace ContainerStages.TestKit;

/// <summary>
/// A web server on loopback by which things that run at the same time can wait for each other: <c>open/NAME</c> answers at once and opens a
/// gate, <c>wait/NAME</c> answers when the gate is open, and with an error where nobody opens it within a minute.
/// </summary>
public sealed class GateServer : LoopbackWebServer
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> gates = new(StringComparer.Ordinal);
    private readonly List<Task> answers = [];

    public void Open(string gate) => Gate(gate).TrySetResult();

    private TaskCompletionSource Gate(string name) =>
        gates.GetOrAdd(name, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>Those who wait keep nobody else from being answered.</summary>
    protected override Task AnswerAsync(HttpListenerContext request)
    {
        answers.Add(PassAsync(request));
        return Task.CompletedTask;
    }

    protected override async Task EndAsync()
    {
        foreach (var gate in gates.Values)
        {
            gate.TrySetCanceled();
        }

        await Task.WhenAll(answers);
    }

    private async Task PassAsync(HttpListenerContext request)
    {
        try
        {
            var parts = request.Request.Url!.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
            if (parts[0] == "open")
            {
                Open(parts[1]);
            }
            else
            {
                await Gate(parts[1]).Task.WaitAsync(Patience);
            }

            request.Response.OutputStream.Write(Encoding.UTF8.GetBytes(parts[1]));
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            request.Response.StatusCode = 504;
        }
        catch (Exception gone) when (gone is HttpListenerException or ObjectDisposedException)
        {
            // Whoever asked was stopped.
            return;
        }

        try
        {
            request.Response.Close();
        }
        catch (Exception gone) when (gone is HttpListenerException or ObjectDisposedException)
        {
            // Whoever asked was stopped.
        }
    }
}
