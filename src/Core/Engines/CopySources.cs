using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Planning;
using ContainerStages.Snapshots;

namespace ContainerStages.Engines;

/// <summary>What one copy takes, found and ready to be written.</summary>
internal sealed record CopySelection(PlannedCopy Copy, IReadOnlyList<SelectedSource> Sources, bool FromContext);

/// <summary>
/// Opens what copies read from (the context, other stages, images) and finds what they select. The digest of a selection is remembered by the
/// stack's key: a stage whose files were read once need not be made again to know that nothing changed.
/// </summary>
internal sealed class CopySources(EngineServices services, Func<StagePlan, Task<LayerStack>> stage, Func<ImageBase, LayerStack> image)
{
    private readonly Lazy<SourceSelection> context = new(() => OpenContext(services.Options));

    /// <summary>One digest for each copy of the step.</summary>
    public async Task<IReadOnlyList<string>> DigestsAsync(CopyStep step, CancellationToken cancellationToken)
    {
        var digests = new List<string>();
        foreach (var copy in step.Copies)
        {
            digests.Add(copy.From is FromContext
                ? ContentDigest.Of((await SelectAsync(copy, cancellationToken)).Sources, withOwners: false, cancellationToken)
                : await RememberedDigestAsync(copy, cancellationToken));
        }

        return digests;
    }

    /// <exception cref="BuildFailedException">A source names nothing.</exception>
    public async Task<CopySelection> SelectAsync(PlannedCopy copy, CancellationToken cancellationToken)
    {
        var fromContext = copy.From is FromContext;
        var selection = fromContext
            ? context.Value
            : new SourceSelection(await (await StackOfAsync(copy.From, cancellationToken)).OpenAsync(services.Snapshots, cancellationToken), filter: null);
        var found = new List<SelectedSource>();
        foreach (var source in copy.Sources)
        {
            if (!source.Split('/').All(FilePattern.IsValid))
            {
                throw new BuildFailedException(StepDiagnostics.BadGlob(source, copy.Location));
            }

            var matches = selection.Select(source);
            // A pattern may match nothing, as with Docker; a name may not.
            if (matches.Count == 0 && !copy.Optional && !source.Split('/').Any(FilePattern.HasMeta))
            {
                throw NotFound(copy, source, selection);
            }

            found.AddRange(matches);
        }

        return new CopySelection(copy, found, fromContext);
    }

    private async Task<string> RememberedDigestAsync(PlannedCopy copy, CancellationToken cancellationToken)
    {
        var stack = await StackOfAsync(copy.From, cancellationToken);
        var key = CacheKey.Selection(stack.Key, copy);
        if (services.Records.FindSelection(key) is { } known)
        {
            return known;
        }

        services.RequirePrivileges();
        var selection = await SelectAsync(copy, cancellationToken);
        var digest = ContentDigest.Of(selection.Sources, withOwners: copy.Chown is null, cancellationToken);
        services.Records.SaveSelection(key, digest);
        return digest;
    }

    private async Task<LayerStack> StackOfAsync(CopySource source, CancellationToken cancellationToken) => source switch
    {
        FromStage other => await stage(other.Stage).WaitAsync(cancellationToken),
        FromImage other => image(other.Image),
        _ => throw new NotSupportedException($"No files in {source.GetType().Name}."),
    };

    private BuildFailedException NotFound(PlannedCopy copy, string source, SourceSelection selection)
    {
        var rule = selection.HiddenBy(source);
        var hint = rule is null ? "" : $" It is there, but the ignore rule {rule} hides it.";
        var where = copy.From switch
        {
            FromStage other => $"stage '{other.Stage.Name}'",
            FromImage other => $"image '{other.Image.Reference.FamiliarName}'",
            _ => $"the build context '{services.Options.ContextDirectory}'",
        };
        return new BuildFailedException(StepDiagnostics.SourceNotFound(source, where, hint, copy.Location));
    }

    private static SourceSelection OpenContext(EngineOptions options) =>
        Directory.Exists(options.ContextDirectory)
            ? new SourceSelection(new UnionView([options.ContextDirectory]), options.ContextFilter, withSpecialFiles: false)
            : throw new BuildFailedException(StepDiagnostics.NoContext(options.ContextDirectory));
}
