using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Engines;
using ContainerStages.Layers;
using ContainerStages.Planning;
using ContainerStages.Snapshots;
using ContainerStages.Stages;

namespace ContainerStages.Building;

/// <summary>
/// The definition of a build with every context that is no folder of this machine fetched into one: standard input, archives, web
/// addresses, git repositories. What was unpacked goes when this is disposed. Source: docker buildx build, Build context; BuildKit,
/// dockerui/context.go.
/// </summary>
internal sealed class FetchedContexts : IDisposable
{
    private const string StandardInput = "-";
    private readonly BuildDefinition asked;
    private readonly Lazy<TemporaryFolder> scratch;
    private StoreDirectory? store;
    private int count;

    private FetchedContexts(BuildDefinition asked)
    {
        this.asked = asked;
        scratch = new Lazy<TemporaryFolder>(() => new SnapshotStore(Store).CreateTemporary("context"));
        Source = asked.Source;
    }

    /// <summary>With folders alone.</summary>
    public BuildDefinition Definition => asked with { Source = Source };

    private BuildSource Source { get; set; }

    /// <summary>What messages call the Dockerfile, where its path would tell nothing; else null.</summary>
    public string? DockerfileName { get; private set; }

    // Most builds have nothing to fetch, and open no store here.
    private StoreDirectory Store => store ??= new StoreDirectory(asked.Policy.Store ?? StoreDirectory.DefaultPath());

    private SourceFetching Fetching => field ??= new SourceFetching(Store) { Offline = asked.Policy.Offline, Commands = asked.Commands };

    private Downloads Downloads => field ??= new Downloads(Fetching);

    private GitRepositories Repositories => field ??= new GitRepositories(Fetching);

    /// <param name="definition">What was asked for.</param>
    /// <param name="fetches">Called where something is to be fetched, before standard input is touched.</param>
    /// <param name="cancellationToken">Stops waiting for standard input and servers.</param>
    /// <exception cref="BuildFailedException">A context is none, or cannot be fetched.</exception>
    public static async Task<FetchedContexts> OpenAsync(BuildDefinition definition, Action fetches, CancellationToken cancellationToken)
    {
        var isContextHere = definition.Source.ContextDirectory != StandardInput
            && (definition.Source.Project is not null || Path.IsPathRooted(definition.Source.Dockerfile));
        var isDockerfileHere = definition.Source.Dockerfile != StandardInput;
        var elsewhere = definition.Source.BuildContexts.Where(context => IsAddress(context.Value)).ToArray();
        var contexts = new FetchedContexts(definition);
        if (isContextHere && isDockerfileHere && elsewhere.Length == 0)
        {
            return contexts;
        }

        fetches();
        try
        {
            await contexts.FetchAsync(elsewhere, cancellationToken);
            return contexts;
        }
        catch
        {
            contexts.Dispose();
            throw;
        }
    }

    /// <summary>True where the text is the address of something to fetch: http, https or git.</summary>
    public static bool IsAddress(string text) =>
        text.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
            || GitSource.TryParse(text) is not null;

    public void Dispose()
    {
        if (scratch.IsValueCreated)
        {
            scratch.Value.Dispose();
        }

        store?.Use.Dispose();
    }

    private async Task FetchAsync(KeyValuePair<string, string>[] elsewhere, CancellationToken cancellationToken)
    {
        if (asked.Source is { ContextDirectory: StandardInput, Dockerfile: StandardInput })
        {
            throw new BuildFailedException(ContextDiagnostics.InputTwice());
        }

        // Read first: whoever writes into it waits.
        var input = asked.Source.ContextDirectory == StandardInput || asked.Source.Dockerfile == StandardInput
            ? await ReadInputAsync(cancellationToken)
            : null;
        if (asked.Source.ContextDirectory == StandardInput || !Directory.Exists(asked.Source.ContextDirectory))
        {
            await FetchMainAsync(input, cancellationToken);
        }

        if (asked.Source.Dockerfile == StandardInput)
        {
            Source = Source with { Dockerfile = input };
            DockerfileName = "Dockerfile (standard input)";
        }

        var named = asked.Source.BuildContexts.ToDictionary(StringComparer.Ordinal);
        foreach (var (name, value) in elsewhere)
        {
            named[name] = await FetchNamedAsync(name, value, cancellationToken);
        }

        Source = Source with { BuildContexts = named };
    }

