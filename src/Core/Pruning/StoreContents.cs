using ContainerStages.Caching;
using ContainerStages.Content;
using ContainerStages.Images;
using ContainerStages.Oci;
using ContainerStages.Posix;
using ContainerStages.Snapshots;
using ContainerStages.Sources;

namespace ContainerStages.Pruning;

/// <summary>Everything in a store that can go, each thing with its size, its last use and whether something refers to it.</summary>
internal sealed class StoreContents(StoreDirectory store)
{
    public const string Trash = "trash";
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(1);
    private static readonly string[] Fetched = ["downloads", "git"];
    private static readonly string[] Records =
        ["steps", "selections", "layers", "references", "sizes/sha256", "documents", "sources", "contexts", "inputs"];

    /// <summary>Records with a checksum: one that is damaged, or of another version, is of no use to anybody.</summary>
    private static readonly string[] Sealed = [.. Records.Where(folder => folder != "documents")];

    // Looking is no use.
    private readonly DiskContentStore content = new(store.Root);
    private readonly StoreMemory records = new(store);

    /// <summary>The images that have names.</summary>
    public Task<ImageContents> ReadNamedAsync(CancellationToken cancellationToken) =>
        ImageContents.ReadAsync(
            new ImageNames(store).List().Select(image => (image.Name.FamiliarName, image.Manifest)),
            content,
            LastUseOfBlob,
            cancellationToken);

    public async Task<IReadOnlyList<StoreItem>> ListAsync(ImageContents named, CancellationToken cancellationToken)
    {
        var remembered = await ImageContents.ReadAsync(
            RememberedImages().Concat(ImportedImages()),
            content,
            LastUseOfBlob,
            cancellationToken);
        return [.. Leftovers(), .. Blobs(named, remembered), .. Snapshots(), .. Downloads(), .. Caches(), .. SmallRecords()];
    }

    /// <summary>Records of steps whose layer is neither unpacked nor a blob: they would promise what is no longer there.</summary>
    public IEnumerable<string> BrokenSteps()
    {
        var exported = Finished("layers")
            .Where(key => records.FindLayer(new LayerKey(key)) is { } layer && content.Contains(layer.Descriptor.Digest))
            .Select(key => key.Split('-')[0]).ToHashSet(StringComparer.Ordinal);
        return Finished("steps")
            .Where(key => records.PeekStep(new StepKey(key)) is { Empty: false } step
                && !exported.Contains(step.Layer.Hex)
                && !SnapshotStore.NamesOf(step.Layer).Any(name => Directory.Exists(Path.Combine(store.Root, "snapshots", name))))
            .Select(key => $"steps/{key}");
    }

    private DateTime LastUseOfBlob(string hex) => StoreUse.LastUse(store, $"blobs/sha256/{hex}");

    /// <summary>What base images were resolved to. Their documents may have gone: a build asks the registry then.</summary>
    private IEnumerable<(string Name, Descriptor Document)> RememberedImages()
    {
        foreach (var key in Finished("references"))
        {
            if (RememberedDigests.Read(Path.Combine(store.Root, "references", key)) is var (digest, text)
                && content.GetSize(digest) is { } size)
            {
                yield return (text, new Descriptor { MediaType = MediaTypes.OciManifest, Digest = digest, Size = size });
            }
        }
    }

    /// <summary>What came from archives and engines. Where a part has gone a build reads them again.</summary>
    private IEnumerable<(string Name, Descriptor Document)> ImportedImages() =>
        Names("sources").SelectMany(
            key => (LocalImages.ReadRecord(Path.Combine(store.Root, "sources", key))?.Manifests ?? []).Select(
                document => (document.ToString(), document)))
            .Where(image => content.Contains(image.document.Digest));

