using System.Collections.Immutable;
using ContainerStages.Diagnostics;

namespace ContainerStages.Snapshots;

/// <summary>
/// What copies write into: the folder of a layer, or a layer that gets none. Paths are absolute inside the image and free of links.
/// </summary>
internal interface ILayerSink
{
    /// <summary>The layers below with what has been written so far on top.</summary>
    UnionView ViewWith(ImmutableArray<string> lower);

    /// <summary>
    /// Sees to it that a folder stands at <paramref name="path"/>; ones that exist keep their metadata, new ones get what is given.
    /// </summary>
    /// <exception cref="BuildFailedException">A file stands in the way.</exception>
    void MakeDirectory(string path, Ownership owner, uint mode = 0x1ED);

    /// <summary>The same, but a folder that exists gets the owner and mode too.</summary>
    /// <inheritdoc cref="MakeDirectory"/>
    void ReplaceDirectory(string path, Ownership owner, uint mode);

    /// <summary>Copies a regular file, or makes the link or special file again, at <paramref name="path"/>.</summary>
    /// <exception cref="BuildFailedException">A folder stands in the way.</exception>
    /// <exception cref="SourceChangedException">The source is no longer what was found; it may be found out later.</exception>
    void CopyFile(string path, UnionEntry source, Ownership owner, uint mode, bool withAttributes);

    /// <summary>Makes another name of a file that this layer has.</summary>
    /// <exception cref="BuildFailedException">A folder stands in the way.</exception>
    void LinkFile(string path, string first);
}
