using System.Text;
using ContainerStages.Content;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Layers;
using ContainerStages.Oci;
using ContainerStages.Reporting;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Reporting;

/// <summary>What a report says of small images whose layers are written by hand.</summary>
[TestClass]
public sealed class ImageReporterTests(TestContext test)
{
    private readonly TestContentStore store = new();

    [TestMethod]
    public void A_file_that_a_later_layer_has_or_removes_is_wasted()
    {
        var report = Describe(
            new TarBuilder().Folder("data/").File("./data/one", "12345").File("data/two", "123").File("data/three", "1234567"),
            new TarBuilder().File("data/one", "1").File("data/.wh.two"),
            new TarBuilder().File("data/.wh..wh..opq").File("data/four", "12"));

        Assert.AreEqual("data/one 5 r2, data/two 3 x2, data/three 7 x3", Text(report.Layers[0].Files));
        Assert.AreEqual("data/one 1 x3", Text(report.Layers[1].Files));
        Assert.AreEqual("data/four 2", Text(report.Layers[2].Files), "What a layer takes away is of the layers below.");
        Assert.AreEqual(16, report.Wasted);
        Assert.AreEqual(18, report.Size);
        Assert.AreEqual("data/two", string.Join(' ', report.Layers[1].Removed!));
        Assert.AreEqual("data/*", string.Join(' ', report.Layers[2].Removed!));
    }

    [TestMethod]
    public void A_file_in_place_of_a_folder_and_a_folder_in_place_of_a_file_take_what_was_there()
    {
        var report = Describe(
            new TarBuilder().File("a/b/c", "12").File("d", "123"),
            new TarBuilder().File("a", "1").Folder("d/").SymbolicLink("d/link", "../a"));

        Assert.AreEqual("a/b/c 2 x2, d 3 r2", Text(report.Layers[0].Files));
        Assert.AreEqual("a 1, d/link 0", Text(report.Layers[1].Files));
    }

    [TestMethod]
    public void Equal_content_that_a_container_sees_under_several_paths_is_told()
    {
        var report = Describe(
            new TarBuilder().File("a", "same content").File("b", "other").File("empty1").File("empty2").HardLink("hard", "a"),
            new TarBuilder().File("x/a", "same content").File("b", "same content").File("c", "else!"));

        Assert.AreEqual(
            "12: a b x/a",
            string.Join("; ", report.Duplicates.Select(copies => $"{copies.Size}: {string.Join(' ', copies.Paths)}")));
        Assert.AreEqual(24, report.Duplicates[0].Extra);
    }

    [TestMethod]
    public void Two_images_differ_by_layers_and_by_files()
    {
        var shared = new TarBuilder().File("etc/base", "base");
        var before = ImageOf(
            [shared, new TarBuilder().File("app", "old").File("gone", "12345"), new TarBuilder().File("z")],
            ["BASE", "COPY app", "RUN z"]);
        var after = ImageOf([shared, new TarBuilder().File("app", "new").File("added", "123456")], ["BASE", "COPY app"]);

        var report = new ImageReporter(store).Describe(after, null, ("before", before), test.CancellationToken);

        var against = report.Against!;
        Assert.AreEqual(
            "Same BASE 4 4, Changed COPY app 8 9, Removed RUN z 0 ",
            string.Join(", ", against.Layers.Select(layer => $"{layer.Kind} {layer.Instruction} {layer.Before} {layer.After}")));
        Assert.AreEqual(
            "Added added  6, Removed gone 5 , Changed app 3 3, Removed z 0 ",
            string.Join(", ", against.Files.Select(file => $"{file.Kind} {file.Path} {file.Before} {file.After}")));
        Assert.AreEqual(12, against.Size);
    }

