using System.Diagnostics;
using ContainerStages.TestKit;

namespace ContainerStages.Sdk.Tests;

/// <summary>An image of the store as a web server on a free port, until it is disposed.</summary>
internal sealed class RunningImage : IAsyncDisposable
{
    private const int Seconds = 60;
    private readonly Process _process;
    private readonly HttpClient _client;
    private readonly Task<string> _output;
    private readonly Task<string> _errors;

    private RunningImage(Process process, int port)
    {
        (_process, _client) = (process, new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") });
        (_output, _errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
    }

    /// <param name="shop">Where its store is.</param>
    /// <param name="image">Name in the store.</param>
    /// <param name="listen">The variable that says where it listens.</param>
    /// <param name="variables">Further ones, as <c>NAME=value</c>.</param>
    public static RunningImage Start(Shop shop, string image, Func<int, string> listen, params string[] variables)
    {
        var port = FileServer.FreePort();
        return new RunningImage(shop.Start(
            PackedSdk.Program, ["run", .. variables.Prepend(listen(port)).SelectMany(variable => new[] { "-e", variable }), image]), port);
    }

    /// <summary>The answer, as soon as there is one.</summary>
    public async Task<string> GetAsync(string path)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return await _client.GetStringAsync(new Uri(path, UriKind.Relative));
            }
            catch (HttpRequestException problem)
                when (problem.StatusCode is null && !_process.HasExited && Stopwatch.GetElapsedTime(start).TotalSeconds < Seconds)
            {
                await Task.Delay(100);
            }
            catch (HttpRequestException problem) when (_process.HasExited)
            {
                throw new InvalidOperationException($"{await _output}{await _errors}", problem);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
