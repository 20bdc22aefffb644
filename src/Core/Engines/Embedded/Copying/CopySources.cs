using System.Collections.Concurrent;
using ContainerStages.Caching;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Dockerfile;
using ContainerStages.Planning;
using ContainerStages.Snapshots;

namespace ContainerStages.Engines;

/// <summary>
/// What one copy takes, found and ready to be written. <paramref name="IsForeign"/>: from no image, so that its owners mean nothing there.
/// </summary>
internal sealed record CopySelection(PlannedCopy Copy, IReadOnlyList<SelectedSource> Sources, bool IsForeign);

/// <summary>
/// Opens what copies read from (the context, other stages, images) and finds what they select. The digest of a selection is remembered by
/// the stack's key: a stage whose files were read once need not be made again to know that nothing changed.
/// </summary>
internal sealed class CopySources(EngineServices services, Func<StagePlan, Task<LayerStack?>> stage, Func<ImageBase, LayerStack> image)
{
    private readonly ConcurrentDictionary<PlannedCopy, HashedSelection> hashed = new(ReferenceEqualityComparer.Instance);
    private readonly ConcurrentDictionary<string, PlannedCopy> leftOut = new(StringComparer.Ordinal);
    private readonly Lazy<SourceSelection> context = new(() => OpenContext(services.Request.Context));
    private readonly DocumentFiles fetched = new(services.Store);
    private readonly Downloads downloads = new(services.Fetching);
    private readonly GitRepositories repositories = new(services.Fetching);

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

    /// <summary>Digest of what one copy selects. What <see cref="SelectAsync"/> gives afterwards is what the digest was made of.</summary>
    public Task<string> DigestAsync(PlannedCopy copy, CancellationToken cancellationToken) => copy.From.IsOfLayers
        ? copy.From is FromElsewhere { WithFiles: false, Key: { } key }
            ? Task.FromResult(CacheKey.Selection(new StackKey(key), copy).Hex)
            : RememberedDigestAsync(copy, cancellationToken)
        : ChangingSources.RetryAsync(copy.Location, _ => HashAsync(copy, cancellationToken), cancellationToken);

    /// <summary>The same from what is here alone; null where its files are not made, unpacked or downloaded yet.</summary>
    public async Task<string?> FindDigestAsync(PlannedCopy copy, CancellationToken cancellationToken) => copy.From switch
    {
        FromStage other =>
            await stage(other.Stage) is { } stack ? services.Memory.FindSelection(CacheKey.Selection(stack.Key, copy)) : null,
        FromImage other => services.Memory.FindSelection(CacheKey.Selection(image(other.Image).Key, copy)),
        FromElsewhere { Key: null } => null,
        FromElsewhere { WithFiles: false, Key: { } key } => CacheKey.Selection(new StackKey(key), copy).Hex,
        FromElsewhere { Key: { } key } => services.Memory.FindSelection(CacheKey.Selection(new StackKey(key), copy)),
        FromAddress address =>
            await downloads.FindStoredAsync(address, copy, cancellationToken) is null ? null : await DigestAsync(copy, cancellationToken),
        FromRepository repository => await repositories.FindStoredAsync(repository, copy.Location, cancellationToken) is null
            ? null
            : await DigestAsync(copy, cancellationToken),
        _ => await DigestAsync(copy, cancellationToken),
    };

    /// <summary>
    /// The files of a copy; of a context those that its digest was made of, whose content is compared with it when they are copied.
    /// </summary>
    /// <exception cref="BuildFailedException">A source names nothing, or cannot be fetched.</exception>
    /// <exception cref="SourceChangedException">What the digest was made of is no longer there.</exception>
    public async Task<CopySelection> SelectAsync(PlannedCopy copy, CancellationToken cancellationToken)
    {
        if (!hashed.TryGetValue(copy, out var known))
        {
            return await FindAsync(copy, cancellationToken);
        }

        if (known.Selection is { } selection)
        {
            return selection;
        }

        return await HashAsync(copy, cancellationToken) == known.Digest && hashed[copy].Selection is { } again
            ? again
            : throw new SourceChangedException(services.Request.Context.Path, copy.Location);
    }

    /// <summary>To be called when a step's layer is there: the files that it was made of need no memory any more.</summary>
    public void Release(PlanStep step)
    {
        foreach (var copy in step.Reads)
        {
            if (hashed.TryGetValue(copy, out var known))
            {
                hashed[copy] = known with { Selection = null };
            }
        }
    }

    private async Task<string> HashAsync(PlannedCopy copy, CancellationToken cancellationToken)
    {
        var selection = await FindAsync(copy, cancellationToken);
        var digest = ContentDigest.Of(
            selection.Sources, withOwners: false, MemoryOf(copy.From), services.Request.Inputs?.OpenFiles(copy), cancellationToken);
        hashed[copy] = new HashedSelection(digest, selection);
        return digest;
    }

    /// <summary>Of the context and named contexts, which are on this machine; null where every file is read.</summary>
    private ContentMemory? MemoryOf(CopySource source) => services.Request.Policy.NoCache ? null : source switch
    {
        FromContext => services.MemoryOf(services.Request.Context.Path),
        FromFolder folder => services.MemoryOf(folder.Path),
        _ => null,
    };

