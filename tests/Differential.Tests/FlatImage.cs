using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using ContainerStages.Layers;

namespace ContainerStages.Differential.Tests;

/// <summary>The files of an image after all its layers. Source: image-spec, layer.md.</summary>
internal sealed class FlatImage
{
    private const string WhiteoutPrefix = ".wh.";
    private const string OpaqueMarker = ".wh..wh..opq";
    private readonly SortedDictionary<string, Node> nodes = new(StringComparer.Ordinal);

    /// <summary>Adds a layer; gzip is recognised by its first bytes.</summary>
    public void Apply(Stream layer)
    {
        using var plain = Decompressed(layer);
        using var reader = new TarStreamReader(plain);
        var mine = new HashSet<string>(StringComparer.Ordinal);
        while (reader.ReadEntry() is { } entry)
        {
            Apply(entry, reader, mine);
        }
    }

    /// <summary>One line for each path: type, mode, owner, size, content, target, attributes.</summary>
    public IReadOnlyList<string> Describe()
    {
        var first = new Dictionary<Node, string>();
        var lines = new List<string>();
        foreach (var (path, node) in nodes)
        {
            var same = first.TryAdd(node, path) ? "" : $" same-as={first[node]}";
            lines.Add($"/{path} {node.Description}{same}");
        }

        return lines;
    }

    private void Apply(TarEntry entry, TarStreamReader reader, HashSet<string> mine)
    {
        var path = Clean(entry.Name);
        var slash = path.LastIndexOf('/');
        var (folder, name) = (slash < 0 ? "" : path[..slash], path[(slash + 1)..]);
        if (name == OpaqueMarker)
        {
            RemoveBelow(folder, mine);
            return;
        }

        if (name.StartsWith(WhiteoutPrefix, StringComparison.Ordinal))
        {
            var hidden = folder.Length == 0 ? name[WhiteoutPrefix.Length..] : $"{folder}/{name[WhiteoutPrefix.Length..]}";
            RemoveBelow(hidden, mine);
            nodes.Remove(hidden);
            return;
        }

        mine.Add(path);
        if (path.Length == 0)
        {
            nodes["."] = new Node(DescriptionOf(entry, reader));
            return;
        }

        if (entry.Kind != TarEntryKind.Directory)
        {
            RemoveBelow(path, mine);
        }

        nodes[path] = entry.Kind == TarEntryKind.HardLink ? nodes[Clean(entry.LinkName)] : new Node(DescriptionOf(entry, reader));
    }

    /// <summary>What earlier layers have below a folder; what this layer put there stays.</summary>
    private void RemoveBelow(string folder, HashSet<string> mine)
    {
        var prefix = folder.Length == 0 ? "" : folder + "/";
        foreach (var path in nodes.Keys
            .Where(path => path.StartsWith(prefix, StringComparison.Ordinal) && path != "." && !mine.Contains(path))
            .ToList())
        {
            nodes.Remove(path);
        }
    }

    private static string DescriptionOf(TarEntry entry, TarStreamReader reader)
    {
        var text = new StringBuilder($"{KindOf(entry.Kind)} {Convert.ToString(entry.Mode, 8)} {entry.UserId}:{entry.GroupId}");
        if (entry.Kind == TarEntryKind.File)
        {
            text.Append($" {entry.Size} {HashOf(entry, reader)}");
        }
        else if (entry.Kind == TarEntryKind.SymbolicLink)
        {
            text.Append($" -> {entry.LinkName}");
        }
        else if (entry.Kind is TarEntryKind.CharacterDevice or TarEntryKind.BlockDevice)
        {
            text.Append($" {entry.DeviceMajor},{entry.DeviceMinor}");
        }

        foreach (var (name, value) in entry.Xattrs.OrderBy(xattr => xattr.Key, StringComparer.Ordinal))
        {
            text.Append($" {name}={Convert.ToHexStringLower(value)}");
        }

        return text.ToString();
    }

    private static string KindOf(TarEntryKind kind) => kind switch
    {
        TarEntryKind.File => "file",
        TarEntryKind.Directory => "folder",
        TarEntryKind.SymbolicLink => "link",
        TarEntryKind.CharacterDevice => "character-device",
        TarEntryKind.BlockDevice => "block-device",
        _ => "fifo",
    };

    private static string HashOf(TarEntry entry, TarStreamReader reader)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long position = 0;
        foreach (var range in entry.SparseRanges ?? [new SparseRange(0, entry.Size)])
        {
            AppendZeros(hash, range.Offset - position);
            for (var left = range.Length; left > 0;)
            {
                var piece = reader.ReadContent((int)Math.Min(left, 1 << 20));
                hash.AppendData(piece);
                left -= piece.Length;
            }

            position = range.Offset + range.Length;
        }

        AppendZeros(hash, entry.Size - position);
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    private static void AppendZeros(IncrementalHash hash, long count)
    {
        var zeros = new byte[1 << 16];
        for (; count > 0; count -= zeros.Length)
        {
            hash.AppendData(zeros.AsSpan(0, (int)Math.Min(count, zeros.Length)));
        }
    }

    private static string Clean(string name) => string.Join('/', name.Split('/').Where(part => part is not ("" or ".")));

    private static Stream Decompressed(Stream layer)
    {
        Span<byte> magic = stackalloc byte[2];
        var read = layer.ReadAtLeast(magic, 2, throwOnEndOfStream: false);
        layer.Position = 0;
        return read == 2 && magic is [0x1F, 0x8B] ? new GZipStream(layer, CompressionMode.Decompress) : layer;
    }

    /// <summary>An inode: paths that are hard links of each other share it.</summary>
    private sealed class Node(string description)
    {
        public string Description { get; } = description;
    }
}
