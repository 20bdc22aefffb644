using ContainerStages.Layers;

namespace ContainerStages.Caching;

/// <summary>
/// What earlier builds found out. Every answer may be missing, which costs time only; one that is there is right. Asking never waits for a network: a
/// build in which all is known goes through without a pause.
/// </summary>
public interface IStepMemory
{
    /// <summary>What the step with this key made; or null.</summary>
    StepResult? FindStep(StepKey key);

    void SaveStep(StepKey key, StepResult result);

    /// <summary>Digest of the files that a copy selects (<c>sha256:...</c>); or null.</summary>
    string? FindSelection(SelectionKey key);

    void SaveSelection(SelectionKey key, string digest);

    /// <summary>The blob of a layer, which need not be here; or null.</summary>
    Layer? FindLayer(LayerKey key);

    void SaveLayer(LayerKey key, Layer layer);
}

/// <summary>What a step made.</summary>
/// <param name="Layer">Id of its layer, 64 hexadecimal digits.</param>
/// <param name="Empty">True where it changed no file; the id still counts for the steps after it.</param>
public sealed record StepResult(string Layer, bool Empty);
