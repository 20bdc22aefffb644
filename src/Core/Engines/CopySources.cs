using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Dockerfile;
using ContainerStages.Planning;
using ContainerStages.Snapshots;

namespace ContainerStages.Engines;

/// <summary>What one copy takes, found and ready to be written. <paramref name="IsForeign"/>: from no image, so that its owners mean nothing there.</summary>
internal sealed record CopySelection(PlannedCopy Copy, IReadOnlyList<SelectedSource> Sources, bool IsForeign);

/// <summary>
/// Opens what copies read from (the context, other stages, images) and finds what they select. The digest of a selection is remembered by the
/// stack's key: a stage whose files were read once need not be made again to know that nothing changed.
/// </summary>
internal sealed class CopySources(EngineServices services, Func<StagePlan, Task<LayerStack>> stage, Func<ImageBase, LayerStack> image)
{
    private readonly Lazy<SourceSelection> context = new(() => OpenContext(services.Options));
    private readonly DocumentFiles fetched = new(services.Options.Store);
    private readonly Downloads downloads = new(services.Options);
    private readonly GitRepositories repositories = new(services.Options);

    /// <summary>One digest for each copy of the step.</summary>
    public async Task<IReadOnlyList<string>> DigestsAsync(CopyStep step, CancellationToken cancellationToken)
    {
        var digests = new List<string>();
        foreach (var copy in step.Copies)
        {
            digests.Add(await DigestAsync(copy, cancellationToken));
        }

        return digests;
    }

    /// <summary>Digest of what one copy selects.</summary>
    public async Task<string> DigestAsync(PlannedCopy copy, CancellationToken cancellationToken) => !copy.From.IsOfLayers
        ? ContentDigest.Of((await SelectAsync(copy, cancellationToken)).Sources, withOwners: false, cancellationToken)
        : await RememberedDigestAsync(copy, cancellationToken);

    /// <exception cref="BuildFailedException">A source names nothing, or cannot be fetched.</exception>
    public async Task<CopySelection> SelectAsync(PlannedCopy copy, CancellationToken cancellationToken)
    {
        var isForeign = !copy.From.IsOfLayers;
        var selection = await OpenAsync(copy, cancellationToken);
        var exclude = copy.Excludes.IsEmpty ? null : new ExcludePatterns(copy.Excludes, copy.Location);
        var found = new List<SelectedSource>();
        foreach (var source in copy.Sources)
        {
            if (!source.Split('/').All(FilePattern.IsValid))
            {
                throw new BuildFailedException(StepDiagnostics.BadGlob(source, copy.Location));
            }

            var matches = copy.Parents ? selection.SelectWithParents(source) : selection.Select(source);

            // A pattern may match nothing, as with Docker; a name may not.
            if (matches.Count == 0 && !copy.Optional && !source.Split('/').Any(FilePattern.HasMeta))
            {
                throw NotFound(copy, source, selection);
            }

            found.AddRange(exclude is null ? matches : exclude.Remove(matches));
        }

        return new CopySelection(copy, copy.Part is { } part ? PublishedFiles.Select(found, part) : found, isForeign);
    }

    private async Task<SourceSelection> OpenAsync(PlannedCopy copy, CancellationToken cancellationToken) => copy.From switch
    {
        FromContext => context.Value,
        FromFolder folder => new SourceSelection(new UnionView([folder.Path]), new ContextFilter(IgnoreFile.ReadFor(folder.Path, dockerfile: null))),
        FromDocument document => Fetched(fetched.Write(document)),
        FromFiles files => Fetched(fetched.Write(files)),
        FromAddress address => Fetched(await downloads.FetchAsync(address, copy, cancellationToken)),
        FromRepository repository => Fetched(await repositories.FetchAsync(repository, copy.Location, cancellationToken)),
        _ => new SourceSelection(await (await StackOfAsync(copy.From, cancellationToken)).OpenAsync(services.Snapshots, cancellationToken), filter: null),
    };

    private static SourceSelection Fetched(string folder) => new(new UnionView([folder]), filter: null);

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

    /// <summary>The files of a stage or image.</summary>
    public async Task<LayerStack> StackOfAsync(CopySource source, CancellationToken cancellationToken) => source switch
    {
        FromStage other => await stage(other.Stage).WaitAsync(cancellationToken),
        FromImage other => image(other.Image),
        _ => throw new NotSupportedException($"No files in {source.GetType().Name}."),
    };

    private BuildFailedException NotFound(PlannedCopy copy, string source, SourceSelection selection)
    {
        var rule = selection.HiddenBy(source);
        var hint = rule is null ? "" : $" It is there, but the ignore rule {rule} hides it.";
        return new BuildFailedException(StepDiagnostics.SourceNotFound(source, Describe(copy.From), hint, copy.Location));
    }

    /// <summary>For messages.</summary>
    public string Describe(CopySource source) => source switch
    {
        FromStage other => $"stage '{other.Stage.Name}'",
        FromImage other => $"image '{other.Image.Reference.FamiliarName}'",
        FromFolder other => $"the build context '{other.Path}'",
        FromRepository other => $"the repository '{GitSource.WithoutPassword(other.Repository.Remote)}'",
        _ => $"the build context '{services.Options.ContextDirectory}'",
    };

    private static SourceSelection OpenContext(EngineOptions options) =>
        Directory.Exists(options.ContextDirectory)
            ? new SourceSelection(new UnionView([options.ContextDirectory]), options.ContextFilter, withSpecialFiles: false)
            : throw new BuildFailedException(StepDiagnostics.NoContext(options.ContextDirectory));
}
