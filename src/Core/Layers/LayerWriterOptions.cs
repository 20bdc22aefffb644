using ContainerStages.Contracts;

namespace ContainerStages.Layers;

/// <summary>How layers are written; equal options and equal content give equal bytes.</summary>
/// <param name="Form">No file in the layer is younger than its epoch.</param>
/// <param name="SameTimes">True: every entry is as old as the epoch, whatever its time in the folder.</param>
internal sealed record LayerWriterOptions(ImageForm Form, bool SameTimes = false)
{
    public static LayerWriterOptions Default { get; } = new(new ImageForm());
}
