using System.Text.Json;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Oci;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Oci;

/// <summary>Numbers that no image has, wherever documents of strangers are read.</summary>
[TestClass]
public sealed class DocumentRulesTests
{
    private const string Digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [TestMethod]
    [DataRow(1, -1)]
    [DataRow(1, long.MaxValue)]
    [DataRow(1, long.MinValue)]
    [DataRow(-5, 1)]
    [DataRow(long.MaxValue, 1)]
    [DataRow(1, 9_007_199_254_740_993)]
    [DataRow(1, 1L << 49, 1L << 49, 1L << 49)]
    [DataRow(1, long.MaxValue, long.MaxValue)]
    public async Task A_manifest_with_impossible_sizes_is_refused(long configuration, params long[] layers)
    {
        var manifest = new Manifest { Config = Blob(configuration), Layers = [.. layers.Select(Blob)] };
        Assert.IsNotNull(DocumentRules.ProblemOf(manifest));
        var store = new TestContentStore();
        var digest = store.Add(JsonSerializer.SerializeToUtf8Bytes(manifest, OciJson.Plain.Manifest));
        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(
            () => ImageReader.ReadAsync(store, null, digest, null, CancellationToken.None));
        Assert.AreEqual("CST4103", failure.Diagnostics[0].Code);
    }

    [TestMethod]
    [DataRow(-1)]
    [DataRow(long.MaxValue)]
    public void An_index_with_impossible_sizes_is_refused(long size) =>
        Assert.IsNotNull(DocumentRules.ProblemOf(new ImageIndex { Manifests = [Blob(1), Blob(size)] }));

    [TestMethod]
    public void The_largest_images_there_are_are_taken() =>
        Assert.IsNull(DocumentRules.ProblemOf(
            new Manifest { Config = Blob(1 << 20), Layers = [.. Enumerable.Repeat(Blob(1L << 40), DocumentRules.MostLayers)] }));

    private static Descriptor Blob(long size) =>
        new() { MediaType = MediaTypes.OciLayer, Digest = ContainerStages.Oci.Digest.Parse(Digest), Size = size };
}
