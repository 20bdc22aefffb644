using System.Globalization;
using System.Text;
using ContainerStages.Content;
using ContainerStages.Oci;

namespace ContainerStages.Layers;

/// <summary>
/// Remembers how many bytes of files a layer holds, which neither manifest nor configuration say: one small file per diff id under
/// <c>sizes/sha256</c> of the store. Only a memory: what is missing is measured or stays unknown.
/// </summary>
/// <param name="storeRoot">Folder of the store.</param>
/// <param name="mayRecord">False: nothing is written.</param>
internal sealed class LayerSizes(string storeRoot, bool mayRecord = true)
{
    /// <summary>Size of a layer that nobody has measured and whose blob is not here.</summary>
    public const long Unknown = -1;

    /// <summary><see cref="Unknown"/> where one of them is.</summary>
    public static long Sum(IEnumerable<long> sizes) => sizes.Aggregate(0L, (sum, size) => sum < 0 || size < 0 ? Unknown : sum + size);

    private readonly string folder = Path.Combine(storeRoot, "sizes", "sha256");

    /// <summary>Bytes of files, or null where unknown.</summary>
    public long? TryGet(Digest diffId)
    {
        var text = SealedFile.Read(Path.Combine(folder, diffId.Hex));
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size <= DocumentRules.MostBytes
            ? size
            : null;
    }

    public void Record(Digest diffId, long size)
    {
        if (!mayRecord)
        {
            return;
        }

        Directory.CreateDirectory(folder);
        SealedFile.Write(Path.Combine(folder, diffId.Hex), Encoding.UTF8.GetBytes(size.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>
    /// The remembered size; else it is measured where the blob is here (a few seconds for a large one); else <see cref="Unknown"/>.
    /// </summary>
    public long GetOrMeasure(IContentStore store, Descriptor blob, Digest diffId, CancellationToken cancellationToken)
    {
        if (TryGet(diffId) is { } known)
        {
            return known;
        }

        if (!store.Contains(blob.Digest))
        {
            return Unknown;
        }

        using var stream = store.OpenRead(blob.Digest);
        var measured = LayerInspector.Inspect(stream, blob.Digest.ToString(), cancellationToken).ContentSize;
        Record(diffId, measured);
        return measured;
    }
}
