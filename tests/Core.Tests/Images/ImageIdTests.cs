using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Oci;
using ContainerStages.Running;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Images;

/// <summary>Images by the first digits of their ids.</summary>
[TestClass]
public sealed class ImageIdTests
{
    [TestMethod]
    public async Task Digits_that_several_images_begin_with_are_refused_with_the_candidates()
    {
        using var folder = new TempFolder();
        var store = new StoreDirectory(folder.Path);
        var names = new ImageNames(store);
        var prefixes = new Dictionary<string, string>(StringComparer.Ordinal);
        string? other = null;
        Image image;
        string name;
        do
        {
            // Half of all tries end after 300 images: as many digests have their first four digits in common with one before.
            name = $"image{prefixes.Count}";
            image = await ImageAssembler.AssembleAsync(
                [], SampleImages.Config(0) with { Author = name }, ImageFormat.Oci, null, new DiskContentStore(store), default);
        }
        while (!prefixes.TryGetValue(image.Manifest.Config.Digest.Hex[..4], out other)
            && prefixes.TryAdd(image.Manifest.Config.Digest.Hex[..4], name));
        var again = await ImageAssembler.AssembleAsync(
            [], SampleImages.Config(0) with { Author = other }, ImageFormat.Oci, null, new DiskContentStore(store), default);
        await names.SetAsync([ImageReference.Parse("alias"), ImageReference.Parse(name)], image.Descriptor, default);
        await names.SetAsync([ImageReference.Parse(other!)], again.Descriptor, default);

        using var images = new ImageStore(folder.Path, _ => { });
        var shared = image.Manifest.Config.Digest.Hex[..4];
        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(() => images.FindAsync(shared, default));
        Assert.AreEqual("CST4122", failure.Diagnostics.Single().Code);
        StringAssert.Contains(failure.Message, $"{other}:latest ({again.Manifest.Config.Digest.Hex[..12]})");
        StringAssert.Contains(failure.Message, $"{name}:latest ({image.Manifest.Config.Digest.Hex[..12]})");
        Assert.AreEqual(image.Digest, (await images.FindAsync(image.Manifest.Config.Digest.Hex[..12], default)).Digest);
    }
}
