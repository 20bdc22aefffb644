using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Images;
using ContainerStages.Layers;
using ContainerStages.Reporting;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Reporting;

[TestClass]
public sealed class SizeReportTests
{
    [TestMethod]
    [DataRow(0L, "0B")]
    [DataRow(999L, "999B")]
    [DataRow(1000L, "1kB")]
    [DataRow(7_400_000L, "7.4MB")]
    [DataRow(7_398_765L, "7.4MB")]
    [DataRow(468_123_456L, "468MB")]
    [DataRow(999_600L, "1MB")]
    [DataRow(1_234_567_890L, "1.23GB")]
    [DataRow(-1L, "?")]
    public void Sizes_read_as_in_docker_image_ls(long bytes, string expected) => Assert.AreEqual(expected, ByteSize.Format(bytes));

    [TestMethod]
    [DataRow("0", 0L)]
    [DataRow(" 7.4MB ", 7_400_000L)]
    [DataRow("25m", 25_000_000L)]
    [DataRow("1.5 GB", 1_500_000_000L)]
    [DataRow("3kib", 3_072L)]
    [DataRow("12B", 12L)]
    [DataRow("", null)]
    [DataRow("MB", null)]
    [DataRow("-1MB", null)]
    [DataRow("1XB", null)]
    [DataRow("1iB", null)]
    [DataRow("1MBB", null)]
    [DataRow("1e3", null)]
    public void Sizes_are_read_as_they_are_written(string text, long? expected) => Assert.AreEqual(expected, ByteSize.TryParse(text));

    [TestMethod]
    public async Task Table_shows_share_of_the_reference_and_time()
    {
        var report = new SizeReport(
            [Row("single|stage", await ImageAsync(468_000_000, 1_000), 10.5), Row("multi-stage", await ImageAsync(7_400_000, 0), 0.731)],
            ReferenceRow: 0);
        Assert.AreEqual(
            """
            image          layers    size   compressed     share      time
            single|stage        2   468MB         246B   100.0 %   10.50 s
            multi-stage         2   7.4MB         246B     1.6 %    0.73 s

            """,
            report.ToText());
        Assert.StartsWith(
            "| image | layers | size | compressed | share | time |\n| --- | ---: | ---: | ---: | ---: | ---: |\n| single\\|stage | 2 |",
            report.ToMarkdown());
    }

    [TestMethod]
    public async Task Unknown_size_is_a_question_mark_and_no_time_no_column()
    {
        var report = new SizeReport([new SizeReportRow("image", await ImageAsync(LayerSizes.Unknown, 5))]);
        Assert.AreEqual("image   layers   size   compressed\nimage        2      ?         246B\n", report.ToText());
    }

    [TestMethod]
    public async Task Layers_are_listed_from_the_top_with_their_instruction()
    {
        Assert.AreEqual(
            """
             size   compressed   created by
               0B           0B   CMD ["sh"]
            1.5kB         123B   COPY file1 /
              12B         123B   COPY file0 /

            """,
            SizeReport.LayersToText(await ImageAsync(12, 1500)));
    }

    private static SizeReportRow Row(string name, Image image, double seconds) => new(name, image, TimeSpan.FromSeconds(seconds));

    /// <summary>A real image whose two layers pretend to hold other amounts.</summary>
    private static async Task<Image> ImageAsync(params long[] sizes)
    {
        var image = await SampleImages.CreateAsync(new MemoryContentStore(), ImageFormat.Oci, LayerCompression.Gzip, "one", "two");
        return image with
        {
            Layers =
                [.. image.Layers.Zip(
                    sizes,
                    (layer, size) =>
                        layer with { Layer = layer.Layer with { Size = size, Descriptor = layer.Layer.Descriptor with { Size = 123 } } })],
        };
    }
}
