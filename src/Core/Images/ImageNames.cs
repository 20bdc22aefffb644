using System.Globalization;
using System.Text.Json;
using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;
using ContainerStages.Posix;

namespace ContainerStages.Images;

/// <summary>
/// The names of images in the embedded store: index.json of its OCI layout. Source: image-spec, image-layout.md.
/// </summary>
/// <param name="report">Told once where the file is damaged; it counts as empty then.</param>
internal sealed class ImageNames(StoreDirectory store, Action<Diagnostic>? report = null)
{
    /// <summary>Annotation with the full name (<c>docker.io/library/example:latest</c>), as containerd writes it.</summary>
    public const string FullName = "io.containerd.image.name";

    /// <summary>Annotation that tells when the name was given to the manifest.</summary>
    public const string StoredAt = "dev.containerstages.stored";

    private const string RefName = "org.opencontainers.image.ref.name";
    private static readonly byte[] LayoutVersion = """{"imageLayoutVersion":"1.0.0"}"""u8.ToArray();
    private readonly string path = Path.Combine(store.Root, "index.json");
    private bool isReported;

    /// <summary>Every name with the manifest it stands for, in the order they were given.</summary>
    public IReadOnlyList<NamedImage> List() =>
        [.. Read().Manifests.Select(manifest => manifest.Annotations?.GetValueOrDefault(FullName) is { } name
            && ImageReference.TryParse(name) is { } reference ? NamedImage.Of(reference, manifest) : null)
            .OfType<NamedImage>()];

    /// <summary>The manifest that a name stands for, or null.</summary>
    public Descriptor? Find(ImageReference name)
    {
        var wanted = name.ToString();
        return Read().Manifests.FirstOrDefault(manifest => manifest.Annotations?.GetValueOrDefault(FullName) == wanted);
    }

    /// <summary>Gives names to a manifest that is in the store, taking them from others.</summary>
    public async Task SetAsync(IReadOnlyList<ImageReference> names, Descriptor manifest, CancellationToken cancellationToken)
    {
        // What is so already is not written again: most builds give a name to what has it.
        var known = Read();
        if (IsMarked() && Text(With(known, names, manifest)).AsSpan().SequenceEqual(Text(known)))
        {
            return;
        }

        using var held = await store.LockAsync("index", cancellationToken);
        Write(With(Read(), names, manifest));
    }

    /// <summary>Takes names away; the blobs stay.</summary>
    public async Task RemoveAsync(IReadOnlyList<ImageReference> names, CancellationToken cancellationToken)
    {
        using var held = await store.LockAsync("index", cancellationToken);
        var index = Read();
        var removed = names.Select(name => name.ToString()).ToHashSet(StringComparer.Ordinal);
        Write(index with
        {
            Manifests = [.. index.Manifests.Where(other => !removed.Contains(other.Annotations?.GetValueOrDefault(FullName) ?? ""))],
        });
    }

    /// <summary>Begins a damaged file anew. True where it was damaged.</summary>
    public async Task<bool> RepairAsync(CancellationToken cancellationToken)
    {
        using var held = await store.LockAsync("index", cancellationToken);
        var (index, problem) = Parse();
        if (problem is not null)
        {
            Write(index);
        }

        return problem is not null;
    }

    private static ImageIndex With(ImageIndex index, IReadOnlyList<ImageReference> names, Descriptor manifest)
    {
        var taken = names.Select(name => name.ToString()).ToHashSet(StringComparer.Ordinal);
        var kept = index.Manifests.Where(other => !taken.Contains(other.Annotations?.GetValueOrDefault(FullName) ?? ""));
        var added = names.Select(name => manifest with { Annotations = Annotations(name, Stored(index, name, manifest)) });
        return index with { Manifests = [.. kept, .. added] };
    }

    /// <summary>A name that stands for the same manifest as before keeps its time.</summary>
    private static string Stored(ImageIndex index, ImageReference name, Descriptor manifest) =>
        index.Manifests.FirstOrDefault(before => before.Digest == manifest.Digest
            && before.Annotations?.GetValueOrDefault(FullName) == name.ToString())?.Annotations?.GetValueOrDefault(StoredAt)
        ?? DateTimeOffset.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static SortedDictionary<string, string> Annotations(ImageReference name, string stored) => new(StringComparer.Ordinal)
    {
        [StoredAt] = stored,
        [FullName] = name.ToString(),
        [RefName] = name.Tag ?? "latest",
    };

    private ImageIndex Read()
    {
        var (index, problem) = Parse();
        if (problem is not null && !isReported)
        {
            isReported = true;
            report?.Invoke(StoreDiagnostics.NamesDamaged(path, problem));
        }

        return index;
    }

    /// <summary>The index, and what is wrong with the file; then it counts as empty.</summary>
    private (ImageIndex Index, string? Problem) Parse()
    {
        try
        {
            if (FileCalls.TryReadAll(path) is not { } bytes)
            {
                return (Empty(), Directory.Exists(path) ? "it is a folder." : null);
            }

            var index = JsonSerializer.Deserialize(bytes, OciJson.Plain.ImageIndex);
            return (index is null ? "it is empty." : DocumentRules.ProblemOf(index)) is { } problem ? (Empty(), problem) : (index!, null);
        }
        catch (JsonException damaged)
        {
            return (Empty(), damaged.Message);
        }
    }

    private void Write(ImageIndex index)
    {
        if (!IsMarked())
        {
            StoreDirectory.Replace(Marker, LayoutVersion);
        }

        StoreDirectory.Replace(path, Text(index));
    }

    private string Marker => Path.Combine(store.Root, "oci-layout");

    private bool IsMarked() => FileCalls.TryReadAll(Marker) is { } bytes && bytes.AsSpan().SequenceEqual(LayoutVersion);

    private static byte[] Text(ImageIndex index) => JsonSerializer.SerializeToUtf8Bytes(index, OciJson.Plain.ImageIndex);

    private static ImageIndex Empty() => new() { MediaType = MediaTypes.OciIndex, Manifests = [] };
}

/// <summary>A name and the manifest it stands for.</summary>
/// <param name="Stored">Since when; null where nobody wrote it down.</param>
public sealed record NamedImage(ImageReference Name, Descriptor Manifest, DateTimeOffset? Stored)
{
    /// <summary>An entry of the index.</summary>
    public static NamedImage Of(ImageReference name, Descriptor manifest) =>
        new(
            name,
            manifest,
            DateTimeOffset.TryParse(
                manifest.Annotations?.GetValueOrDefault(ImageNames.StoredAt),
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var stored)
                ? stored
                : null);
}
