using System.Text.Json.Serialization;
using ContainerStages.Content;
using ContainerStages.Posix;

namespace ContainerStages.Layers;

/// <summary>
/// Owner, mode and kind of the files of a layer's folder, where the process may not give its files any: an ordinary user without a user
/// namespace. They stand in a file beside the folder. A file that it does not name is root's, with the mode that it has.
/// </summary>
internal sealed class RecordedOwners
{
    private const string Suffix = ".owners";
    private const uint UsableFile = 0x180; // rw-------
    private const uint UsableFolder = 0x1C0; // rwx------
    private const uint Plain = 0x1FF; // rwxrwxrwx
    private readonly Lock gate = new();
    private readonly Dictionary<string, RecordedFile> byPath = new(StringComparer.Ordinal);

    /// <summary>True where this process may not give a file to somebody else.</summary>
    public static bool AreNeeded { get; } = !ProcessCapabilities.MayChangeOwners();

    /// <summary>The file that belongs to a layer's folder.</summary>
    public static string FileOf(string folder) => folder + Suffix;

    /// <summary>
    /// What was recorded of a folder; null where its files have their owners themselves, and where the record is damaged.
    /// </summary>
    public static RecordedOwners? Read(string folder) => AreNeeded && File.Exists(FileOf(folder)) ? ReadRecord(folder) : null;

    /// <summary>The same whoever asks: a process that may give files away has no such folders.</summary>
    internal static RecordedOwners? ReadRecord(string folder)
    {
        if (SealedJson.Read(FileOf(folder), RecordedOwnersJson.Default.RecordedFileArray) is not { } files)
        {
            return null;
        }

        var owners = new RecordedOwners();
        foreach (var file in files)
        {
            owners.byPath[file.Path] = file;
        }

        return owners;
    }

    /// <summary>Writes the record of a folder. To be called before others may see the folder.</summary>
    public void Save(string folder)
    {
        lock (gate)
        {
            SealedJson.Write(
                FileOf(folder),
                [.. byPath.Values.OrderBy(file => file.Path, StringComparer.Ordinal)],
                RecordedOwnersJson.Default.RecordedFileArray);
        }
    }

    /// <summary>Records a file or folder.</summary>
    /// <param name="path">Below the layer's folder, without a leading slash; empty for the folder itself.</param>
    /// <returns>The mode that the file is to have here: this process reads it again.</returns>
    public uint Record(string path, uint userId, uint groupId, uint mode, bool isFolder)
    {
        var usable = (mode & Plain) | (isFolder ? UsableFolder : UsableFile);
        Set(path, new RecordedFile(path, userId, groupId, usable == mode ? null : mode));
        return usable;
    }

    /// <summary>Records a symbolic link, which has no mode of its own.</summary>
    public void RecordLink(string path, uint userId, uint groupId) => Set(path, new RecordedFile(path, userId, groupId, null));

    /// <summary>Records a device; here it is an empty file.</summary>
    /// <param name="mode">With the bits of its kind.</param>
    public void RecordDevice(string path, uint userId, uint groupId, uint mode, uint major, uint minor) =>
        Set(path, new RecordedFile(path, userId, groupId, mode & 0xFFF) { Kind = mode & FileCalls.S_IFMT, Major = major, Minor = minor });

    /// <summary>Records the capabilities of a file that was recorded before.</summary>
    public void RecordCapability(string path, byte[] value)
    {
        lock (gate)
        {
            byPath[path] = (byPath.GetValueOrDefault(path) ?? new RecordedFile(path, 0, 0, null)) with { Capability = value };
        }
    }

    /// <summary>To be called where a file is removed or made without anything to record.</summary>
    public void Forget(string path)
    {
        lock (gate)
        {
            byPath.Remove(path);
        }
    }

    /// <summary>Gives another name of a file what the first one has.</summary>
    public void Link(string path, string first)
    {
        lock (gate)
        {
            if (byPath.TryGetValue(first, out var recorded))
            {
                byPath[path] = recorded with { Path = path };
            }
            else
            {
                byPath.Remove(path);
            }
        }
    }

    public byte[]? CapabilityOf(string path) => Find(path)?.Capability;

    /// <summary>What a file is in the image, from what it is here.</summary>
    public FileStatus Apply(string path, in FileStatus status)
    {
        if (Find(path) is not { } file)
        {
            return status with { UserId = 0, GroupId = 0 };
        }

        var kind = file.Kind != 0 && status.IsRegularFile ? file.Kind : status.Mode & FileCalls.S_IFMT;
        return status with
        {
            UserId = file.UserId,
            GroupId = file.GroupId,
            Mode = kind | (file.Mode ?? status.Permissions),
            DeviceMajor = file.Kind != 0 ? file.Major : status.DeviceMajor,
            DeviceMinor = file.Kind != 0 ? file.Minor : status.DeviceMinor,
        };
    }

    private RecordedFile? Find(string path)
    {
        lock (gate)
        {
            return byPath.GetValueOrDefault(path);
        }
    }

    private void Set(string path, RecordedFile file)
    {
        lock (gate)
        {
            if (file is { UserId: 0, GroupId: 0, Mode: null, Kind: 0 })
            {
                byPath.Remove(path);
            }
            else
            {
                byPath[path] = file;
            }
        }
    }
}

/// <summary>One file of a <see cref="RecordedOwners"/>. <paramref name="Mode"/>: permissions; null for those that the file has.</summary>
internal sealed record RecordedFile(string Path, uint UserId, uint GroupId, uint? Mode)
{
    /// <summary>The bits of its kind where that is not the kind of the file here; else 0.</summary>
    public uint Kind { get; init; }

    public uint Major { get; init; }

    public uint Minor { get; init; }

    /// <summary>Value of the attribute <c>security.capability</c>, or null.</summary>
    public byte[]? Capability { get; init; }
}

[JsonSerializable(typeof(RecordedFile[]))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
internal sealed partial class RecordedOwnersJson : JsonSerializerContext;
