using ContainerStages.Content;
using ContainerStages.Oci;

namespace ContainerStages.Caching;

/// <summary>Blobs that other machines share.</summary>
internal static class SharedBlobs
{
    /// <summary>Brings a blob into the store, unless it is there.</summary>
    /// <returns>False where no machine has it any more.</returns>
    /// <exception cref="DigestMismatchException">It is not what its digest says.</exception>
    public static async Task<bool> FetchAsync(
        this IStepMemory memory,
        Descriptor blob,
        IContentStore store,
        CancellationToken cancellationToken)
    {
        if (store.Holds(blob))
        {
            return true;
        }

        await using var shared = await memory.OpenSharedAsync(blob, cancellationToken);
        if (shared is null)
        {
            return false;
        }

        await using var verified = new VerifyingStream(shared, blob.Digest, blob.Size);
        await store.CopyAsync(verified, blob.Digest, cancellationToken);
        return true;
    }
}
