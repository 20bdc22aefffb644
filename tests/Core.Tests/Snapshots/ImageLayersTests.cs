using System.Collections.Immutable;
using ContainerStages.Images;
using ContainerStages.Layers;
using ContainerStages.Media.Layout;
using ContainerStages.Oci;
using ContainerStages.Snapshots;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Snapshots;

/// <summary>
/// Layers made by hand, as one root: the same files, modes and owners as umoci gives them, which unpacks one layer over the other.
/// </summary>
[TestClass]
public sealed class ImageLayersTests
{
    private static readonly Dictionary<string, TarBuilder[]> Images = new(StringComparer.Ordinal)
    {
        ["implied folders keep what the layer below says"] =
        [
            new TarBuilder().Folder("./", 0x1C9)
                .Folder("private/", 0x1C0, 12, 34)
                .Folder("private/in/", 0x3FF, 5, 6)
                .Folder("sticky/", 0x3FF),
            new TarBuilder().File("private/in/new/file", "x").File("sticky/file", "x").File("other/file", "x"),
        ],
        ["a folder that is listed after what lies in it is no implied one"] =
        [
            new TarBuilder().Folder("./").Folder("a/", 0x1C0, 7, 7),
            new TarBuilder().Folder("./", 0x1ED).File("a/file", "x").Folder("a/", 0x1E8, 8, 8),
        ],
        ["implied twice"] =
        [
            new TarBuilder().Folder("./").Folder("a/", 0x1C0, 7, 7).Folder("a/b/", 0x1F8, 1, 2),
            new TarBuilder().Folder("./").File("a/b/one", "x"),
            new TarBuilder().Folder("./").File("a/b/two", "x"),
        ],
        ["listed between two that imply it"] =
        [
            new TarBuilder().Folder("./").Folder("a/", 0x1C0, 7, 7),
            new TarBuilder().Folder("./").Folder("a/", 0x1C9, 9, 9),
            new TarBuilder().Folder("./").File("a/two", "x"),
        ],
        ["a folder made again after its removal is a new one"] =
        [
            new TarBuilder().Folder("./").Folder("a/", 0x1C0, 7, 7).File("a/old", "x"),
            new TarBuilder().Folder("./").File(".wh.a"),
            new TarBuilder().Folder("./").File("a/new", "x"),
        ],
        ["a file that became a folder by implication"] =
        [
            new TarBuilder().Folder("./").File("a", "x", 0x180, 7, 7),
            new TarBuilder().Folder("./").Folder("a/", 0x1C0, 3, 3),
            new TarBuilder().Folder("./").File("a/file", "x"),
        ],
        ["a layer twice"] = [Repeated(), Repeated()],
        ["a layer again, above one that removed its files"] =
            [Repeated(), new TarBuilder().Folder("./").File("a/.wh.file").File(".wh.b"), Repeated()],
        ["a layer again, above one that replaced its files"] =
        [
            new TarBuilder().Folder("./", 0x1ED).Folder("a/", 0x1C0, 7, 7).File("a/below", "below"),
            Repeated(),
            new TarBuilder().Folder("./")
                .File("a/file", "other", 0x180, 9, 9)
                .Folder("b/")
                .File("b/.wh..wh..opq")
                .File("b/new", "x")
                .File("c", "file"),
            Repeated(),
            new TarBuilder().Folder("./").File("b/last", "x"),
        ],
        ["removals twice"] = [Repeated(), Removals(), Repeated(), new TarBuilder().Folder("./").File("a/more", "x"), Removals()],
        ["nothing twice"] = [Repeated(), new TarBuilder().Folder("./"), Removals(), new TarBuilder().Folder("./")],
        ["an opaque root hides all below"] =
        [
            new TarBuilder().Folder("./", 0x1C0, 4, 4).Folder("a/", 0x1C0, 7, 7).File("a/old", "x").File("old", "x"),
            new TarBuilder().Folder("./", 0x1ED).File(".wh..wh..opq").File("a/new", "x").File("new", "x"),
            new TarBuilder().Folder("./", 0x1ED).File("b/last", "x"),
        ],
    };

    public static IEnumerable<string> Names => Images.Keys;

    [TestMethod]
    [DynamicData(nameof(Names))]
    public async Task The_layers_show_what_umoci_unpacks(string name)
    {
        using var temp = new TempFolder();
        var tars = Images[name].Select(tar => tar.ToArray()).ToArray();
        await PublishAsync(tars, temp.Combine("layout"));
        await RealTool.RunAsync("umoci", "unpack", "--image", $"{temp.Combine("layout")}:latest", temp.Combine("bundle"));
        CollectionAssert.AreEqual(Describe(new UnionView([temp.Combine("bundle", "rootfs")])), Describe(Ours(tars, temp)));
    }

    private static TarBuilder Repeated() => new TarBuilder().Folder("./")
        .File("a/file", "one", 0x1A4, 3, 3)
        .Folder("b/", 0x1E8, 5, 5)
        .File("b/in", "x")
        .Folder("c/")
        .File("c/d/in", "x");

    private static TarBuilder Removals() => new TarBuilder().Folder("./").File("a/.wh.file").File(".wh.b");

    /// <summary>Equal layers are one folder, as in the store.</summary>
    private static UnionView Ours(byte[][] tars, TempFolder temp)
    {
        var different = ImageLayers.WithoutRepeated([.. tars], tar => SnapshotId.Of(Digest.Of(tar)));
        var unpacked = different.Select((tar, index) =>
        {
            var folder = temp.NewFolder($"layer{index}");
            return new UnpackedLayer(
                folder,
                LayerExtractor.Extract(
                    new MemoryStream(tar), folder, "layer", ExtractionLimits.Default, CancellationToken.None).ImpliedFolders);
        });
        var layers = ImageLayers.Visible([.. unpacked]);
        var mended = temp.NewFolder("mended");
        ImageLayers.WriteChanged(ImageLayers.FindChanged(layers), layers, mended);
        return new UnionView([.. layers.Select(layer => layer.Folder), mended]);
    }

    private static List<string> Describe(UnionView view)
    {
        var lines = new List<string>();
        Add(view.Find("/")!);
        return lines;

        void Add(UnionEntry entry)
        {
            lines.Add(
                $"{entry.Path} {Convert.ToString(entry.Status.Permissions, 8)} {entry.Status.UserId}:{entry.Status.GroupId} " +
                $"{(entry.IsRegularFile ? File.ReadAllText(entry.HostPath!) : "")}");
            foreach (var child in entry.IsDirectory ? UnionView.List(entry) : [])
            {
                Add(child);
            }
        }
    }

    private static async Task PublishAsync(byte[][] tars, string folder)
    {
        var store = new TestContentStore();
        var layers = tars.Select(tar =>
        {
            var digest = store.Add(tar);
            return new ImageLayer(
                new Layer(new Descriptor { MediaType = MediaTypes.OciLayer, Digest = digest, Size = tar.Length }, digest, tar.Length));
        });
        var image = TestImages.Assemble(store, "amd64", layers);
        await new OciLayoutPublisher(folder, ["image:latest"], store, null).PublishAsync(image, CancellationToken.None);
    }
}
