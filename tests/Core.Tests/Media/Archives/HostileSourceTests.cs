using ContainerStages.Content;
using ContainerStages.Diagnostics;
using ContainerStages.Media.Layout;
using ContainerStages.Oci;
using ContainerStages.Sources;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Media.Archives;

/// <summary>Layouts and archives in a context that somebody else may write to.</summary>
[TestClass]
public sealed class HostileSourceTests(TestContext test) : IDisposable
{
    private readonly TempFolder folder = new();

    private string Context => folder.NewFolder("context");

    public void Dispose() => folder.Dispose();

    [TestMethod]
    [Timeout(30_000, CooperativeCancellation = false)]
    [DataRow("oci-layout", "rm index.json; mkfifo index.json", "'index.json' is no plain file")]
    [DataRow("oci-layout", "rm index.json; ln -s /dev/zero index.json", "no index.json")]
    [DataRow("oci-layout", "mv index.json ../..; ln -s ../../index.json", "no index.json")]
    [DataRow(
        "oci-layout",
        "rm $(grep -lr rootfs blobs); for b in $(ls blobs/sha256); do rm blobs/sha256/$b; mkfifo blobs/sha256/$b; done",
        "is no plain file")]
    [DataRow("oci-layout", "mv blobs ../..; ln -s ../../blobs", "is missing")]
    [DataRow("oci-layout", "cd ..; mv image ..; ln -s ../image", "is not there")]
    [DataRow("oci-archive", "cd ..; rm -r image; mkfifo image", "an archive is a file")]
    [DataRow("oci-archive", "cd ..; tar -cf ../out.tar -C image .; rm -r image; ln -s ../out.tar image", "is not there")]
    [DataRow("docker-archive", "cd ..; rm -r image; ln -s /dev/zero image", "is not there")]
    public async Task What_is_no_file_of_the_context_is_not_read(string transport, string damage, string message)
    {
        await WriteLayoutAsync();
        await RealTool.RunAsync("sh", "-c", $"cd {Context}/image && {damage}");

        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(() => TakeAsync(transport, Context));

        Assert.Contains(message, failure.Message);
    }

    [TestMethod]
    [DataRow("oci-layout", "cd ..; mv image other; ln -s other image")]
    [DataRow("oci-layout", "mv index.json ..; ln -s ../index.json")]
    [DataRow("oci-archive", "cd ..; tar -cf out.tar -C image .; rm -r image; ln -s out.tar image")]
    public async Task Links_inside_the_context_are_followed(string transport, string change)
    {
        await WriteLayoutAsync();
        await RealTool.RunAsync("sh", "-c", $"cd {Context}/image && {change}");

        await TakeAsync(transport, Context);
        await TakeAsync(transport, Context);
    }

    [TestMethod]
    public async Task A_layout_that_the_user_names_may_have_its_blobs_elsewhere()
    {
        await WriteLayoutAsync();
        await RealTool.RunAsync("sh", "-c", $"cd {Context}/image && mv blobs ../.. && ln -s {folder.Path}/blobs");

        await TakeAsync("oci-layout", null);
    }

    private async Task WriteLayoutAsync()
    {
        var store = new TestContentStore();
        await new OciLayoutPublisher(Path.Combine(Context, "image"), ["image:latest"], store, null).PublishAsync(
            TestImages.Create(store, "amd64", "text"), test.CancellationToken);
    }

    private Task<Digest> TakeAsync(string transport, string? keptIn) =>
        new LocalImages(new StoreDirectory(folder.NewFolder("store"))).TakeAsync(
            ImageReference.TryParseSource($"{transport}:image", Context)! with { KeptIn = keptIn },
            Platform.TryParse("linux/amd64")!,
            test.CancellationToken);
}
