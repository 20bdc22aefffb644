using ContainerStages.Oci;

namespace ContainerStages.Layers;

/// <summary>
/// A layer of an image: its blob as it travels (<see cref="Descriptor"/>), the digest of the tar inside (<see cref="DiffId"/>) and the
/// tar's file content in bytes (<see cref="Size"/>, what <c>docker image ls</c> adds up).
/// </summary>
public sealed record Layer(Descriptor Descriptor, Digest DiffId, long Size);
