namespace ContainerStages.Media.Daemons;

/// <summary>The images of another engine on this machine, which go in and out as archives.</summary>
public interface IEngineStore : IDisposable
{
    /// <summary>The id of an image, or null where there is none of that name.</summary>
    /// <exception cref="Diagnostics.BuildFailedException">The engine is not there or refuses.</exception>
    Task<string?> FindIdAsync(string name, CancellationToken cancellationToken);

    /// <summary>Opens an image as an archive; the caller reads to the end, or disposes.</summary>
    /// <exception cref="Diagnostics.BuildFailedException">The engine is not there or refuses.</exception>
    Task<Stream> SaveAsync(string name, CancellationToken cancellationToken);

    /// <summary>Takes an archive in.</summary>
    /// <exception cref="Diagnostics.BuildFailedException">The engine is not there or refuses.</exception>
    Task LoadAsync(Action<Stream> write, CancellationToken cancellationToken);
}
