using ContainerStages.Contracts;
using ContainerStages.Tasks.Engine;
using ContainerStages.Tasks.Git;
using ContainerStages.Tasks.Logging;
using ContainerStages.Tasks.Project;
using Microsoft.Build.Framework;

namespace ContainerStages.Tasks.DotNet;

internal interface IDotNetItems : IProjectItems
{
    IBuildEngine BuildEngine { get; }

    string IntermediateDirectory { get; }

    bool BuildOnly { get; }

    string Goal { get; }

    string LockFile { get; }

    string ContextDirectory { get; }

    string RuntimeIdentifiers { get; }

    ITaskItem[] DotNetProject { get; }

    ITaskItem[] DotNetInputs { get; }

    ITaskItem[] DotNetItems { get; }

    ITaskItem[] PublishedFolders { get; }
}

/// <summary>What a .NET project says of its build, as the engine wants to know it.</summary>
internal sealed record DotNetBuild(DotNetApplication Application, string ContextDirectory, MachineAccess Access);

/// <summary>Reads the item that the targets make of a .NET project without stages.</summary>
internal sealed class DotNetReader(IDotNetItems task, ProblemList problems, EngineSecrets secrets)
{
    /// <summary>The folder of the builder that stands for the context.</summary>
    public const string SourceFolder = "/src";

    private const string PackagesFolder = "/nuget/packages";

    /// <summary>Written after a build: in the context each would make the next build another one, and the Web SDK publishes it.</summary>
    private const string LockFiles = "**/containerstages.lock.json";

    private readonly ITaskItem item = task.DotNetProject[0];

    /// <summary>The source file of an application that is one file; null for a project.</summary>
    private string? EntryPoint => NullIfEmpty(Value("EntryPoint"));

    /// <exception cref="ProjectException">The project cannot be built by convention.</exception>
    public DotNetBuild Read(IReadOnlyList<RequestedPlatform> platforms)
    {
        var application = new DotNetApplication
        {
            Project = "",
            AssetsFile = "",
            AssemblyName = Value("AssemblyName"),
            Framework = Framework(),
            Musl = Value("ContainerFamily").StartsWith("alpine", StringComparison.OrdinalIgnoreCase)
                || task.RuntimeIdentifiers.Contains("linux-musl-", StringComparison.OrdinalIgnoreCase),
            NativeAot = IsTrue("PublishAot"),
            BuilderImage = NullIfEmpty(Value("BuilderImage")),
        };
        if (Value("OutputType").Equals("Library", StringComparison.OrdinalIgnoreCase))
        {
            throw new ProjectException(DotNetDiagnostics.NotAnApplication(Value("OutputType"), task.ProjectFile));
        }

        return Value("Builder").ToUpperInvariant() switch
        {
            "" or "CONTAINER" => InContainer(application),
            "HOST" => OnHost(application, platforms),
            _ => throw new ProjectException(DotNetDiagnostics.UnknownBuilder(Value("Builder"), task.ProjectFile)),
        };
    }

    private DotNetBuild OnHost(DotNetApplication application, IReadOnlyList<RequestedPlatform> platforms)
    {
        string Folder(string path) => Path.TrimEndingDirectorySeparator(task.FullPath(path));
        var folders = task.PublishedFolders
            .ToDictionary(
                folder => folder.GetMetadata("RuntimeIdentifier"),
                folder => Folder(folder.ItemSpec),
                StringComparer.OrdinalIgnoreCase);
        application = application with
        {
            PublishDirectory = Folder(Value("PublishDirectory")),
            PlatformDirectories = folders.Count == 0
                ? application.PlatformDirectories
                : platforms.ToDictionary(
                    platform => platform.Name,
                    platform => folders[platform.RuntimeIdentifier],
                    StringComparer.Ordinal),
        };
        return new DotNetBuild(application, Path.TrimEndingDirectorySeparator(task.ProjectDirectory), new MachineAccess());
    }

