using ContainerStages.Diagnostics;
using ContainerStages.Posix;
using Microsoft.Win32.SafeHandles;

namespace ContainerStages.Layers;

/// <summary>
/// What is remembered while a layer is unpacked: what was left out, folders that the archive only implied, and times to be set in the end.
/// </summary>
internal sealed class ExtractionNotes(string layer)
{
    private const int MostNotes = 1000;
    private readonly List<string> skipped = [];
    private readonly HashSet<string> implied = new(StringComparer.Ordinal) { "" };
    private readonly List<(string Path, FileTimes Times)> folderTimes = [];

    public ExtractedLayer ToLayer(long size) => new(size, [.. skipped], [.. implied.Order(StringComparer.Ordinal)]);

    /// <summary>To be called for every folder that the archive lists.</summary>
    public void RememberTime(string path, TarEntry entry)
    {
        implied.Remove(path);
        folderTimes.Add((path, FileTimes.Both(entry.ModificationSeconds, entry.ModificationNanoseconds)));
    }

    public void RememberImplied(string path)
    {
        implied.Add(path);
        folderTimes.Add((path, FileTimes.Both(0)));
    }

    /// <summary>
    /// At the end, because every entry made in a folder changes its time. Folders that were replaced meanwhile are passed over.
    /// </summary>
    public void ApplyFolderTimes(SafeFileHandle root)
    {
        foreach (var (path, times) in folderTimes)
        {
            const int Flags = FileCalls.O_RDONLY;
            using var handle = FileCalls.TryOpenAt(
                root,
                path.Length == 0 ? "." : path,
                Flags | FileCalls.O_DIRECTORY | FileCalls.O_NOFOLLOW,
                0,
                FileCalls.RESOLVE_IN_ROOT | FileCalls.RESOLVE_NO_MAGICLINKS);
            var set = times;
            if (handle is not null && FileCalls.Futimens(handle, ref set) != 0)
            {
                throw Errno.Exception("futimens", path);
            }
        }
    }

    public void Skip(string note)
    {
        if (skipped.Count < MostNotes)
        {
            skipped.Add(note);
        }
    }

    public BuildFailedException Refuse(TarEntry entry, string reason) => new(StoreDiagnostics.LayerEntryRefused(layer, entry.Name, reason));
}
