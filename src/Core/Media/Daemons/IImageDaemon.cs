using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Images;
using ContainerStages.Oci;

namespace ContainerStages.Media.Daemons;

/// <summary>The images of another engine on this machine, which go in and out as archives.</summary>
internal interface IImageDaemon : IDisposable
{
    /// <summary>What its archives are.</summary>
    Medium Archive { get; }

    /// <summary>The name by which the engine finds an image.</summary>
    string NameOf(ImageReference name);

    /// <summary>The id of an image, or null where there is none of that name.</summary>
    /// <exception cref="Diagnostics.BuildFailedException">The engine is not there or refuses.</exception>
    Task<string?> FindIdAsync(string name, CancellationToken cancellationToken);

    /// <summary>Opens an image as an archive; the caller reads to the end, or disposes.</summary>
    /// <exception cref="Diagnostics.BuildFailedException">The engine is not there or refuses.</exception>
    Task<Stream> SaveAsync(string name, CancellationToken cancellationToken);

    /// <summary>Takes an image in, and gives it names.</summary>
    /// <param name="image">All its blobs are in the store.</param>
    /// <param name="names">At least one, with tags.</param>
    /// <exception cref="Diagnostics.BuildFailedException">The engine is not there or refuses.</exception>
    Task LoadAsync(Image image, IReadOnlyList<ImageReference> names, IContentStore store, CancellationToken cancellationToken);
}
