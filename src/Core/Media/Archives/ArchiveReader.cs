using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Images;
using ContainerStages.Layers;
using ContainerStages.Media.Layout;
using ContainerStages.Oci;

namespace ContainerStages.Media.Archives;

/// <summary>
/// Takes an archive into the content store in one pass, so that it may come from a pipe, and says which images it held: as the index of the
/// layout that it is, or would be. Blobs are verified, documents are bounded.
/// </summary>
internal sealed class ArchiveReader(IContentStore content)
{
    private const int MostDocuments = 10_000;
    private const int LargestIndex = 4 << 20;
    private const int SmallestTar = 512;
    private const string Blobs = "blobs/sha256/";

    /// <exception cref="InvalidDataException">It is no archive of that format.</exception>
    /// <exception cref="DigestMismatchException">A blob is not what its name says.</exception>
    public Task<ImageIndex> ReadAsync(Stream stream, Medium format, CancellationToken cancellationToken) => format.Kind switch
    {
        MediumKind.OciArchive => ReadLayoutAsync(stream, cancellationToken),
        MediumKind.DockerArchive => ReadDockerAsync(stream, cancellationToken),
        _ => throw new ArgumentException($"{format} is no archive.", nameof(format)),
    };

    /// <summary>A tar of an OCI layout. Source: image-spec, image-layout.md.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    /// <exception cref="DigestMismatchException">A blob is not what its name says.</exception>
    public async Task<ImageIndex> ReadLayoutAsync(Stream stream, CancellationToken cancellationToken)
    {
        ImageIndex? index = null;
        await WalkAsync(stream, async (entry, name, bytes) =>
        {
            if (name == "index.json")
            {
                index = LayoutIndex.Read(Document(bytes, entry.Size));
            }
            else if (name.StartsWith(Blobs, StringComparison.Ordinal)
                && Digest.TryParse("sha256:" + name[Blobs.Length..], out var digest)
                && !await HasAsync(digest, entry.Size, cancellationToken))
            {
                await content.CopyAsync(bytes, digest, cancellationToken);
            }
        });
        return index ?? throw new InvalidDataException("it has no index.json. A docker archive is named with docker-archive:.");
    }

    /// <summary>
    /// What <c>docker save</c> writes, of any age: layers become gzip where they are plain tars. Source: Docker image specification 1.2.
    /// </summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public async Task<ImageIndex> ReadDockerAsync(Stream stream, CancellationToken cancellationToken)
    {
        var archive = new DockerArchiveContent(content);
        await WalkAsync(stream, async (entry, name, bytes) =>
        {
            if (entry.Kind is TarEntryKind.SymbolicLink or TarEntryKind.HardLink)
            {
                archive.AddLink(name, entry);
            }
            else if (IsLayer(name, entry.Size, ref bytes))
            {
                archive.AddLayer(name, await LayerImport.StoreAsync(bytes, name, content, cancellationToken));
            }
            else if (entry.Size <= LargestIndex && archive.Documents < MostDocuments)
            {
                archive.AddDocument(name, Document(bytes, entry.Size));
            }
        });
        return await archive.ToIndexAsync(cancellationToken);
    }

    /// <summary>A small blob may be a document, and one that is damaged in the store is written again.</summary>
    private async Task<bool> HasAsync(Digest digest, long size, CancellationToken cancellationToken) =>
        size <= LargestIndex ? await StoredDocument.IsWholeAsync(content, digest, cancellationToken) : content.Contains(digest);

    private static async Task WalkAsync(Stream stream, Func<TarEntry, string, Stream, Task> take)
    {
        await using var plain = LayerDecompression.Open(stream);
        using var tar = new TarStreamReader(plain);
        while (tar.ReadEntry() is { } entry)
        {
            if (entry.Kind is TarEntryKind.File or TarEntryKind.SymbolicLink or TarEntryKind.HardLink && entry.SparseRanges is null)
            {
                await take(entry, DockerArchiveContent.Normalize(entry.Name), new TarContentStream(tar));
            }
        }
    }

    /// <summary>By its name in older archives, else by its first bytes, which the stream still has afterwards.</summary>
    private static bool IsLayer(string name, long size, ref Stream bytes)
    {
        var head = new byte[4];
        var count = bytes.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        bytes = new PrefixedStream(head.AsMemory(0, count), bytes);
        return name.EndsWith(".tar", StringComparison.Ordinal)
            || LayerDecompression.Detect(head.AsSpan(0, count)) != LayerCompression.None
            || (size >= SmallestTar && head[0] is not ((byte)'{' or (byte)'['));
    }

    private static byte[] Document(Stream bytes, long size)
    {
        if (size > LargestIndex)
        {
            throw new InvalidDataException($"a document of {size} bytes is too large; at most {LargestIndex} are accepted.");
        }

        var document = new byte[size];
        bytes.ReadExactly(document);
        return document;
    }
}
