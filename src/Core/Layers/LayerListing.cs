using System.Collections.Immutable;
using System.Security.Cryptography;
using ContainerStages.Content;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;

namespace ContainerStages.Layers;

/// <summary>What a layer does to one path.</summary>
internal enum LayerChange
{
    /// <summary>There is a folder.</summary>
    Folder,

    /// <summary>There is a file.</summary>
    File,

    /// <summary>There is something else: a link, a device.</summary>
    Other,

    /// <summary>What layers below have there is gone.</summary>
    Removal,

    /// <summary>What layers below have in this folder is gone.</summary>
    Emptying,
}

/// <summary>One line of a layer.</summary>
/// <param name="Path">Without slash or dot in front; bytes that are not UTF-8 are shown as U+FFFD. Empty for the root.</param>
/// <param name="Size">In bytes; 0 for everything but files.</param>
/// <param name="Content">Digest of the file's bytes; null for an empty file, a sparse one and everything that is no file.</param>
internal sealed record LayerLine(LayerChange Change, string Path, long Size = 0, Digest? Content = null);

/// <summary>Gets the content of one file, in pieces.</summary>
internal interface IFileReader
{
    void Append(ReadOnlySpan<byte> piece);

    /// <summary>The file has ended.</summary>
    void Complete();
}

/// <summary>The paths of a layer with their sizes and the digests of their content, read without unpacking anything.</summary>
internal static class LayerListing
{
    /// <param name="store">Has the layer.</param>
    /// <param name="layer">Its blob; what is read is checked against the digest.</param>
    /// <param name="cancellationToken">Asked between entries.</param>
    /// <exception cref="BuildFailedException">The blob is damaged, or no layer.</exception>
    public static ImmutableArray<LayerLine> Read(IContentStore store, Descriptor layer, CancellationToken cancellationToken) =>
        Read(store, layer, (_, _) => null, cancellationToken);

    /// <param name="open">Says who else reads the file with this path and size; null for nobody.</param>
    /// <inheritdoc cref="Read(IContentStore, Descriptor, CancellationToken)"/>
    public static ImmutableArray<LayerLine> Read(
        IContentStore store, Descriptor layer, Func<string, long, IFileReader?> open, CancellationToken cancellationToken)
    {
        var lines = ImmutableArray.CreateBuilder<LayerLine>();
        using var stream = store.OpenRead(layer.Digest);
        var found = LayerInspector.Inspect(
            stream, layer.Digest.ToString(), (entry, reader) => lines.Add(Describe(entry, reader, open)), cancellationToken);
        if (found.Digest != layer.Digest)
        {
            store.Discard(layer.Digest);
            throw new BuildFailedException(
                StoreDiagnostics.BlobDamaged(layer.Digest.ToString(), $"its content has digest {found.Digest}."));
        }

        return lines.ToImmutable();
    }

    private static LayerLine Describe(TarEntry entry, TarStreamReader reader, Func<string, long, IFileReader?> open)
    {
        string[] parts = [.. entry.Name.Split('/').Where(part => part is not ("" or ".")).Select(Shown)];
        var (folder, name) = parts is [.. var above, var last] ? (string.Join('/', above), last) : ("", "");
        return name switch
        {
            Whiteout.Opaque => new LayerLine(LayerChange.Emptying, folder),
            _ when name.StartsWith(Whiteout.Prefix, StringComparison.Ordinal) =>
                new LayerLine(LayerChange.Removal, Join(folder, name[Whiteout.Prefix.Length..])),
            _ => entry.Kind switch
            {
                TarEntryKind.Directory => new LayerLine(LayerChange.Folder, Join(folder, name)),
                TarEntryKind.File => new LayerLine(
                    LayerChange.File, Join(folder, name), entry.Size, Read(entry, reader, open(Join(folder, name), entry.Size))),
                _ => new LayerLine(LayerChange.Other, Join(folder, name)),
            },
        };
    }

    private static string Join(string folder, string name) => folder.Length == 0 ? name : $"{folder}/{name}";

    // A lone surrogate stands for a byte that is not UTF-8, and is no text that JSON can hold.
    private static string Shown(string name) =>
        name.Any(char.IsSurrogate) ? string.Concat(name.EnumerateRunes().Select(rune => rune.ToString())) : name;

    private static Digest? Read(TarEntry entry, TarStreamReader reader, IFileReader? other)
    {
        if (entry.Size == 0 || entry.SparseRanges is not null)
        {
            return null;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var piece = reader.ReadContent(); !piece.IsEmpty; piece = reader.ReadContent())
        {
            hash.AppendData(piece);
            other?.Append(piece);
        }

        other?.Complete();

        return Digest.FromHash(hash.GetHashAndReset());
    }
}
