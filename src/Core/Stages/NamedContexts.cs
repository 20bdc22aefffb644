using System.Collections.Immutable;
using ContainerStages.Oci;

namespace ContainerStages.Stages;

/// <summary>
/// The named contexts of a build. Their names and those of images are compared as full references: <c>golang</c>, <c>golang:latest</c> and
/// <c>docker.io/library/golang</c> are one. Source: docker buildx build, --build-context; BuildKit, dockerui NamedContext.
/// </summary>
public sealed class NamedContexts
{
    private readonly ImmutableDictionary<string, (string Name, StageSource Source)> byReference;

    private NamedContexts(ImmutableDictionary<string, (string Name, StageSource Source)> contexts) => byReference = contexts;

    public static NamedContexts None { get; } = new(ImmutableDictionary<string, (string, StageSource)>.Empty);

    /// <summary>As they were given.</summary>
    public IEnumerable<string> Names => byReference.Values.Select(context => context.Name);

    /// <summary>With one more; of two with one name the later wins.</summary>
    public NamedContexts With(string name, StageSource source) => new(byReference.SetItem(ReferenceOf(name), (name, source)));

    public StageSource? Find(string name) => byReference.TryGetValue(ReferenceOf(name), out var found) ? found.Source : null;

    /// <summary>Those of these names are left out.</summary>
    public IEnumerable<string> Except(IEnumerable<string> names)
    {
        var others = names.Select(ReferenceOf).ToHashSet(StringComparer.Ordinal);
        return byReference.Where(context => !others.Contains(context.Key)).Select(context => context.Value.Name);
    }

    /// <summary>A name is written in any case where it is that of a stage; tags differ by theirs.</summary>
    private static string ReferenceOf(string name)
    {
        var lower = name.ToLowerInvariant();
        return (ImageReference.TryParse(name) ?? ImageReference.TryParse(lower))?.ToString() ?? lower;
    }
}
