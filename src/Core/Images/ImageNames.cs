using System.Text.Json;
using ContainerStages.Content;
using ContainerStages.Oci;

namespace ContainerStages.Images;

/// <summary>
/// The names of images in the embedded store: index.json of its OCI layout. Source: image-spec, image-layout.md.
/// </summary>
public sealed class ImageNames(StoreDirectory store)
{
    /// <summary>Annotation with the full name (<c>docker.io/library/example:latest</c>), as containerd writes it.</summary>
    public const string FullName = "io.containerd.image.name";

    private const string RefName = "org.opencontainers.image.ref.name";
    private readonly string path = Path.Combine(store.Root, "index.json");

    /// <summary>Every name with the manifest it stands for, in the order they were given.</summary>
    public IReadOnlyList<NamedImage> List() =>
        [.. Read().Manifests.Select(manifest => manifest.Annotations?.GetValueOrDefault(FullName) is { } name && ImageReference.TryParse(name) is { } reference ? new NamedImage(reference, manifest) : null).OfType<NamedImage>()];

    /// <summary>The manifest that a name stands for, or null.</summary>
    public Descriptor? Find(ImageReference name)
    {
        var wanted = name.ToString();
        return Read().Manifests.FirstOrDefault(manifest => manifest.Annotations?.GetValueOrDefault(FullName) == wanted);
    }

    /// <summary>Gives names to a manifest that is in the store, taking them from others.</summary>
    public async Task SetAsync(IReadOnlyList<ImageReference> names, Descriptor manifest, CancellationToken cancellationToken)
    {
        using var held = await store.LockAsync("index", cancellationToken);
        var index = Read();
        var taken = names.Select(name => name.ToString()).ToHashSet(StringComparer.Ordinal);
        var kept = index.Manifests.Where(other => !taken.Contains(other.Annotations?.GetValueOrDefault(FullName) ?? ""));
        var added = names.Select(name => manifest with { Annotations = Annotations(name) });
        Write(index with { Manifests = [.. kept, .. added] });
    }

    /// <summary>Takes names away; the blobs stay.</summary>
    public async Task RemoveAsync(IReadOnlyList<ImageReference> names, CancellationToken cancellationToken)
    {
        using var held = await store.LockAsync("index", cancellationToken);
        var index = Read();
        var removed = names.Select(name => name.ToString()).ToHashSet(StringComparer.Ordinal);
        Write(index with { Manifests = [.. index.Manifests.Where(other => !removed.Contains(other.Annotations?.GetValueOrDefault(FullName) ?? ""))] });
    }

    private static SortedDictionary<string, string> Annotations(ImageReference name) => new(StringComparer.Ordinal)
    {
        [FullName] = name.ToString(),
        [RefName] = name.Tag ?? "latest",
    };

    private ImageIndex Read()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), OciJson.Plain.ImageIndex) ?? Empty();
        }
        catch (FileNotFoundException)
        {
            return Empty();
        }
    }

    private void Write(ImageIndex index)
    {
        var marker = Path.Combine(store.Root, "oci-layout");
        if (!File.Exists(marker))
        {
            StoreDirectory.WriteAtomically(marker, """{"imageLayoutVersion":"1.0.0"}"""u8);
        }

        StoreDirectory.WriteAtomically(path, JsonSerializer.SerializeToUtf8Bytes(index, OciJson.Plain.ImageIndex));
    }

    private static ImageIndex Empty() => new() { MediaType = MediaTypes.OciIndex, Manifests = [] };
}

/// <summary>A name and the manifest it stands for.</summary>
public sealed record NamedImage(ImageReference Name, Descriptor Manifest);
