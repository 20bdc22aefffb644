using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ContainerStages.Caching;
using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Engines;
using ContainerStages.Layers;

namespace ContainerStages.Building;

/// <summary>Packs the cache mounts that commands of this build used. One whose files are as they were is not packed again.</summary>
internal sealed class SharedMounts(PlannedBuild planned, SharedMemory memory, IBuildEvents events)
{
    private readonly BuildSession session = planned.Session;
    private readonly long most = planned.Definition.Policy.MostCacheMountBytes;

    private Task<SortedDictionary<string, SharedLayer>>? packing;

    /// <summary>Once, for however many caches.</summary>
    public Task<SortedDictionary<string, SharedLayer>> PackAsync(CancellationToken cancellationToken) =>
        packing ??= PackAllAsync(cancellationToken);

    private async Task<SortedDictionary<string, SharedLayer>> PackAllAsync(CancellationToken cancellationToken)
    {
        var packed = new SortedDictionary<string, SharedLayer>(StringComparer.Ordinal);
        foreach (var name in most == 0 ? [] : memory.UsedMounts)
        {
            // One that another build uses now is shared by that one.
            if (new CacheFolders(session.Store).TryRead(name) is { } folder)
            {
                using (folder)
                {
                    if (await TryPackAsync(folder.Path, cancellationToken) is { } layer)
                    {
                        packed[name] = SharedLayer.Of(layer, memory.Today);
                    }
                }
            }
        }

        return packed;
    }

    private async Task<Layer?> TryPackAsync(string folder, CancellationToken cancellationToken)
    {
        try
        {
            return await PackAsync(folder, cancellationToken);
        }
        catch (Exception exception) when (SharedCache.IsTorn(exception, cancellationToken))
        {
            events.Report(new DiagnosticReported(SharedCacheDiagnostics.MountLeftOut(folder, SharedCache.ReasonOf(exception))));
            return null;
        }
    }

    private async Task<Layer?> PackAsync(string folder, CancellationToken cancellationToken)
    {
        var (state, bytes) = StateOf(folder, cancellationToken);
        if (bytes > most)
        {
            events.Report(new DiagnosticReported(SharedCacheDiagnostics.MountTooLarge(folder, bytes, most)));
            return null;
        }

        var key = new LayerKey($"{state}-mount-form{LayerWriter.Form}");
        if (memory.FindLayer(key) is { } known && session.Content.Holds(known.Descriptor))
        {
            return known;
        }

        var written = await LayerWriter.WriteAsync(folder, session.Content, new LayerWriterOptions(RequestSettings.ToWorkOn),
            cancellationToken);
        if (written is not null)
        {
            memory.SaveLayer(key, written);
        }

        return written;
    }

    /// <summary>Names, sizes and times of all files as one digest, and their bytes.</summary>
    private static (string State, long Bytes) StateOf(string folder, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var bytes = 0L;
        var entries = new DirectoryInfo(folder)
            .EnumerateFileSystemInfos("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None });
        foreach (var entry in entries.OrderBy(entry => entry.FullName, StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var size = entry is FileInfo { LinkTarget: null } file ? file.Length : 0;
            bytes += size;
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
                $"{entry.FullName[folder.Length..]}\0{size}\0{entry.LastWriteTimeUtc.Ticks}\0")));
        }

        return (Convert.ToHexStringLower(hash.GetHashAndReset()), bytes);
    }
}
