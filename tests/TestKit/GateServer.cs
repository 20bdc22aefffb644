using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace ContainerStages.TestKit;

/// <summary>
/// A web server on loopback by which things that run at the same time can wait for each other: <c>open/NAME</c> answers at once and opens a
/// gate, <c>wait/NAME</c> answers when the gate is open, and with an error where nobody opens it within a minute.
/// </summary>
public sealed class GateServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly HttpListener listener = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> gates = new(StringComparer.Ordinal);
    private readonly Task serving;

    public GateServer()
    {
        Address = $"http://127.0.0.1:{FileServer.FreePort()}/";
        listener.Prefixes.Add(Address);
        listener.Start();
        serving = Task.Run(ServeAsync);
    }

    /// <summary>Ends with a slash.</summary>
    public string Address { get; }

    public void Open(string gate) => Gate(gate).TrySetResult();

    public async ValueTask DisposeAsync()
    {
        listener.Close();
        await serving;
    }

    private TaskCompletionSource Gate(string name) => gates.GetOrAdd(name, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    private async Task ServeAsync()
    {
        var answers = new List<Task>();
        try
        {
            while (true)
            {
                var request = await listener.GetContextAsync();
                answers.Add(AnswerAsync(request));
            }
        }
        catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
            foreach (var gate in gates.Values)
            {
                gate.TrySetCanceled();
            }
        }

        await Task.WhenAll(answers);
    }

    private async Task AnswerAsync(HttpListenerContext request)
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
