using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Media.Archives;
using ContainerStages.Oci;

namespace ContainerStages.Media.Daemons;

/// <summary>An image of an engine, as the archive that the engine sends.</summary>
internal sealed class DaemonImage(ImageReference reference) : IArchiveSource
{
    private readonly IImageDaemon daemon = ImageDaemon.Open(reference.Medium);

    public Medium Format => daemon.Archive;

    public async Task<string> StateAsync(CancellationToken cancellationToken) =>
        await daemon.FindIdAsync(reference.Repository, cancellationToken) is { } id
            ? $"{reference.Medium} {id}"
            : throw new BuildFailedException(SourceDiagnostics.Missing(reference.FamiliarName, reference.Repository));

    public Task<Stream> OpenAsync(CancellationToken cancellationToken) => daemon.SaveAsync(reference.Repository, cancellationToken);

    public void Dispose() => daemon.Dispose();
}
