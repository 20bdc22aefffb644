using ContainerStages.Caching;
using ContainerStages.Layers;
using ContainerStages.Oci;

namespace ContainerStages.Core.Tests.Engines;

/// <summary>The engine asks a memory that it is given, and believes it: another one can stand beside the store's.</summary>
[TestClass]
public sealed class StepMemoryTests : IDisposable
{
    private const string TwoSteps = """
        FROM scratch AS builder
        COPY source /
        RUN write /out 1
        FROM scratch
        COPY --from=builder /out /
        """;

    private readonly EngineBench bench = new();

    public void Dispose() => bench.Dispose();

    [TestMethod]
    public async Task A_build_is_cached_by_what_another_memory_knows()
    {
        bench.Write("source", "1");
        var memory = new CountingMemory();
        bench.Memory = memory;
        await bench.BuildAsync(TwoSteps);
        Assert.AreEqual(3, memory.Saved);

        Assert.IsTrue((await bench.BuildAsync(TwoSteps)).Single().AllCached);

        Assert.IsEmpty(bench.Runs);
        Assert.AreEqual(3, memory.Saved);
        var empty = new CountingMemory();
        bench.Memory = empty;
        await bench.BuildAsync(TwoSteps);
        Assert.IsEmpty(bench.Runs, "The folders of the layers are there.");
        Assert.AreEqual(3, empty.Saved, "The store's own memory is not asked.");
    }

    [TestMethod]
    public async Task A_shared_blob_that_two_uses_find_damaged_is_made_again()
    {
        bench.Write("source", "1");
        var memory = new TornMemory();
        bench.Memory = memory;
        var first = (await bench.BuildAsync(TwoSteps)).Single();
        Directory.Delete(bench.Store.Root, recursive: true);
        Directory.CreateDirectory(bench.Store.Root);
        memory.IsSharing = true;

        var second = (await bench.BuildAsync(TwoSteps)).Single();

        Assert.IsNotEmpty(bench.Runs);
        Assert.AreEqual(EngineBench.Layers(first), EngineBench.Layers(second));
    }

    /// <summary>Shares every blob until one is opened: it is not what its digest says, and somebody else was the first to notice.</summary>
    private sealed class TornMemory : CountingMemory, IStepMemory
    {
        public bool IsSharing { get; set; }

        public bool IsShared(Descriptor blob) => IsSharing;

        public Task<Stream?> OpenSharedAsync(Descriptor blob, CancellationToken cancellationToken)
        {
            IsSharing = false;
            return Task.FromResult<Stream?>(new MemoryStream(new byte[blob.Size]));
        }
    }

    private class CountingMemory : IStepMemory
    {
        private readonly Dictionary<StepKey, StepResult> steps = [];
        private readonly Dictionary<SelectionKey, string> selections = [];
        private readonly Dictionary<LayerKey, Layer> layers = [];
        private readonly Lock gate = new();

        /// <summary>Results of steps.</summary>
        public int Saved { get; private set; }

        public StepResult? FindStep(StepKey key) => Guarded(() => steps.GetValueOrDefault(key));

        public void SaveStep(StepKey key, StepResult result) => Guarded(() => (steps[key] = result, Saved++));

        public string? FindSelection(SelectionKey key) => Guarded(() => selections.GetValueOrDefault(key));

        public void SaveSelection(SelectionKey key, string digest) => Guarded(() => selections[key] = digest);

        public Layer? FindLayer(LayerKey key) => Guarded(() => layers.GetValueOrDefault(key));

        public void SaveLayer(LayerKey key, Layer layer) => Guarded(() => layers[key] = layer);

        private T Guarded<T>(Func<T> work)
        {
            lock (gate)
            {
                return work();
            }
        }
    }
}
