using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Layers;
using ContainerStages.TestKit;
using CsCheck;

namespace ContainerStages.Core.Tests.Layers;

/// <summary>Any tree, written as a layer and unpacked, is the same tree; and the layer is the same wherever the tree lies.</summary>
[TestClass]
public sealed class LayerRoundtripTests
{
    private static readonly Gen<string> Names = Gen.OneOf(
        Pick("a", "b", "c", "bin", "-x", "a b", "\u00fc", "\u65e5\u672c", "\U0001F600", "x\n"), Gen.String[Gen.Char['a', 'e'], 1, 120]);
    private static readonly Gen<Node> Nodes = Gen.Select(
        Names.Array[1, 4],
        Gen.Int[0, 9],
        Gen.Int[0, 300_000],
        Gen.Int[0, 0xFFF],
        Pick(0, 1000, 65534, 3_000_000),
        (path, kind, size, mode, owner) => new Node(string.Join('/', path), kind, size, mode, owner));

    [TestMethod]
    public Task Random_trees_come_back_as_they_were() => Nodes.Array[0, 25].SampleAsync(
        async nodes =>
        {
            using var temp = new TempFolder();
            var one = temp.NewFolder("one");
            LayerTrees.Extract(MakeTar(nodes), one);
            var store = new DiskContentStore(temp.Combine("store"));
            var compression = nodes.Length % 2 == 0 ? LayerCompression.Gzip : LayerCompression.Zstd;
            var options = new LayerWriterOptions(new ImageForm { Compression = compression });
            var layer = await LayerWriter.WriteAsync(one, store, options, CancellationToken.None);
            if (layer is null)
            {
                Assert.IsEmpty(LayerTrees.Describe(one));
                return;
            }

            var two = temp.NewFolder("two");
            await using (var blob = store.OpenRead(layer.Descriptor.Digest))
            {
                await LayerUnpacker.UnpackAsync(blob, layer.Descriptor, layer.DiffId, two, null, null, CancellationToken.None);
            }

            CollectionAssert.AreEqual(LayerTrees.Describe(one).ToArray(), LayerTrees.Describe(two).ToArray());
            Assert.AreEqual(layer, await LayerWriter.WriteAsync(two, store, options, CancellationToken.None));
        },
        iter: 150);

    private static Gen<T> Pick<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    /// <summary>
    /// Every kind of entry, in any order, over each other. A file in the place of a parent is left out: that is an error by itself.
    /// </summary>
    private static byte[] MakeTar(Node[] nodes)
    {
        var tar = new TarBuilder();
        var files = new List<string>();
        var folders = new HashSet<string>(StringComparer.Ordinal);
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in nodes)
        {
            var parts = node.Path.Split('/');
            var parents = Enumerable.Range(1, parts.Length - 1).Select(count => string.Join('/', parts[..count])).ToArray();
            if (folders.Contains(node.Path) || parents.Any(taken.Contains) || !taken.Add(node.Path))
            {
                continue;
            }

            folders.UnionWith(parents);
            Add(tar, node, files);
            if (node.Kind == 0)
            {
                taken.Remove(node.Path);
                folders.Add(node.Path);
            }
        }

        return tar.ToArray();
    }

    private static void Add(TarBuilder tar, Node node, List<string> files)
    {
        var mode = (uint)node.Mode;
        var (folder, name) = (node.Path[..(node.Path.LastIndexOf('/') + 1)], node.Path[(node.Path.LastIndexOf('/') + 1)..]);
        string Latin(string text) => string.Concat(System.Text.Encoding.UTF8.GetBytes(text).Select(value => (char)value));
        tar.Pax(
            ("path", Latin(node.Kind == 1 ? $"{folder}.wh.{name}" : node.Path)),
            ("uid", $"{node.Owner}"),
            ("gid", $"{node.Owner}"),
            ("SCHILY.xattr.user.n", $"{node.Size % 3}"));
        switch (node.Kind)
        {
            case 0:
                tar.Folder("d", mode | 0x1C0);
                break;
            case 1:
                tar.File("w");
                break;
            case 2:
                tar.SymbolicLink("l", Latin(folder)[..Math.Min(90, Latin(folder).Length)] + "x");
                break;
            case 3 when files.Count > 0 && files[node.Size % files.Count].Length < 100:
                tar.HardLink("h", files[node.Size % files.Count]);
                break;
            case 4:
                tar.Device("c", '3', 1, (uint)node.Size);
                break;
            case 5:
                tar.Fifo("f");
                break;
            default:
                tar.File("f", new string((char)('a' + (node.Size % 26)), node.Size), mode);
                files.Add(Latin(node.Path));
                break;
        }
    }

    private sealed record Node(string Path, int Kind, int Size, int Mode, int Owner);
}