    [TestMethod]
    public void Names_that_are_no_text_and_names_that_look_like_elements_harm_no_form_of_the_report()
    {
        const string script = "x</script><script>alert(1)</script>";
        var image = ImageOf(
            [new TarBuilder().File("bytes\xff\xfe", "1").File(script, "22").File("tick`s | and `` more", "333").File("../../up", "1")],
            ["RUN <b>`|`</b>\nnext"]);

        var document = new ImageReporter(store).Report(
            new WholeImage("a<b>:1", image.Digest, [image]), null, _ => null, null, test.CancellationToken);

        Assert.AreEqual("bytes\ufffd\ufffd", document.Images[0].Layers[0].Files[0].Path);
        var json = Encoding.UTF8.GetString(ReportFiles.Json(document));
        Assert.DoesNotContain("<", json);
        var markdown = MarkdownReport.Of(document);
        Assert.Contains("| 3B | 1 | ``` /tick`s \\| and `` more ``` |", markdown);
        Assert.Contains($"| `/{script}` |", markdown);
        var page = Encoding.UTF8.GetString(new ReportPage("show()"u8.ToArray(), "p{}"u8.ToArray()).Fill(document));
        Assert.DoesNotContain("alert(1)", page);
        Assert.Contains("<title>a&lt;b&gt;:1</title>", page);
        Assert.AreEqual(2, page.Split("</script>").Length - 1);
    }

    [TestMethod]
    public void A_base_image_is_what_annotations_or_labels_name()
    {
        var image = ImageOf([new TarBuilder().File("a")], ["COPY"]);
        var digest = "sha256:" + new string('a', 64);
        var labelled = image with
        {
            Config = image.Config with
            {
                Config = new ContainerConfig { Labels = new(StringComparer.Ordinal) { ["org.opencontainers.image.base.digest"] = digest } },
            },
            Manifest = image.Manifest with
            {
                Annotations = new(StringComparer.Ordinal) { ["org.opencontainers.image.base.name"] = "alpine:3" },
            },
        };

        Assert.IsNull(new ImageReporter(store).Describe(image, null, null, test.CancellationToken).Base);
        Assert.AreEqual(
            new ReportedBase("alpine:3", digest, null),
            new ImageReporter(store).Describe(labelled, null, null, test.CancellationToken).Base);
    }

    [TestMethod]
    public void A_damaged_layer_is_an_error()
    {
        var image = ImageOf([new TarBuilder().File("a", "1")], ["COPY"]);
        var other = store.Add(new TarBuilder().File("a", "2").ToArray());
        var lying = new SwappedStore(store, image.Layers[0].Layer.Descriptor.Digest, other);

        var failure = Assert.ThrowsExactly<BuildFailedException>(
            () => new ImageReporter(lying).Describe(image, null, null, test.CancellationToken));

        Assert.AreEqual("CST4103", failure.Diagnostics[0].Code);
    }

    private ReportedImage Describe(params TarBuilder[] layers) =>
        new ImageReporter(store).Describe(ImageOf(layers, [.. layers.Select(_ => "RUN")]), null, null, test.CancellationToken);

    private Image ImageOf(TarBuilder[] layers, string[] instructions)
    {
        var image = TestImages.Assemble(store, "amd64", layers.Select(LayerOf));
        HistoryEntry[] history = [.. instructions.Select(made => new HistoryEntry { CreatedBy = made })];
        return image with { Config = image.Config with { History = history } };
    }

    private ImageLayer LayerOf(TarBuilder tar)
    {
        var bytes = tar.ToArray();
        var digest = store.Add(bytes);
        var blob = new Descriptor { MediaType = MediaTypes.OciLayer, Digest = digest, Size = bytes.Length };
        return new ImageLayer(new Layer(blob, digest, LayerSizes.Unknown));
    }

    private static string Text(IEnumerable<ReportedFile> files) => string.Join(", ", files.Select(file =>
        $"{file.Path} {file.Size}"
        + (file.ReplacedIn is { } replaced ? $" r{replaced}" : "")
        + (file.RemovedIn is { } removed ? $" x{removed}" : "")));

    /// <summary>Gives the bytes of another blob for one.</summary>
    private sealed class SwappedStore(TestContentStore inner, Digest asked, Digest given) : IContentStore
    {
        public bool Contains(Digest digest) => inner.Contains(digest);

        public long? GetSize(Digest digest) => inner.GetSize(digest);

        public Stream OpenRead(Digest digest) => inner.OpenRead(digest == asked ? given : digest);

        public IBlobWriter CreateWriter() => inner.CreateWriter();

        public void Discard(Digest digest) => inner.Discard(digest);
    }
}
