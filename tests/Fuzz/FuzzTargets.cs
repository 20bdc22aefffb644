using System.Collections.Immutable;
using ContainerStages.Fuzz.Targets;

namespace ContainerStages.Fuzz;

public static class FuzzTargets
{
    public static ImmutableArray<FuzzTarget> All { get; } =
    [
        ParserTarget.Create(), WordsTarget.Create(), IgnoreTarget.Create(), ReferenceTarget.Create(), TarTarget.Create(),
        PackagesTarget.Create(),
    ];

    /// <exception cref="ArgumentException">No target has the name.</exception>
    public static FuzzTarget Named(string name) =>
        All.FirstOrDefault(target => target.Name == name) ?? throw new ArgumentException(
            $"'{name}' is no target; the targets are {string.Join(", ", All.Select(target => target.Name))}.", nameof(name));
}
