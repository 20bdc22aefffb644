using ContainerStages.Contracts;

namespace ContainerStages.Media.Archives;

/// <summary>An archive that an image is read from: a file, or what an engine sends.</summary>
internal interface IArchiveSource : IDisposable
{
    /// <summary>Which of the two kinds of archives it is.</summary>
    Medium Format { get; }

    /// <summary>A text that is another one as soon as the archive may be another one.</summary>
    /// <exception cref="Diagnostics.BuildFailedException">There is none.</exception>
    Task<string> StateAsync(CancellationToken cancellationToken);

    /// <exception cref="Diagnostics.BuildFailedException">There is none.</exception>
    /// <exception cref="IOException">It may not be read.</exception>
    Task<Stream> OpenAsync(CancellationToken cancellationToken);
}
