using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Media.Files;
using ContainerStages.Oci;
using ContainerStages.Posix;

namespace ContainerStages.Media.Archives;

/// <summary>An archive in a file. One that the user names may be a pipe.</summary>
internal sealed class ArchiveFile(ImageReference reference) : IArchiveSource
{
    public Medium Format => reference.Medium;

    public Task<string> StateAsync(CancellationToken cancellationToken)
    {
        var path = Path.Exists(reference.Repository)
            ? File.ResolveLinkTarget(reference.Repository, returnFinalTarget: true)?.FullName ?? reference.Repository
            : reference.Repository;
        if (!TryStat(path, out var file))
        {
            throw Missing();
        }

        return !file.IsDirectory
            ? Task.FromResult($"{reference.Medium} {path} {StateOf(file)}")
            : throw new BuildFailedException(SourceDiagnostics.NotReadable(
                reference.FamiliarName, $"an archive is a file. A folder is named with {Medium.OciLayout}:."));
    }

    public Task<Stream> OpenAsync(CancellationToken cancellationToken) => Task.FromResult<Stream>(
        reference.KeptIn is null ? File.OpenRead(reference.Repository) : new SourceFiles(reference).TryOpen() ?? throw Missing());

    public void Dispose()
    {
    }

    private static string StateOf(FileStatus file) =>
        $"{file.Device}:{file.Inode} {file.Size} {file.ModificationSeconds}.{file.ModificationNanoseconds} "
        + $"{file.ChangeSeconds}.{file.ChangeNanoseconds}";

    private bool TryStat(string path, out FileStatus status)
    {
        if (reference.KeptIn is null)
        {
            return FileCalls.TryStat(path, out status);
        }

        using var file = new SourceFiles(reference).TryOpen();
        status = default;
        return file is not null && FileCalls.TryStat(file.SafeFileHandle, "", out status);
    }

    private BuildFailedException Missing() => new(SourceDiagnostics.Missing(reference.FamiliarName, reference.Repository));
}
