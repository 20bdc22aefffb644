using ContainerStages.Contracts;

namespace ContainerStages.Tasks.Logging;

/// <summary>
/// Shows which step takes long where the terminal logger is quiet, as `dotnet run` makes it: it then shows "Restore" until the build ends,
/// whatever runs (.NET SDK 10.0.4xx). The text of its live line is written over; it writes only the seconds at the end of it, and removes
/// the line itself.
/// </summary>
public sealed class LiveLine(TextWriter terminal, LongSteps steps, string projectName, int width)
{
    /// <summary>Room for the seconds that the terminal logger writes.</summary>
    private const int Seconds = 12;
    private const int WidestLine = 120;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>Returns with the work.</summary>
    public void ShowUntil(System.Threading.Tasks.Task work)
    {
        var shown = "";
        while (!((IAsyncResult)work).AsyncWaitHandle.WaitOne(Interval))
        {
            if (Text() is { } text && text != shown)
            {
                Write(shown = text);
            }
        }

        if (shown.Length > 0)
        {
            Write($"  {projectName}");
        }
    }

    private string? Text() =>
        steps.First is { } step
            ? Cut(
                $"  {projectName} {step.Title}" +
                $"{(step.Total > 0 ? $", {ByteSize.Format(step.Bytes)} of {ByteSize.Format(step.Total)}" : "")} " +
                $"({step.Elapsed.TotalSeconds:0}s)")
            : null;

    private string Cut(string text)
    {
        var most = Math.Max(Seconds, Math.Min(width, WidestLine) - Seconds);
        return text.Length <= most ? text : text[..(most - 1)] + "…";
    }

    // In one piece, from where the cursor rests (the line below) and back.
    private void Write(string text) => terminal.Write($"\e7\e[1A\r\e[K{text}\e8");
}
