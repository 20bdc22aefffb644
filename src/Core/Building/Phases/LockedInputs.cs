using System.Collections.Concurrent;
using System.Collections.Immutable;
using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Media.Registry;
using ContainerStages.Oci;
using ContainerStages.Planning;
using ContainerStages.Sources;

namespace ContainerStages.Building;

/// <summary>What a build takes from elsewhere, and what its lock file says and learns of it.</summary>
internal sealed class LockedInputs
{
    private readonly BuildDefinition definition;
    private readonly StoreDirectory store;
    private readonly ImageSources sources;
    private readonly LockedSources? images;

    public LockedInputs(BuildDefinition definition, StoreDirectory store, ImageSources sources)
    {
        (this.definition, this.store, this.sources) = (definition, store, sources);
        Lock = definition.Policy.LockFile is { } path
            ? new ProjectLock(path, definition.Source.Project?.File ?? definition.Source.Dockerfile)
            : null;
        images = Lock is null ? null : new LockedSources(sources, Lock);
    }

    /// <summary>The project's part of the lock file, or null.</summary>
    public ProjectLock? Lock { get; }

    /// <summary>What addresses and repositories are to give; nothing while that is asked anew.</summary>
    public LockedSourceSet Locked => Lock is null || definition.Goal == BuildGoal.UpdateLock
        ? LockedSourceSet.Empty
        : new LockedSourceSet(
            Lock.Known.Files.ToImmutableDictionary(file => file.Key, file => file.Value.ToString(), StringComparer.Ordinal),
            Lock.Known.Commits);

    /// <summary>Manifest and configuration of each image, asked for side by side.</summary>
    /// <param name="named">Advice is what to do where an image is not to be had.</param>
    /// <param name="cancellationToken">Stops asking.</param>
    /// <exception cref="BuildFailedException">An image cannot be had, or the lock file forbids it.</exception>
    public async Task<PulledImage[]> ResolveAsync(
        IReadOnlyList<(ImageReference Reference, Platform Platform, string? Advice)> named, CancellationToken cancellationToken)
    {
        if (definition.Policy.Locked
            && images?.Missing(named.Select(image => (image.Reference, image.Platform))).ToArray() is { Length: > 0 } lacking)
        {
            throw new BuildFailedException(LockDiagnostics.LockedModeLacks(Lock!.Path, lacking));
        }

        var missing = new ConcurrentBag<string>();
        var resolved = await Task.WhenAll(named.Select(async image =>
        {
            try
            {
                return await ResolveAsync(image.Reference, image.Platform, cancellationToken);
            }
            catch (NetworkNeededException)
            {
                missing.Add($"image '{image.Reference.FamiliarName}' for {image.Platform}");
                return null;
            }
            catch (BuildFailedException failure)
                when (image.Advice is { } advice && failure.Diagnostics is [var only] && RegistryDiagnostics.BlamesReference(only))
            {
                throw new BuildFailedException(RegistryDiagnostics.WithAdvice(only, advice), failure);
            }
        }));
        return missing.IsEmpty
            ? [.. resolved.OfType<PulledImage>()]
            : throw new BuildFailedException(OfflineDiagnostics.Missing(missing.Order(StringComparer.Ordinal)));
    }

    /// <summary>In locked mode nothing is fetched that the lock file does not name.</summary>
    public void RequireLocked(BuildPlan plan)
    {
        if (!definition.Policy.Locked || Lock is null)
        {
            return;
        }

        var lacking = plan.Stages.SelectMany(stage => stage.Steps).SelectMany(step => step.Reads).Select(copy => copy.From switch
        {
            FromAddress { IsUnlockable: true } address =>
                $"{address.Address.GetLeftPart(UriPartial.Path)} (its address has a query, which no lock " +
                "file shows: give ADD a --checksum)",
            FromAddress { LockName: { } name } when !Lock.Known.Files.ContainsKey(name) => name,
            FromRepository { LockName: { } name } when !Lock.Known.Commits.ContainsKey(name) => name,
            _ => null,
        }).OfType<string>().Distinct(StringComparer.Ordinal).ToArray();
        if (lacking.Length > 0)
        {
            throw new BuildFailedException(LockDiagnostics.LockedModeLacks(Lock.Path, lacking));
        }
    }

    /// <summary>Takes note of what an address or a repository gave.</summary>
    public void Learn(CopySource source, string result)
    {
        switch (source)
        {
            case FromAddress { LockName: { } name }:
                Lock?.LearnFile(name, Digest.Parse(result));
                break;
            case FromRepository { LockName: { } name }:
                Lock?.LearnCommit(name, result);
                break;
            default:
                break;
        }
    }

    /// <summary>Writes what the lock file lacks. In locked mode it lacks nothing.</summary>
    public Task SaveAsync(CancellationToken cancellationToken) => Lock?.AddAsync(store, cancellationToken) ?? Task.CompletedTask;

    private Task<PulledImage> ResolveAsync(
        ImageReference reference, Platform platform, CancellationToken cancellationToken) => images switch
    {
        null => sources.ResolveAsync(reference, platform, cancellationToken),
        _ when definition.Goal == BuildGoal.UpdateLock => images.UpdateAsync(reference, platform, cancellationToken),
        _ => images.ResolveAsync(reference, platform, cancellationToken),
    };
}
