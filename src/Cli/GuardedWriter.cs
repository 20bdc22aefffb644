using System.Text;
using ContainerStages.Diagnostics;

namespace ContainerStages.Cli;

/// <summary>Standard output and standard error, which may be a full disk.</summary>
internal sealed class GuardedWriter(Stream stream, Action<Exception> failed) : TextWriter
{
    private readonly StreamWriter inner = new(stream, Console.OutputEncoding, bufferSize: 256, leaveOpen: true) { AutoFlush = true };

    public override Encoding Encoding => inner.Encoding;

    /// <summary>
    /// To be called first. Results that cannot be written are an error; there is nobody to report to that a report could not be written.
    /// </summary>
    public static void Install()
    {
        Console.SetOut(new GuardedWriter(
            Console.OpenStandardOutput(), failure => throw new BuildFailedException(
                ArchiveDiagnostics.OutputNotWritable(failure.Message),
                failure)));
        Console.SetError(new GuardedWriter(Console.OpenStandardError(), _ => { }));
    }

    public override void Write(char value) => Guard(() => inner.Write(value));

    public override void Write(char[] buffer, int index, int count) => Guard(() => inner.Write(buffer, index, count));

    public override void Write(string? value) => Guard(() => inner.Write(value));

    public override void WriteLine(string? value) => Guard(() => inner.WriteLine(value));

    public override void Flush() => Guard(inner.Flush);

    private void Guard(Action write)
    {
        try
        {
            write();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            failed(failure);
        }
    }
}