    private async Task FetchMainAsync(string? input, CancellationToken cancellationToken)
    {
        var context = asked.Source.ContextDirectory;
        var shown = context == StandardInput ? "standard input" : GitSource.WithoutPassword(context);
        var file = context == StandardInput ? input! : null;
        if (file is null && GitSource.TryParse(context) is { } repository)
        {
            var keepsGit = repository.KeepGitDirectory || new BuildKitArguments(asked.Source.BuildArgs).KeepGitDirectory;
            UseContext(await CheckOutAsync(repository with { KeepGitDirectory = keepsGit }, cancellationToken), shown);
            return;
        }

        var isLocal = file is null && !IsAddress(context);
        file ??= isLocal ? context : await Downloads.FetchFileAsync(new FromAddress(new Uri(context), null), null, cancellationToken);
        if (!File.Exists(file))
        {
            throw new BuildFailedException(ContextDiagnostics.NoContext(shown));
        }

        if (UserArchive.IsArchive(file))
        {
            UseContext(Unpack(file, shown, cancellationToken), shown);
        }
        else if (isLocal)
        {
            throw new BuildFailedException(ContextDiagnostics.NoContext(shown));
        }
        else
        {
            // The text of a Dockerfile: there is nothing to copy from.
            Source = Source with { ContextDirectory = NewFolder(), Dockerfile = file };
            DockerfileName = $"Dockerfile ({shown})";
        }
    }

    /// <summary>The Dockerfile is one of the context's own files: links in it lead nowhere else.</summary>
    private void UseContext(string folder, string shown)
    {
        Source = Source with { ContextDirectory = folder };
        RefuseLinkedIgnoreFile(folder, ".dockerignore", shown);
        if (asked.Source.Dockerfile is not { } name || name == StandardInput)
        {
            return;
        }

        var dockerfile = new UnionView([folder]).Find("/" + name.TrimStart('/')) is { IsRegularFile: true } found
            ? found
            : throw new BuildFailedException(ContextDiagnostics.NoDockerfile(shown, name));
        RefuseLinkedIgnoreFile(folder, dockerfile.Path[1..] + ".dockerignore", shown);
        Source = Source with { Dockerfile = dockerfile.HostPath };
        DockerfileName = name;
    }

    private async Task<string> FetchNamedAsync(string name, string value, CancellationToken cancellationToken)
    {
        string folder;
        var shown = GitSource.WithoutPassword(value);
        if (GitSource.TryParse(value) is { } repository)
        {
            folder = await CheckOutAsync(repository, cancellationToken);
        }
        else
        {
            var file = await Downloads.FetchFileAsync(new FromAddress(new Uri(value), null), null, cancellationToken);
            folder = UserArchive.IsArchive(file)
                ? Unpack(file, shown, cancellationToken)
                : throw new BuildFailedException(AddDiagnostics.BadContext(name, shown));
        }

        RefuseLinkedIgnoreFile(folder, ".dockerignore", shown);
        return folder;
    }

    private async Task<string> CheckOutAsync(GitSource repository, CancellationToken cancellationToken)
    {
        var folder = await Repositories.FetchAsync(new FromRepository(repository, repository.KeepGitDirectory), null, cancellationToken);
        return repository.Folder == "." ? folder
            : new UnionView([folder]).Find("/" + repository.Folder) is { IsDirectory: true } part ? part.HostPath!
            : throw new BuildFailedException(ContextDiagnostics.NoFolder(GitSource.WithoutPassword(repository.Remote), repository.Folder));
    }

    private string Unpack(string archive, string shown, CancellationToken cancellationToken)
    {
        var folder = NewFolder();
        UserArchive.ExtractContext(archive, shown, folder, cancellationToken);
        return folder;
    }

    /// <summary>Kept in a file: whether it is an archive is seen from its content, and archives are read from the beginning.</summary>
    private async Task<string> ReadInputAsync(CancellationToken cancellationToken)
    {
        var path = Path.Combine(scratch.Value.Path, "input");
        await using (var file = new FileStream(path, FileMode.CreateNew))
        await using (var input = Console.OpenStandardInput())
        {
            // A terminal or pipe that gives nothing cannot be told to stop, so it is left alone.
            await Task.Run(() => input.CopyToAsync(file, cancellationToken), cancellationToken).WaitAsync(cancellationToken);
        }

        return new FileInfo(path).Length > 0 ? path : throw new BuildFailedException(ContextDiagnostics.NothingOnInput());
    }

    private static void RefuseLinkedIgnoreFile(string folder, string name, string shown)
    {
        if (new FileInfo(Path.Combine(folder, name)).LinkTarget is not null)
        {
            throw new BuildFailedException(ContextDiagnostics.LinkedIgnoreFile(shown, name));
        }
    }

    private string NewFolder() => Directory.CreateDirectory(Path.Combine(scratch.Value.Path, $"files{count++}")).FullName;
}
