using System.Buffers;

namespace ContainerStages.Media.Registry;

/// <summary>128 KiB from the shared pool: large enough for few system calls, and never garbage.</summary>
internal sealed class PooledBuffer : IDisposable
{
    private readonly byte[] bytes = ArrayPool<byte>.Shared.Rent(128 * 1024);

    public Memory<byte> Memory => bytes;

    public void Dispose() => ArrayPool<byte>.Shared.Return(bytes);
}
