using System.IO.Compression;
using ContainerStages.Content;
using ContainerStages.Diagnostics;
using ContainerStages.Layers;
using ContainerStages.Oci;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Media.Registry;

/// <summary>
/// Layers that are small where they lie and large where they are unpacked, pulled from the real registry as every layer is.
/// </summary>
[TestClass]
public sealed class LayerBombTests(TestContext context)
{
    private static readonly ExtractionLimits Small = new() { MaxEntries = 1000, MaxBytes = 10_000_000 };

    [TestMethod]
    [DataRow("a file of 4 GB in its header", "CST4108")]
    [DataRow("20 MB of zeros in 20 kB of gzip", "CST4108")]
    [DataRow("20 MB of zeros in 2 kB of zstd", "CST4108")]
    [DataRow("many entries", "CST4108")]
    [DataRow("100 MB of zeros after the end of the archive", "CST4105")]
    [DataRow("a name longer than a path can be", "CST4106")]
    [DataRow("a part of a name longer than a file name can be", "CST4106")]
    [DataRow("folders nested 3000 deep", "CST4106")]
    [DataRow("an extended header of 100 MB", "CST4105")]
    [DataRow("gzip that is cut off", "CST4105")]
    [DataRow("no archive at all", "CST4105")]
    public async Task A_layer_that_would_fill_the_machine_is_refused_with_one_clear_error(string bomb, string code)
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        using var client = TestClients.Create();
        using var temp = new TempFolder();
        var (blob, diffId) = Make(bomb);
        var store = new TestContentStore();
        var layer = new Descriptor { MediaType = MediaTypes.OciLayerGzip, Digest = store.Add(blob), Size = blob.Length };
        var name = ImageReference.Parse($"{registry.Host}/bomb:1");
        await client.PushBlobAsync(name, layer, null, _ => Task.FromResult(store.OpenRead(layer.Digest)), null, context.CancellationToken);
        var mine = new DiskContentStore(temp.Combine("store"));

        await using var content = await client.OpenBlobAsync(name, layer, context.CancellationToken);
        await using var tee = mine.CreateWriter();
        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(
            () => LayerUnpacker.UnpackAsync(content, layer, diffId, temp.NewFolder("layer"), tee, null, context.CancellationToken, Small));

        Assert.AreEqual(code, failure.Diagnostics.Single().Code, failure.Message);
        Assert.Contains(layer.Digest.ToString(), failure.Message);
        Assert.IsFalse(mine.Contains(layer.Digest), "a layer that was refused is not kept");
    }

    private static (byte[] Blob, Digest DiffId) Make(string bomb)
    {
        var tar = bomb switch
        {
            "a file of 4 GB in its header" => new TarBuilder().Entry('0', "file", size: 1L << 32).ToArray(),
            "many entries" => Repeat(2000, (builder, number) => builder.File($"file{number}")),
            "a name longer than a path can be" =>
                new TarBuilder().Pax(("path", string.Concat(Enumerable.Repeat("folder/", 1000)) + "file")).File("x").ToArray(),
            "a part of a name longer than a file name can be" => new TarBuilder().Pax(("path", new string('x', 300))).File("x").ToArray(),
            "folders nested 3000 deep" =>
                new TarBuilder().Pax(("path", string.Concat(Enumerable.Repeat("d/", 3000)))).Folder("x").ToArray(),
            "an extended header of 100 MB" => new TarBuilder().Entry('x', "pax", size: 100_000_000).ToArray(),
            "gzip that is cut off" => new TarBuilder().File("file", new string('x', 100_000)).ToArray(),
            "no archive at all" => [.. Enumerable.Repeat((byte)'x', 2000)],
            "100 MB of zeros after the end of the archive" =>
                [.. new TarBuilder().File("file", "text").ToArray(), .. new byte[100_000_000]],
            _ => new TarBuilder().File("file", new string('\0', 20_000_000)).ToArray(),
        };
        var blob = bomb.Contains("zstd", StringComparison.Ordinal) ? Zstd(tar) : Gzip(tar);
        return (bomb == "gzip that is cut off" ? blob[..(blob.Length / 2)] : blob, Digest.Of(tar));
    }

    private static byte[] Repeat(int count, Action<TarBuilder, int> add)
    {
        var builder = new TarBuilder();
        for (var number = 0; number < count; number++)
        {
            add(builder, number);
        }

        return builder.ToArray();
    }

    private static byte[] Gzip(byte[] content)
    {
        using var blob = new MemoryStream();
        using (var gzip = new GZipStream(blob, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return blob.ToArray();
    }

    private static byte[] Zstd(byte[] content)
    {
        using var blob = new MemoryStream();
        using (var zstd = new ZstdSharp.CompressionStream(blob, leaveOpen: true))
        {
            zstd.Write(content);
        }

        return blob.ToArray();
    }
}
