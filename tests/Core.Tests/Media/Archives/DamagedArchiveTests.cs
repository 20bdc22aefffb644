using ContainerStages.Content;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;
using ContainerStages.Sources;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Media.Archives;

/// <summary>Archives are written by strangers: whatever their documents lack is a message.</summary>
[TestClass]
public sealed class DamagedArchiveTests(TestContext test) : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [TestMethod]
    [DataRow("oci-archive", "index.json", """{"schemaVersion":2,"manifests":null}""")]
    [DataRow("oci-archive", "index.json", """{"schemaVersion":2,"manifests":[null]}""")]
    [DataRow("oci-archive", "index.json", "null")]
    [DataRow("oci-archive", "index.json", "{")]
    [DataRow("docker-archive", "manifest.json", "[null]")]
    [DataRow("docker-archive", "manifest.json", "[{}]")]
    [DataRow("docker-archive", "manifest.json", """[{"Config":"config.json","Layers":[null]}]""")]
    [DataRow("docker-archive", "manifest.json", """[{"Config":"config.json","Layers":null}]""")]
    [DataRow("docker-archive", "manifest.json", """[{"Config":"config.json","Layers":[]}]""")]
    public async Task A_document_that_lacks_something_is_a_message(string transport, string name, string text)
    {
        folder.Write($"content/{name}", text);
        folder.Write("content/config.json", """{"architecture":"amd64","os":"linux","rootfs":null}""");
        await RealTool.RunAsync("tar", "-cf", folder.Combine("image.tar"), "-C", folder.Combine("content"), name, "config.json");
        var images = new LocalImages(new StoreDirectory(folder.Combine("store")));

        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(() =>
            images.TakeAsync(
                ImageReference.TryParseSource($"{transport}:{folder.Combine("image.tar")}")!,
                Platform.TryParse("linux/amd64")!,
                test.CancellationToken));

        Assert.Contains("image.tar", failure.Message);
    }
}
