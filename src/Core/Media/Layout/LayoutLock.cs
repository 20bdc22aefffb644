using System.Text;
using ContainerStages.Diagnostics;

namespace ContainerStages.Media.Layout;

/// <summary>Holds the file oci-layout of a layout folder, so that of two builds at once neither loses the other's entry.</summary>
internal static class LayoutLock
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Writes the file where it is new. The folder is held until the result is disposed.</summary>
    /// <exception cref="BuildFailedException">Another program holds it for long.</exception>
    public static async Task<FileStream> TakeAsync(string folder, CancellationToken cancellationToken)
    {
        var file = Path.Combine(folder, "oci-layout");
        for (var deadline = DateTime.UtcNow + Patience; ; await Task.Delay(50, cancellationToken))
        {
            try
            {
                var stream = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                if (stream.Length == 0)
                {
                    await stream.WriteAsync(Encoding.UTF8.GetBytes(LayoutIndex.LayoutFile), cancellationToken);
                    await stream.FlushAsync(cancellationToken);
                }

                return stream;
            }
            catch (IOException exception) when (Posix.Errno.IsLocked(exception))
            {
                if (DateTime.UtcNow > deadline)
                {
                    throw new BuildFailedException(ArchiveDiagnostics.LayoutBusy(folder), exception);
                }
            }
        }
    }
}