    private DotNetBuild InContainer(DotNetApplication application)
    {
        WarnOfSwitches();
        var graph = RestoreGraph.Read(task.FullPath(Value("RestoreGraphFile")), item.ItemSpec);
        var global = GlobalProperties.Of(task.BuildEngine);
        var inputs = Inputs(graph, global);
        var far = new FarFiles(task.ProjectFile).Read(inputs.RemoveFar());
        var git = GitOption.Read(Value("Git"), graph, inputs, Value, item.ItemSpec);
        var ofSolution = GlobalProperties.OfSolution(global, inputs.ProjectFiles).ToList();
        inputs.Widen([
            .. git.Repositories.Select(repository => repository.Root),
            .. ofSolution.Select(property => property.Value).Where(Directory.Exists).Select(Path.TrimEndingDirectorySeparator),
        ]);
        var context = Context(inputs);
        var settings = new NuGetSettings();
        var properties = GlobalProperties.Flowing(global).Concat(ofSolution).ToLookup(property => GlobalProperties.IsSecret(property.Key));
        var (files, hidden) = new BuilderFiles(graph, settings, SourceFolder).Read(context, task.ProjectDirectory);
        var reader = new MachineAccessReader(secrets);
        return new DotNetBuild(
            application with
            {
                Project = Relative(EntryPoint ?? task.ProjectFile, context),
                AssetsFile = EntryPoint is null ? Relative(task.FullPath(Value("AssetsFile")), context) : "",
                RestoreFiles = [.. inputs.RestoreFiles.Select(file => Relative(file, context))],
                Sources = [.. inputs.Sources.Select(path => Relative(path, context))],
                IgnoreRules = [.. hidden, LockFiles, .. Ignored(Value("ArtifactsPath"), context), .. Ignored(task.LockFile, context)],
                Files =
                [
                    .. files,
                    .. far,
                    .. inputs.RestoreNames.Select(file => new WrittenFile($"{SourceFolder}/{Relative(file, context)}", "")),
                ],
                Properties = Properties(properties[false], context),
                PublishProperties = FromGit(git),
                GitState = git.State,
            },
            context,
            new MachineAccess
            {
                Files =
                [
                    .. Package(),
                    .. settings.Feeds.Where(feed => Directory.Exists(feed.Source)),
                    .. git.Files(context, SourceFolder, task.IntermediateDirectory),
                    .. IsOff("HostCertificates") ? [] : MachineAccessReader.Certificates(),
                    .. IsOff("HostCredentials") ? [] : MachineAccessReader.NuGetPlugins(),
                ],
                Secrets = IsOff("HostCredentials") ? [] : [.. reader.NuGet(settings), .. reader.Properties(properties[true])],
            });
    }

    /// <summary>
    /// What text, evaluation and the user name. An application that is one file has no project file to evaluate again: its items are those
    /// of this build.
    /// </summary>
    private ProjectInputs Inputs(RestoreGraph graph, IReadOnlyDictionary<string, string> global)
    {
        var evaluated = EvaluatedInputs.Read(graph, global);
        var own = EntryPoint is null ? [] : task.DotNetItems.Select(found => task.FullPath(found.ItemSpec)).Where(File.Exists);
        var inputs = new ProjectInputs(
            [.. evaluated.Projects],
            task.DotNetInputs.Select(input => task.FullPath(input.ItemSpec)).Concat(own),
            EntryPoint);
        inputs.Add(evaluated);

        // The builder gets them without what is secret in them.
        inputs.Remove(graph.ConfigFiles);
        return inputs;
    }

    /// <summary>What dotnet publish was told of this machine's folders means nothing where the builder publishes.</summary>
    private void WarnOfSwitches()
    {
        if (task.BuildOnly || task.Goal.Length > 0)
        {
            return;
        }

        if (GlobalProperties.Value(task.BuildEngine, "PublishDir") is { Length: > 0 } folder)
        {
            problems.Add(DotNetDiagnostics.PublishFolderUnused(folder, task.ProjectFile));
        }

        if (GlobalProperties.Value(task.BuildEngine, "NoBuild").Equals("true", StringComparison.OrdinalIgnoreCase))
        {
            problems.Add(DotNetDiagnostics.NoBuildUnused(task.ProjectFile));
        }
    }

