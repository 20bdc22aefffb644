using System.Collections.Immutable;
using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Images;
using ContainerStages.Layers;
using ContainerStages.Oci;

namespace ContainerStages.TestKit;

/// <summary>Small whole images made by the real code.</summary>
public static class SampleImages
{
    /// <summary>An image with one layer per text; each layer has a file <c>fileN</c> with the text.</summary>
    public static async Task<Image> CreateAsync(
        IContentStore store, ImageFormat format, LayerCompression compression, params string[] texts)
    {
        var layers = ImmutableArray.CreateBuilder<Layer>();
        foreach (var (index, text) in texts.Index())
        {
            using var temp = new TempFolder();
            await File.WriteAllTextAsync(temp.Combine($"file{index}"), text);
            var options = new LayerWriterOptions(new ImageForm { Format = format, Compression = compression });
            layers.Add((await LayerWriter.WriteAsync(temp.Path, store, options, CancellationToken.None))!);
        }

        return await ImageAssembler.AssembleAsync(
            [.. layers.Select(layer => new ImageLayer(layer))], Config(texts.Length), format, null, store, CancellationToken.None);
    }

    /// <summary>A configuration with one history entry per layer and an empty one on top.</summary>
    public static ImageConfig Config(int layers) => new()
    {
        Created = "1970-01-01T00:00:00Z",
        Architecture = "amd64",
        Os = "linux",
        Config = new ContainerConfig { Cmd = ["sh", "-c", "echo hello && true"], Env = ["PATH=/bin"] },
        RootFs = new RootFs { DiffIds = [] },
        History =
        [
            .. Enumerable.Range(0, layers)
                .Select(index => new HistoryEntry { Created = "1970-01-01T00:00:00Z", CreatedBy = $"COPY file{index} /" }),
            new HistoryEntry { Created = "1970-01-01T00:00:00Z", CreatedBy = "CMD [\"sh\"]", EmptyLayer = true },
        ],
    };
}
