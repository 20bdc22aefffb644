using System.Collections.Immutable;
using ContainerStages.Oci;

namespace ContainerStages.Images;

/// <summary>What a name stands for, with every layer in the store.</summary>
/// <param name="Name">As a person calls it.</param>
/// <param name="Digest">Of the manifest, or of the index of several images.</param>
/// <param name="Images">At least one; of an index those that are on this machine.</param>
public sealed record WholeImage(string Name, Digest Digest, ImmutableArray<Image> Images);
