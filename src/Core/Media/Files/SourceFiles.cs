using ContainerStages.Content;
using ContainerStages.Oci;
using ContainerStages.Posix;

namespace ContainerStages.Media.Files;

/// <summary>
/// The files of a layout or archive that somebody else wrote. What a Dockerfile names lies in its context: links are followed inside it,
/// never out of it. Only plain files are read: at a pipe a build would wait, and a device may have no end.
/// </summary>
internal sealed class SourceFiles(ImageReference reference)
{
    private readonly HeldFolder root = HeldFolder.Open(reference.KeptIn ?? "/");

    public bool IsFolder
    {
        get
        {
            using var file = root.TryOpenInside(Relative(""));
            return file is not null && FileCalls.TryStat(file, "", out var status) && status.IsDirectory;
        }
    }

    /// <summary>Opens a file below the layout, or the archive itself.</summary>
    /// <returns>Null where there is none.</returns>
    /// <exception cref="InvalidDataException">It is a folder, a pipe or a device.</exception>
    /// <exception cref="IOException">It may not be read.</exception>
    public FileStream? TryOpen(string below = "")
    {
        var file = root.TryOpenInside(Relative(below));
        if (file is null)
        {
            return null;
        }

        if (FileCalls.TryStat(file, "", out var status) && status.IsRegularFile)
        {
            return new FileStream(file, FileAccess.Read, bufferSize: 0);
        }

        file.Dispose();
        throw new InvalidDataException(
            below.Length == 0 ? "an archive is a file. A folder is named with oci-layout:." : $"its '{below}' is no plain file.");
    }

    public FileStream? TryOpen(Digest blob) => TryOpen($"blobs/sha256/{blob.Hex}");

    /// <summary>A whole document.</summary>
    /// <returns>Null where there is none.</returns>
    /// <exception cref="InvalidDataException">It is no plain file, or has more than 4 MiB.</exception>
    public async Task<byte[]?> ReadAsync(string below, CancellationToken cancellationToken)
    {
        await using var file = TryOpen(below);
        if (file is null)
        {
            return null;
        }

        if (file.Length > ContentStoreExtensions.DocumentLimit)
        {
            throw new InvalidDataException($"its '{below}' is larger than {ContentStoreExtensions.DocumentLimit} bytes.");
        }

        var bytes = new byte[file.Length];
        await file.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }

    private string Relative(string below) => Path.GetRelativePath(root.Path, Path.Combine(reference.Repository, below));
}
