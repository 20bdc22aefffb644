using System.Buffers;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Engines;

/// <summary>How much a server may send, so that an endless answer does not fill the disk.</summary>
internal static class DownloadLimit
{
    /// <summary>Name of the variable that sets another limit, with k, m or g.</summary>
    public const string Variable = "CONTAINERSTAGES_MAX_DOWNLOAD";

    private const long Default = 16L << 30;
    private const int PieceSize = 128 * 1024;

    /// <exception cref="BuildFailedException">More is announced, or comes, than is allowed.</exception>
    public static async Task CopyAsync(
        Stream body, long? announced, Stream file, string address, SourceLocation? location, CancellationToken cancellationToken)
    {
        var limit = ByteCount.TryParse(Environment.GetEnvironmentVariable(Variable) ?? "") is { } set and > 0 ? set : Default;
        var left = announced > limit ? -1 : limit;
        var buffer = ArrayPool<byte>.Shared.Rent(PieceSize);
        try
        {
            for (int read; left >= 0 && (read = await body.ReadAsync(buffer, cancellationToken)) > 0;)
            {
                left -= read;
                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (left < 0)
        {
            throw new BuildFailedException(ContextDiagnostics.DownloadTooLarge(address, limit, Variable, location));
        }
    }
}
