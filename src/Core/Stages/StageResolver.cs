using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;

namespace ContainerStages.Stages;

/// <summary>
/// Resolves what stages name. A name is a stage where there is one, else an image. A Dockerfile may give a name twice, as BuildKit allows:
/// FROM means the last one above, COPY --from the last one of all. Source: Dockerfile reference, FROM and COPY --from.
/// </summary>
internal sealed class StageResolver(StageSet set, ICollection<Diagnostic> diagnostics)
{
    private readonly Dictionary<string, Stage> byName = new(StageNames.Comparer);

    public ImmutableArray<StageNode> Resolve()
    {
        foreach (var stage in set.Stages.Where(stage => stage.Name is not null))
        {
            AddName(stage, stage.Name!);
        }

        return [.. set.Stages.Select(stage => new StageNode(stage, ResolveBase(stage), ResolveCopies(stage)))];
    }

    private void AddName(Stage stage, string name)
    {
        if (set.AnyOrder && byName.TryGetValue(name, out var first))
        {
            diagnostics.Add(StageDiagnostics.StageNameRepeated(name, first.Location, stage.Location));
        }

        byName[name] = stage;
    }

    /// <summary>
    /// The stage that a FROM means: where the order counts, the last of its name above, or else one below, which is an error.
    /// </summary>
    private Stage? FindBase(Stage stage)
    {
        var above = set.AnyOrder
            ? null
            : set.Stages.Take(stage.Index).LastOrDefault(other => StageNames.Comparer.Equals(other.Name, stage.From));
        return above ?? byName.GetValueOrDefault(stage.From);
    }

    private StageSource ResolveBase(Stage stage)
    {
        if (set.Contexts.Find(stage.From) is { } given)
        {
            return given is StageSource.Folder folder
                ? Fail(AddDiagnostics.FolderAsBase(stage.From, folder.Path, stage.FromLocation))
                : given;
        }

        // 'FROM golang AS golang' names the image: a stage is no base of itself.
        if (FindBase(stage) is { } named && named.Index != stage.Index)
        {
            return ResolveNamed(stage, named, stage.From, stage.FromLocation);
        }

        if (stage.From == StageNames.Scratch)
        {
            return new StageSource.Scratch();
        }

        // A Dockerfile's FROM may name any image; a project's From is where names of stages are mistyped.
        return ResolveImage(stage, stage.From, stage.FromLocation, couldBeMistyped: set.AnyOrder);
    }

    private ImmutableDictionary<string, StageSource> ResolveCopies(Stage stage)
    {
        var sources = ImmutableDictionary.CreateBuilder<string, StageSource>(StringComparer.Ordinal);
        foreach (var (from, location) in stage.Instructions.SelectMany(Sources))
        {
            if (!sources.ContainsKey(from))
            {
                sources.Add(from, ResolveCopy(stage, from, location));
            }
        }

        return sources.ToImmutable();
    }

    /// <summary>What the copies and mounts of an instruction take from. ONBUILD is text until somebody builds on the image.</summary>
    private static IEnumerable<(string From, SourceLocation Location)> Sources(Instruction instruction) => instruction switch
    {
        CopyInstruction { From: { } from } copy => [(from, copy.FromLocation)],
        ArtifactsInstruction artifacts => artifacts.Copies.SelectMany(Sources),
        RunInstruction run => run.Mounts.Select(mount => mount.TakesFrom).OfType<string>().Select(from => (from, run.Location)),
        _ => [],
    };

    private StageSource ResolveCopy(Stage stage, string from, SourceLocation location)
    {
        if (set.Contexts.Find(from) is { } given)
        {
            return given;
        }

        if (int.TryParse(from, out var index))
        {
            return ResolveIndex(stage, index, location);
        }

        if (byName.TryGetValue(from, out var named))
        {
            return ResolveNamed(stage, named, from, location);
        }

        if (from == StageNames.Scratch)
        {
            return Fail(StageDiagnostics.CopyFromScratch(location));
        }

        return from.Contains('$', StringComparison.Ordinal)
            ? Fail(StageDiagnostics.VariableInCopyFrom(from, location))
            : ResolveImage(stage, from, location, couldBeMistyped: true);
    }

    private StageSource ResolveIndex(Stage stage, int index, SourceLocation location)
    {
        var count = set.AnyOrder ? set.Stages.Length : stage.Index;
        if (index == stage.Index)
        {
            return Fail(StageDiagnostics.StageNamesItself(stage.DisplayName, location));
        }

        return index < 0 || index >= count
            ? Fail(StageDiagnostics.StageIndexOutOfRange(index, count, location))
            : new StageSource.OtherStage(index);
    }

    private StageSource ResolveNamed(Stage stage, Stage named, string name, SourceLocation location)
    {
        if (named.Index == stage.Index)
        {
            return Fail(StageDiagnostics.StageNamesItself(name, location));
        }

        return named.Index > stage.Index && !set.AnyOrder
            ? Fail(StageDiagnostics.StageDefinedLater(name, named.Location, location))
            : new StageSource.OtherStage(named.Index);
    }

    private StageSource ResolveImage(Stage stage, string name, SourceLocation location, bool couldBeMistyped)
    {
        var isBareName = name.AsSpan().IndexOfAny("/:.@") < 0;
        var others = byName.Values.Where(other => other.Index != stage.Index).Select(other => other.Name!);
        if (couldBeMistyped && isBareName && NearestName.Find(name, others) is { } nearest)
        {
            return Fail(StageDiagnostics.UnknownStage(name, nearest, location));
        }

        var reference = ImageReference.TryParseSource(name, set.ImageFolder);
        return reference is null ? Fail(StageDiagnostics.InvalidImage(name, location))
            : reference.IsFile && set.KeepsToImageFolder && !IsInside(reference.Repository)
                ? Fail(SourceDiagnostics.ImageOutsideContext(name, set.ImageFolder, location))
            : new StageSource.Image(
                reference.IsFile && set.KeepsToImageFolder ? reference with { KeptIn = set.ImageFolder } : reference,
                location);
    }

    private bool IsInside(string path) =>
        path.StartsWith(set.ImageFolder.TrimEnd('/') + "/", StringComparison.Ordinal) || path == set.ImageFolder;

    /// <summary>The result is never seen: diagnostics end the graph.</summary>
    private StageSource.Scratch Fail(Diagnostic diagnostic)
    {
        diagnostics.Add(diagnostic);
        return new StageSource.Scratch();
    }
}
