using System.Collections.Immutable;
using System.Text.Json;
using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;

namespace ContainerStages.Pruning;

/// <summary>The blobs that images are made of, and when the images were last used.</summary>
internal sealed class ImageContents
{
    private readonly Dictionary<string, DateTime> reached = new(StringComparer.Ordinal);
    private readonly List<Diagnostic> warnings = [];

    /// <summary>Images that cannot be read, told for people.</summary>
    public ImmutableArray<Diagnostic> Warnings => [.. warnings];

    /// <summary>When an image with this blob was last used; null where no image has it.</summary>
    public DateTime? LastUse(string hex) => reached.TryGetValue(hex, out var time) ? time : null;

    /// <param name="images">Manifests or indexes, with what to call them.</param>
    /// <param name="lastUse">When the blob of a manifest was last used.</param>
    public static async Task<ImageContents> ReadAsync(
        IEnumerable<(string Name, Descriptor Document)> images,
        IContentStore content,
        Func<string, DateTime> lastUse,
        CancellationToken cancellationToken)
    {
        var contents = new ImageContents();
        foreach (var (name, document) in images)
        {
            try
            {
                await contents.AddAsync(document, content, lastUse(document.Digest.Hex), cancellationToken);
            }
            catch (Exception damaged) when (damaged is BuildFailedException or FileNotFoundException or JsonException)
            {
                var reason = damaged is BuildFailedException failed ? failed.Diagnostics[0].Message : damaged.Message;
                contents.warnings.Add(PruneDiagnostics.ImageDamaged(name, reason));
            }
        }

        return contents;
    }

    private async Task AddAsync(Descriptor document, IContentStore content, DateTime lastUse, CancellationToken cancellationToken)
    {
        Reach(document, lastUse);
        var bytes = await content.ReadAllBytesAsync(document.Digest, ContentStoreExtensions.DocumentLimit, cancellationToken);
        if (IsIndex(bytes))
        {
            // Of an index the store may hold some platforms only.
            foreach (var manifest in (JsonSerializer.Deserialize(bytes.Span, OciJson.Plain.ImageIndex)?.Manifests ?? []).Where(
                manifest => IsPart(manifest, lastUse) && content.Contains(manifest.Digest)))
            {
                await AddAsync(manifest, content, lastUse, cancellationToken);
            }
        }
        else if (JsonSerializer.Deserialize(bytes.Span, OciJson.Plain.Manifest) is { } manifest)
        {
            foreach (var blob in manifest.Layers.Append(manifest.Config))
            {
                Reach(blob, lastUse);
            }
        }
    }

    /// <summary>An index may stand in another one, or in several; it is looked at once for each use.</summary>
    private bool IsPart(Descriptor entry, DateTime lastUse) =>
        MediaTypes.IsManifest(entry.MediaType)
            || (MediaTypes.IsIndex(entry.MediaType) && !(reached.TryGetValue(entry.Digest.Hex, out var known) && known >= lastUse));

    /// <summary>The document itself says what it is: who remembered it knew only its digest.</summary>
    private static bool IsIndex(ReadOnlyMemory<byte> bytes)
    {
        using var document = JsonDocument.Parse(bytes);
        return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("manifests", out _);
    }

    private void Reach(Descriptor blob, DateTime lastUse) =>
        reached[blob.Digest.Hex] = reached.TryGetValue(blob.Digest.Hex, out var known) && known > lastUse ? known : lastUse;
}
