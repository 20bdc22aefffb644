using System.Collections.Concurrent;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;

namespace ContainerStages.Caching;

/// <summary>
/// A cache of other machines that a build reads. What turns out to be missing or damaged in it counts as absent from then on, which is
/// said once.
/// </summary>
internal sealed class SharedCache(ISharedCacheMedium medium, SharedCacheDocument document, IBuildEvents events)
{
    private readonly HashSet<Digest> blobs = [.. document.Blobs.Select(blob => blob.Digest)];
    private readonly ConcurrentDictionary<Digest, bool> dropped = new();
    private int warnings;

    public ISharedCacheMedium Medium { get; } = medium;

    public SharedCacheDocument Document { get; } = document;

    public bool Has(Descriptor blob) => blobs.Contains(blob.Digest) && !IsDropped(blob);

    public bool IsDropped(Descriptor blob) => dropped.ContainsKey(blob.Digest);

    public void Drop(Descriptor blob, string reason)
    {
        if (dropped.TryAdd(blob.Digest, true) && Interlocked.Increment(ref warnings) == 1)
        {
            events.Report(new DiagnosticReported(SharedCacheDiagnostics.Torn(Medium.Name, blob.Digest.ToString(), reason)));
        }
    }

    /// <summary>Why, in a sentence.</summary>
    public static string ReasonOf(Exception exception) =>
        exception is BuildFailedException failure
            ? string.Join(' ', failure.Diagnostics.Select(diagnostic => diagnostic.Message))
            : exception.Message;

    /// <summary>True for what a cache that nobody can rely on may do; it costs time only.</summary>
    public static bool IsTorn(Exception exception, CancellationToken cancellationToken) =>
        exception is BuildFailedException or IOException or InvalidDataException or UnauthorizedAccessException
            && !cancellationToken.IsCancellationRequested;
}
