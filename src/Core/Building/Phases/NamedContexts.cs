using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;
using ContainerStages.Stages;

namespace ContainerStages.Building;

/// <summary>The named contexts of a build. Source: docker buildx build, --build-context.</summary>
internal static class NamedContexts
{
    private static readonly string ImagePrefix = $"{Medium.Registry.Scheme}://";
    private const string TargetPrefix = "target:";

    /// <exception cref="BuildFailedException">A value is no folder, image or stage.</exception>
    public static StageSet Add(StageSet set, BuildSource source)
    {
        var contexts = set.Contexts;
        foreach (var (name, value) in source.BuildContexts)
        {
            contexts = contexts.With(name, Read(set, value) ?? throw new BuildFailedException(AddDiagnostics.BadContext(name, value)));
        }

        return set with { Contexts = contexts, ImageFolder = source.ContextDirectory, KeepsToImageFolder = source.Dockerfile is not null };
    }

    private static StageSource? Read(StageSet set, string value)
    {
        if (value.StartsWith(ImagePrefix, StringComparison.Ordinal))
        {
            return ImageReference.TryParse(value[ImagePrefix.Length..]) is { } reference ? new StageSource.Image(reference, default) : null;
        }

        if (value.StartsWith(TargetPrefix, StringComparison.Ordinal))
        {
            var name = value[TargetPrefix.Length..];
            return set.Stages.LastOrDefault(stage => StageNames.Comparer.Equals(stage.Name, name)) is { } stage
                ? new StageSource.OtherStage(stage.Index)
                : null;
        }

        if (ImageReference.TryParseSource(value) is { IsInRegistry: false } elsewhere)
        {
            return new StageSource.Image(elsewhere, default);
        }

        return Directory.Exists(value) ? new StageSource.Folder(Path.GetFullPath(value)) : null;
    }
}
