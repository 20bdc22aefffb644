namespace ContainerStages.Layers;

/// <summary>The content of the entry that a reader stands at.</summary>
internal sealed class TarContentStream(TarStreamReader tar) : ForwardStream
{
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        var piece = tar.ReadContent(buffer.Length);
        piece.CopyTo(buffer);
        return piece.Length;
    }
}