    private IEnumerable<StoreItem> Leftovers()
    {
        IEnumerable<string> paths =
        [
            .. content.AbandonedFiles(TimeSpan.FromMinutes(1)),
            .. new SnapshotStore(store).Abandoned(),
            .. Names(Trash).Select(name => Path.Combine(store.Root, Trash, name)),
            .. Fetched.SelectMany(
                folder => Names(folder).Where(IsIncomplete).Select(name => Path.Combine(store.Root, folder, name)).Where(IsAbandoned)),
            .. BesideSnapshots(),
            .. Names("uses").Select(name => Path.Combine(store.Root, "uses", name)).Where(Directory.Exists),
            .. Names("").Where(IsBeingWritten).Select(name => Path.Combine(store.Root, name)).Where(IsAbandoned),
            .. Sealed
                .SelectMany(folder => Finished(folder).Select(name => Path.Combine(store.Root, folder, name)))
                .Where(path => SealedFile.Read(path) is null),
            .. Fetched.Concat(Records).SelectMany(
                folder => Names(folder).Where(IsBeingWritten).Select(name => Path.Combine(store.Root, folder, name)).Where(IsAbandoned)),
        ];
        return paths.Select(path => Item(StoreItemKind.Leftover, Path.GetRelativePath(store.Root, path), isReferred: false));
    }

    /// <summary>
    /// Files that stand beside a snapshot that is not there; what tells of a layer is written shortly before its folder appears.
    /// </summary>
    private IEnumerable<string> BesideSnapshots() =>
        Names("snapshots").Where(name => name.IndexOf('.', StringComparison.Ordinal) is 32
            && !Directory.Exists(Path.Combine(store.Root, "snapshots", name[..32])))
            .Select(name => Path.Combine(store.Root, "snapshots", name))
            .Where(path => path.EndsWith(StoreUse.MarkerSuffix, StringComparison.Ordinal) || IsAbandoned(path));

    private IEnumerable<StoreItem> Blobs(ImageContents named, ImageContents remembered)
    {
        var exported = Finished("layers")
            .Select(key => records.FindLayer(new LayerKey(key)))
            .OfType<Layers.Layer>()
            .Select(layer => layer.Descriptor.Digest.Hex).ToHashSet(StringComparer.Ordinal);
        foreach (var hex in Names("blobs/sha256"))
        {
            var item = Item(StoreItemKind.Blob, $"blobs/sha256/{hex}", remembered.LastUse(hex) is not null || exported.Contains(hex));
            yield return named.LastUse(hex) is { } used
                ? item with { IsReferred = true, IsNamed = true, LastUse = used > item.LastUse ? used : item.LastUse }
                : item;
        }
    }

    private IEnumerable<StoreItem> Snapshots() =>
        Names("snapshots")
            .Where(name => name.Length == 32 && !name.Contains('.', StringComparison.Ordinal))
            .Select(name => Item(StoreItemKind.Snapshot, $"snapshots/{name}", isReferred: true));

    private IEnumerable<StoreItem> Downloads() =>
        Fetched.SelectMany(
            folder => Finished(folder).Where(name => !IsIncomplete(name))
                .Select(
                    name => Item(
                        name.EndsWith(".json", StringComparison.Ordinal) ? StoreItemKind.Record : StoreItemKind.Download,
                        $"{folder}/{name}",
                        isReferred: true)));

    private IEnumerable<StoreItem> Caches() =>
        Names("caches").SelectMany(
            name => Names($"caches/{name}").Select(number => Item(StoreItemKind.Cache, $"caches/{name}/{number}", isReferred: true)));

    private IEnumerable<StoreItem> SmallRecords() =>
        Records.SelectMany(folder => Finished(folder)
            .Where(name => !Sealed.Contains(folder) || SealedFile.Read(Path.Combine(store.Root, folder, name)) is not null)
            .Select(name => Item(StoreItemKind.Record, $"{folder}/{name}", isReferred: true)));

    private StoreItem Item(StoreItemKind kind, string path, bool isReferred) =>
        new(kind, path, TreeSize.Of(Path.Combine(store.Root, path)), StoreUse.LastUse(store, path), isReferred);

    private IReadOnlyList<string> Names(string folder)
    {
        var path = Path.Combine(store.Root, folder);
        return Directory.Exists(path) ? [.. FileCalls.ListNames(path).Order(StringComparer.Ordinal)] : [];
    }

    /// <summary>Without what another process is about to give its name.</summary>
    private IEnumerable<string> Finished(string folder) => Names(folder).Where(name => !IsBeingWritten(name));

    private static bool IsAbandoned(string path) => File.GetLastWriteTimeUtc(path) < DateTime.UtcNow - Abandoned;

    private static bool IsBeingWritten(string name) => name.EndsWith(StoreDirectory.Unfinished, StringComparison.Ordinal);

    private static bool IsIncomplete(string name) => name.Contains(".incomplete-", StringComparison.Ordinal);
}
