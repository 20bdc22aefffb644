using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using ContainerStages.Content;
using ContainerStages.Oci;
using ContainerStages.Planning;

namespace ContainerStages.TestKit;

/// <summary>A base image made of folders of this machine, served as a registry would serve it; counts what is asked for.</summary>
public sealed class LocalBlobs : IBlobSource
{
    private readonly Dictionary<Digest, byte[]> blobs = [];
    private int opened;

    public int Opened => opened;

    /// <summary>An image with one gzip layer per folder.</summary>
    public ImageBase AddImage(string name, ContainerConfig config, params IReadOnlyList<string> folders)
    {
        var layers = folders.Select(AddLayer).ToArray();
        var image = new ImageConfig
        {
            Os = "linux",
            Architecture = Platform.Host.Architecture,
            Config = config,
            RootFs = new RootFs { DiffIds = [.. layers.Select(layer => layer.DiffId)] },
            History = [.. layers.Select((_, i) => new HistoryEntry { CreatedBy = $"layer {i}" })],
        };
        var manifest = new Manifest
        {
            MediaType = MediaTypes.OciManifest,
            Config = new Descriptor { MediaType = MediaTypes.OciConfig, Digest = Digest.Of("{}"u8), Size = 2 },
            Layers = [.. layers.Select(layer => layer.Blob)],
        };
        return new ImageBase(ImageReference.Parse(name).WithDigest(Digest.Of(System.Text.Encoding.UTF8.GetBytes(name))), manifest, image);
    }

    public Task<Stream> OpenBlobAsync(ImageReference image, Descriptor blob, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref opened);
        return Task.FromResult<Stream>(new MemoryStream(blobs[blob.Digest], writable: false));
    }

    private (Descriptor Blob, Digest DiffId) AddLayer(string folder)
    {
        using var tar = new MemoryStream();
        TarFile.CreateFromDirectory(folder, tar, includeBaseDirectory: false);
        var plain = tar.ToArray();
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(plain);
        }

        var bytes = compressed.ToArray();
        var digest = Digest.Of(bytes);
        blobs[digest] = bytes;
        return (new Descriptor { MediaType = MediaTypes.OciLayerGzip, Digest = digest, Size = bytes.Length }, Digest.FromHash(SHA256.HashData(plain)));
    }
}
