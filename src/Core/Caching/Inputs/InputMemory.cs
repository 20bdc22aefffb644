using ContainerStages.Content;

namespace ContainerStages.Caching;

/// <summary>
/// The inputs of the last build that had a report, one small file under <c>inputs</c> of the store for each thing that is built.
/// </summary>
/// <param name="store">Keeps it.</param>
/// <param name="names">Say what is built, and where.</param>
internal sealed class InputMemory(StoreDirectory store, IEnumerable<string> names)
{
    private const int MostSteps = 1000;
    private readonly string item = $"inputs/{new KeyBuilder("inputs").Add("names", [.. names]).Build()}";

    /// <summary>Null where none is there.</summary>
    public BuildInputs? Read()
    {
        var found = SealedJson.Read(Path.Combine(store.Root, item), RecordsJson.Default.BuildInputs);
        if (found is not null)
        {
            store.Use.Note(item);
        }

        return found;
    }

    public void Save(IEnumerable<StepInputs> steps)
    {
        store.Folder("inputs");
        SealedJson.Write(Path.Combine(store.Root, item), new BuildInputs([.. steps.Take(MostSteps)]), RecordsJson.Default.BuildInputs);
    }
}
