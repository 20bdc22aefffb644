using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>An interactive shell on a terminal of its own, as a person has it.</summary>
internal sealed partial class ShellSession : IAsyncDisposable
{
    private const string Prompt = "ready> ";
    private readonly Process process;
    private readonly StringBuilder seen = new();
    private int position;

    private ShellSession(Process process) => this.process = process;

    /// <param name="home">Its start-up files are the shell's only ones.</param>
    /// <param name="command">How the shell is started.</param>
    public static async Task<ShellSession> StartAsync(TempFolder home, string command)
    {
        var start = new ProcessStartInfo("script", ["--quiet", "--return", "--command", command, "/dev/null"])
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = home.Path,
        };
        foreach (var (name, value) in Environment(home.Path))
        {
            start.Environment[name] = value;
        }

        var session = new ShellSession(Process.Start(start)!);
        await session.ReadUntilAsync(Prompt);
        return session;
    }

    /// <summary>Finds the program and the store of the tests.</summary>
    public static Dictionary<string, string> Environment(string home) => new(StringComparer.Ordinal)
    {
        ["PATH"] = $"{StagesProgram.Folder}:{System.Environment.GetEnvironmentVariable("PATH")}",
        ["CONTAINERSTAGES_STORE"] = Hello.Program.Store,
        ["HOME"] = home,
        ["ZDOTDIR"] = home,
        ["TERM"] = "dumb",
    };

    /// <summary>The words that a typed line comes to. A tab completes; the line is not run but printed.</summary>
    public async Task<string[]> WordsAsync(string keys)
    {
        var start = position;
        // Control-A goes to the beginning of the line.
        await process.StandardInput.WriteAsync($"{keys}\u0001printf '<%s>\\n' \n");
        await process.StandardInput.FlushAsync();
        await ReadUntilAsync(">\r\n");
        await ReadUntilAsync(Prompt);
        return [.. Word().Matches(seen.ToString(start, position - start)).Select(match => match.Groups["word"].Value)];
    }

    public async ValueTask DisposeAsync()
    {
        await process.StandardInput.WriteAsync("exit\n");
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private async Task ReadUntilAsync(string text)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var buffer = new char[4096];
        int found;
        while ((found = seen.ToString().IndexOf(text, position, StringComparison.Ordinal)) < 0)
        {
            var count = await process.StandardOutput.ReadAsync(buffer, patience.Token);
            Assert.AreNotEqual(0, count, $"The shell has ended: {seen}");
            seen.Append(buffer, 0, count);
        }

        position = found + text.Length;
    }

    [GeneratedRegex(@"^<(?<word>.*)>\r$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Word();
}