    private async Task<CopySelection> FindAsync(PlannedCopy copy, CancellationToken cancellationToken)
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

            var matches = copy.Parents
                ? selection.SelectWithParents(source, cancellationToken)
                : selection.Select(source, cancellationToken);

            if (matches.Count == 0 && !copy.Optional)
            {
                RequireMatch(copy, source, selection);
            }

            found.AddRange(exclude is null ? matches : exclude.Remove(matches));
        }

        ReportLeftOut(copy, selection);
        return new CopySelection(copy, copy.Part is { } part ? PublishedFiles.Select(found, part) : found, isForeign);
    }

    private async Task<SourceSelection> OpenAsync(PlannedCopy copy, CancellationToken cancellationToken) => copy.From switch
    {
        FromContext => context.Value,
        FromFolder folder => new SourceSelection(
            UnionView.OfContext(folder.Path),
            new ContextFilter(IgnoreFile.ReadFor(folder.Path, dockerfile: null), folder.Path, services.Request.OwnOutput),
            withSpecialFiles: false),
        FromDocument document => Fetched(fetched.Write(document)),
        FromFiles files => Fetched(fetched.Write(files)),
        FromAddress address => Fetched(await downloads.FetchAsync(address, copy, cancellationToken)),
        FromRepository repository => Fetched(await repositories.FetchAsync(repository, copy.Location, cancellationToken)),
        _ => new SourceSelection(
            await (await StackOfAsync(copy.From, cancellationToken)).OpenAsync(services.Snapshots, cancellationToken), filter: null),
    };

    private static SourceSelection Fetched(string folder) => new(new UnionView([folder]), filter: null);

    private async Task<string> RememberedDigestAsync(PlannedCopy copy, CancellationToken cancellationToken)
    {
        var stack = await StackOfAsync(copy.From, cancellationToken);
        var key = CacheKey.Selection(stack.Key, copy);
        if (services.Memory.FindSelection(key) is { } known)
        {
            return known;
        }

        var selection = await SelectAsync(copy, cancellationToken);
        var digest = ContentDigest.Of(selection.Sources, withOwners: copy.Chown is null, memory: null, cancellationToken);
        services.Memory.SaveSelection(key, digest);
        return digest;
    }

    /// <summary>The files of a stage or image.</summary>
    public async Task<LayerStack> StackOfAsync(CopySource source, CancellationToken cancellationToken) => source switch
    {
        FromStage other => await stage(other.Stage).WaitAsync(cancellationToken)
            ?? throw new InvalidOperationException($"The files of stage '{other.Stage.Name}' are not known."),
        FromImage other => image(other.Image),
        FromElsewhere other => services.Elsewhere!.StackOf(other),
        _ => throw new NotSupportedException($"No files in {source.GetType().Name}."),
    };

    /// <summary>A pattern may match nothing, as with Docker; a name may not, nor the folder that a pattern is searched in.</summary>
    private void RequireMatch(PlannedCopy copy, string source, SourceSelection selection)
    {
        if (!source.Split('/').Any(FilePattern.HasMeta))
        {
            var hint = selection.IsSpecialFile(source) ? " It is there, but it is a socket or a device." : Hint(selection.HiddenBy(source));
            throw new BuildFailedException(
                StepDiagnostics.SourceNotFound(copy.Instruction, source, Describe(copy.From), hint, copy.Location));
        }

        if (!copy.Parents && selection.MissingFolder(source) is { } folder)
        {
            throw new BuildFailedException(
                StepDiagnostics.FolderNotFound(source, folder, Describe(copy.From), Hint(selection.HiddenBy(folder)), copy.Location));
        }
    }

    private static string Hint(string? rule) => rule is null ? "" : $" It is there, but the ignore rule {rule} hides it.";

    private void ReportLeftOut(PlannedCopy copy, SourceSelection selection)
    {
        foreach (var path in selection.LeftOut.Where(path => leftOut.TryAdd(path, copy)))
        {
            services.Events.Report(new DiagnosticReported(StepDiagnostics.SpecialFileLeftOut(path, copy.Location)));
        }
    }

    /// <summary>For messages.</summary>
    public string Describe(CopySource source) => source switch
    {
        FromStage other => $"stage '{other.Stage.Name}'",
        FromElsewhere other => $"stage '{other.Stage}'",
        FromImage other => $"image '{other.Image.Reference.FamiliarName}'",
        FromFolder other => $"the build context '{other.Path}'",
        FromRepository other => $"the repository '{GitSource.WithoutPassword(other.Repository.Remote)}'",
        _ => $"the build context '{services.Request.Context.Path}'",
    };

    private static SourceSelection OpenContext(ContextFolder context) =>
        Directory.Exists(context.Path)
            ? new SourceSelection(UnionView.OfContext(context.Path), context.Filter, withSpecialFiles: false)
            : throw new BuildFailedException(StepDiagnostics.NoContext(context.Path));

    /// <summary>What a copy's digest was made of; the files are null when they are not needed any more.</summary>
    private sealed record HashedSelection(string Digest, CopySelection? Selection);
}