    /// <summary>The folder the user named, or the one that holds everything.</summary>
    private string Context(ProjectInputs inputs)
    {
        var named = task.ContextDirectory.Length == 0 ? task.ProjectDirectory : task.FullPath(task.ContextDirectory);
        named = Path.TrimEndingDirectorySeparator(named);
        if (named == Path.TrimEndingDirectorySeparator(task.ProjectDirectory))
        {
            return inputs.Root;
        }

        var outside = inputs.RestoreFiles.Concat(inputs.Sources).FirstOrDefault(path => !ProjectPaths.IsInside(path, named));
        return outside is null ? named : throw new ProjectException(DotNetDiagnostics.OutsideContext(outside, named, task.ProjectFile));
    }

    // A repository that the builder sees says it all itself, for each project its own.
    private SortedDictionary<string, string> FromGit(GitOption git)
    {
        var known = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (git.State is not null)
        {
            if (IsTrue("ContinuousIntegrationBuild"))
            {
                known["ContinuousIntegrationBuild"] = "true";
            }
        }
        else if (Value("SourceRevisionId") is { Length: > 0 } revision)
        {
            known["SourceRevisionId"] = revision;
            if (IsTrue("PublishRepositoryUrl") && Value("PrivateRepositoryUrl") is { Length: > 0 } address)
            {
                known["PrivateRepositoryUrl"] = GitSettings.WithoutUser(address);
            }
        }

        return known;
    }

    private SortedDictionary<string, string> Properties(IEnumerable<KeyValuePair<string, string>> flowing, string context)
    {
        var properties = new SortedDictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in flowing)
        {
            properties[name] = GlobalProperties.Translate(value, context, SourceFolder);
        }

        // Decided here by rules that the builder's own evaluation cannot know.
        properties["Configuration"] = Value("Configuration");
        if (IsTrue("IsOneOfSeveral"))
        {
            properties["TargetFramework"] = Value("TargetFramework");
        }

        return properties;
    }

    /// <summary>
    /// This package, so that the project's Sdk or PackageReference is found where no feed has it. A folder of another form is none of
    /// NuGet's.
    /// </summary>
    private IEnumerable<MachineFile> Package()
    {
        var folder = Path.TrimEndingDirectorySeparator(task.FullPath(Value("PackageFolder")));
        var (id, version) = (Path.GetFileName(Path.GetDirectoryName(folder)), Path.GetFileName(folder));
        return File.Exists(Path.Combine(folder, ".nupkg.metadata")) ? [new MachineFile(folder, $"{PackagesFolder}/{id}/{version}")] : [];
    }

    private string Framework()
    {
        var version = Value("TargetFrameworkVersion").TrimStart('v');
        return Value("TargetFrameworkIdentifier") == ".NETCoreApp"
            && Value("TargetPlatform").Length == 0
            && Version.TryParse(version, out var number)
            && number.Major >= 6
            ? version
            : throw new ProjectException(DotNetDiagnostics.NoImageFor(Value("TargetFramework"), task.ProjectFile));
    }

    private IEnumerable<string> Ignored(string value, string context) =>
        value.Length > 0 && task.FullPath(value).TrimEnd('/') is var path && path != context && ProjectPaths.IsInside(path, context)
            ? [Relative(path, context)]
            : [];

    private bool IsTrue(string name) => Value(name).Equals("true", StringComparison.OrdinalIgnoreCase);

    private bool IsOff(string name) => Value(name).Equals("false", StringComparison.OrdinalIgnoreCase);

    private string Value(string name) => item.GetMetadata(name).Trim();

    private static string Relative(string path, string context) => Path.GetRelativePath(context, path);

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
