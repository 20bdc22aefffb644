using ContainerStages.Content;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;

namespace ContainerStages.Sources;

/// <summary>
/// What one project has in a lock file, while it is built: what stood there, and what was learned that did not. Safe for several threads.
/// </summary>
internal sealed class ProjectLock
{
    private readonly Lock gate = new();
    private readonly string path;
    private readonly string project;
    private LockedInputs learned = LockedInputs.Empty;

    /// <param name="path">The lock file; may be missing.</param>
    /// <param name="source">The project file or Dockerfile, or null: the entries' name is its path from the lock file.</param>
    /// <exception cref="BuildFailedException">The file is damaged.</exception>
    public ProjectLock(string path, string? source)
    {
        this.path = path;
        project = source is null ? "Dockerfile" : System.IO.Path.GetRelativePath(System.IO.Path.GetDirectoryName(path)!, source);
        Known = LockFile.Read(path).Of(project);
    }

    public string Path => path;

    /// <summary>What stood in the file.</summary>
    public LockedInputs Known { get; }

    /// <summary>What was learned since.</summary>
    public LockedInputs Learned
    {
        get
        {
            lock (gate)
            {
                return learned;
            }
        }
    }

    /// <summary>What the file says of an image, or null.</summary>
    public LockedImage? Find(ImageReference reference) => Known.Images.GetValueOrDefault(reference.FamiliarName);

    /// <summary>
    /// Takes note of an image; null, or the digest that the name already has for other platforms, which are to be of one image.
    /// </summary>
    /// <param name="named">The digest of the index, or that of the manifest where there is none.</param>
    public Digest? Learn(ImageReference reference, Platform platform, Digest named, Digest manifest)
    {
        lock (gate)
        {
            var entry = learned.Images.GetValueOrDefault(reference.FamiliarName);
            if (entry is not null && entry.Named != named)
            {
                return entry.Named;
            }

            var platforms = (entry ?? LockedImage.Empty).Platforms.SetItem(platform.ToString(), manifest);
            learned = learned with
            {
                Images = learned.Images.SetItem(reference.FamiliarName, new LockedImage(named == manifest ? null : named, platforms)),
            };
            return null;
        }
    }

    public void LearnFile(string address, Digest digest)
    {
        lock (gate)
        {
            learned = learned with { Files = learned.Files.SetItem(address, digest) };
        }
    }

    public void LearnCommit(string repository, string commit)
    {
        lock (gate)
        {
            learned = learned with { Commits = learned.Commits.SetItem(repository, commit) };
        }
    }

    /// <summary>Adds to the file what was learned and is not there; does not touch a file that lacks nothing.</summary>
    public Task AddAsync(StoreDirectory store, CancellationToken cancellationToken) =>
        Learned.IsEmpty ? Task.CompletedTask : WriteAsync(store, Merge, cancellationToken);

    /// <summary>Puts what was learned in the place of what stood there.</summary>
    public Task ReplaceAsync(StoreDirectory store, CancellationToken cancellationToken) =>
        WriteAsync(store, (_, now) => now, cancellationToken);

    private async Task WriteAsync(
        StoreDirectory store,
        Func<LockedInputs, LockedInputs,
        LockedInputs> combine,
        CancellationToken cancellationToken)
    {
        // Projects of one folder may be built at once: each adds to what the other has just written.
        using var held = await store.LockAsync("lock-file-" + StoreDirectory.KeyOf(path)[..32], cancellationToken);
        var before = LockFile.Read(path);
        var after = before.With(project, combine(before.Of(project), Learned)).ToText();
        try
        {
            if (!File.Exists(path) || File.ReadAllText(path) != after)
            {
                StoreDirectory.WriteAtomically(path, System.Text.Encoding.UTF8.GetBytes(after));
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new BuildFailedException(LockDiagnostics.NotAccessible(path, failure.Message), failure);
        }
    }

    private static LockedInputs Merge(LockedInputs before, LockedInputs learned) => new(
        before.Images.SetItems(
            learned.Images.Select(image => KeyValuePair.Create(image.Key, Merge(before.Images.GetValueOrDefault(image.Key), image.Value)))),
        before.Files.SetItems(learned.Files),
        before.Commits.SetItems(learned.Commits));

    private static LockedImage Merge(LockedImage? before, LockedImage learned) =>
        before is null || before.Named != learned.Named
            ? learned
            : learned with { Platforms = before.Platforms.SetItems(learned.Platforms) };
}
