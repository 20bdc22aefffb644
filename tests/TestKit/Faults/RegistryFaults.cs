namespace ContainerStages.TestKit.Faults;

/// <summary>All faults that a registry is made to have in the tests. Their names and outcomes stand in docs/registries.md.</summary>
public static class RegistryFaults
{
    public static IReadOnlyList<RegistryFault> All { get; } = [.. PullFaults.All(), .. DocumentFaults.All(), .. PushFaults.All()];
}
