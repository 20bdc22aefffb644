using ContainerStages.Images;

namespace ContainerStages.Publishing;

/// <summary>
/// Puts an image, or an index of images, somewhere. Nobody ever sees half an image: names and tags appear last, files by rename.
/// Idempotent.
/// </summary>
internal interface IPublisher
{
    /// <summary>Where to, for people (<c>localhost:5000/example:latest</c>, <c>oci-archive:out.tar</c>).</summary>
    string Destination { get; }

    /// <exception cref="Diagnostics.BuildFailedException">
    /// The destination refused or could not be reached or written, or holds one platform only.
    /// </exception>
    Task<PublishedImage> PublishAsync(ImageSet images, CancellationToken cancellationToken);
}

/// <summary>Names the image now has there and files that were written; <see cref="Written"/> is false where it was there already.</summary>
internal sealed record PublishedImage(IReadOnlyList<string> References, IReadOnlyList<string> Files, bool Written);
