using ContainerStages.Contracts;
using ContainerStages.Tasks.Definition;
using ContainerStages.Tasks.DotNet;
using ContainerStages.Tasks.Engine;
using ContainerStages.Tasks.Logging;
using Microsoft.Build.Framework;

namespace ContainerStages.Tasks;

/// <summary>
/// Builds the image that a project describes and publishes it: hands the project's items and properties to the engine program as one build
/// definition, and its events to the MSBuild log. Empty text means "not set".
/// </summary>
public sealed class PublishContainerStages : EngineTask, IBuildItems
{
    // The project.
    [Required] public string ProjectFile { get; set; } = "";
    [Required] public string ResultFile { get; set; } = "";
    public string MaxSize { get; set; } = "";
    /// <summary>Files, divided by ';'.</summary>
    public string Reports { get; set; } = "";

    /// <summary>Files, divided by ';'.</summary>
    public string Sboms { get; set; } = "";

    /// <summary>1: what runs is shown in the live lines of the terminal logger.</summary>
    public string HasTerminalLogger { get; set; } = "";

    // The engine.
    /// <summary>Who runs commands.</summary>
    public string Engine { get; set; } = "";
    /// <summary>How the embedded engine runs them.</summary>
    public string Sandbox { get; set; } = "";
    /// <summary>Where the engine buildkit is; several with semicolons.</summary>
    public string EngineAddress { get; set; } = "";
    /// <summary>Folder of certificates for it.</summary>
    public string EngineCertificates { get; set; } = "";
    public string CacheFrom { get; set; } = "";
    public string CacheTo { get; set; } = "";
    public string CacheMounts { get; set; } = "";
    public string NoCache { get; set; } = "";
    public string Pull { get; set; } = "";
    /// <summary>Name of a <see cref="BuildGoal"/>; empty for publishing.</summary>
    public string Goal { get; set; } = "";
    /// <summary>Path, or <c>false</c> for none.</summary>
    public string LockFile { get; set; } = "";
    /// <summary>Where the goal Export writes.</summary>
    public string ExportFile { get; set; } = "";
    public string ExportOverwrite { get; set; } = "";
    public string LockedMode { get; set; } = "";
    public string Offline { get; set; } = "";
    public string NoNewPrivileges { get; set; } = "";
    public string MaxParallelism { get; set; } = "";
    /// <summary>What commands may do beyond the ordinary; several with semicolons.</summary>
    public string Allow { get; set; } = "";
    public string Timestamp { get; set; } = "";
    public string SourceDateEpoch { get; set; } = "";
    public ITaskItem[] Mirrors { get; set; } = [];

    // What is built.
    public ITaskItem[] Stages { get; set; } = [];
    public ITaskItem[] Artifacts { get; set; } = [];
    public ITaskItem[] BuildArgs { get; set; } = [];
    public ITaskItem[] Contexts { get; set; } = [];
    /// <summary>Images of other projects: the project's full path, metadata Image with name and digest.</summary>
    public ITaskItem[] ProjectImages { get; set; } = [];
    public ITaskItem[] Secrets { get; set; } = [];
    public ITaskItem[] Agents { get; set; } = [];
    public string Dockerfile { get; set; } = "";
    public string Target { get; set; } = "";
    public string ContextDirectory { get; set; } = "";
    /// <summary>One or several, divided by ';'.</summary>
    public string RuntimeIdentifiers { get; set; } = "";
    public string PlatformTags { get; set; } = "";
    public string BaseImage { get; set; } = "";
    public string GoPackage { get; set; } = "";
    /// <summary>Of a Go module; a .NET application's comes with its other values.</summary>
    public string BuilderImage { get; set; } = "";
    public string GoVersion { get; set; } = "";
    public string GoBuildFlags { get; set; } = "";
    public string GoLdFlags { get; set; } = "";
    public string GoCgoEnabled { get; set; } = "";

    // What an image on scratch is given.
    public string Kit { get; set; } = "";
    public string KitCertificates { get; set; } = "";
    public string KitTimeZones { get; set; } = "";
    public string KitUsers { get; set; } = "";
    public string KitTemporaryFolder { get; set; } = "";
    public ITaskItem[] Certificates { get; set; } = [];

    /// <summary>At most one item, with what a .NET project without stages says of its build; none for every other project.</summary>
    public ITaskItem[] DotNetProject { get; set; } = [];

    /// <summary>Files and folders that such a build reads beside those it finds itself.</summary>
    public ITaskItem[] DotNetInputs { get; set; } = [];

    /// <summary>The items of an application that is one file, those that are files.</summary>
    public ITaskItem[] DotNetItems { get; set; } = [];

    /// <summary>
    /// Where this machine published such a build for each platform, with metadata RuntimeIdentifier; none where it published once.
    /// </summary>
    public ITaskItem[] PublishedFolders { get; set; } = [];

    /// <summary>The source file of such an application; errors stand there, because its project file is none that anybody wrote.</summary>
    public string EntryPointFile { get; set; } = "";

    /// <summary>False: commands get no certificates of this machine. Empty: those of conventions get them.</summary>
    public string HostCertificates { get; set; } = "";

    /// <summary>False: commands get no credentials of this machine. Empty: those of conventions get them.</summary>
    public string HostCredentials { get; set; } = "";

    // The image's configuration.
    public string User { get; set; } = "";
    public string WorkingDirectory { get; set; } = "";
    public ITaskItem[] Entrypoint { get; set; } = [];
    public ITaskItem[] EntrypointArgs { get; set; } = [];
    public ITaskItem[] AppCommand { get; set; } = [];
    public ITaskItem[] AppCommandArgs { get; set; } = [];
    public string AppCommandInstruction { get; set; } = "";
    public ITaskItem[] DefaultArgs { get; set; } = [];
    public ITaskItem[] Ports { get; set; } = [];
    public ITaskItem[] Labels { get; set; } = [];
    /// <summary>True: a label with the digest of the base image.</summary>
    public string BaseDigestLabel { get; set; } = "";
    public ITaskItem[] EnvironmentVariables { get; set; } = [];
    /// <summary>Dockerfile instructions, one a line.</summary>
    public string ImageInstructions { get; set; } = "";

    // Where it goes.
    /// <summary>True: into the store of the engine alone, whatever the project says of registries and archives.</summary>
    public bool BuildOnly { get; set; }
    public string Registry { get; set; } = "";
    public string Repository { get; set; } = "";
    public string ImageTag { get; set; } = "";
    public string ImageTags { get; set; } = "";
    public string ImageFormat { get; set; } = "";
    public string ArchiveOutputPath { get; set; } = "";
    public string LocalRegistry { get; set; } = "";
    /// <summary><c>auto</c>: into an engine that answers on this machine, where nothing else is named.</summary>
    public string Local { get; set; } = "";
    public string Compression { get; set; } = "";
    public ITaskItem[] Annotations { get; set; } = [];
    public ITaskItem[] Destinations { get; set; } = [];

    /// <summary>
    /// Names from the project language that are set and that this version cannot honour; metadata Instead says what to do.
    /// </summary>
    public ITaskItem[] UnsupportedNames { get; set; } = [];

    // Results, under the .NET SDK's names.
    [Output] public ITaskItem[] GeneratedContainer { get; private set; } = [];
    [Output] public string GeneratedImageIndex { get; private set; } = "";
    [Output] public string GeneratedContainerName { get; private set; } = "";
    [Output] public string GeneratedContainerDigest { get; private set; } = "";
    [Output] public string GeneratedContainerManifest { get; private set; } = "";
    [Output] public string GeneratedContainerConfiguration { get; private set; } = "";
    [Output] public string GeneratedContainerMediaType { get; private set; } = "";
    [Output] public string GeneratedArchiveOutputPath { get; private set; } = "";

    private readonly Lazy<LongSteps> longSteps;

    public PublishContainerStages() => longSteps = new Lazy<LongSteps>(() => new LongSteps(IsShownLive ? null : Log, ProjectName));

    private string ProjectName => Path.GetFileNameWithoutExtension(ProjectFile);

    // The terminal logger of `dotnet run` is quiet, and shows no target.
    private bool IsShownLive => HasTerminalLogger == "1" && Log.LogsMessagesOfImportance(MessageImportance.High);

    protected override void Await(System.Threading.Tasks.Task work)
    {
        using var steps = longSteps.Value;
        if (IsShownLive)
        {
            new StepTargets(BuildEngine, steps, ProjectName, IntermediateDirectory).ShowUntil(work);
        }
        else if (HasTerminalLogger == "1" && !Console.IsOutputRedirected)
        {
            new LiveLine(Console.Out, steps, ProjectName, Console.WindowWidth).ShowUntil(work);
        }

        base.Await(work);
    }

    protected override async System.Threading.Tasks.Task RunAsync(CancellationToken cancellationToken)
    {
        Diagnostics.ProjectFile = ProjectFile;
        Diagnostics.EntryPointFile = EntryPointFile;
        if (!OperatingSystem.IsLinux())
        {
            throw new ProjectException(
                ProjectDiagnostics.PlatformNotSupported(System.Runtime.InteropServices.RuntimeInformation.OSDescription));
        }

        var secrets = new EngineSecrets();
        var definition = new BuildDefinitionReader(this, Diagnostics, secrets).Read();
        if (definition is null)
        {
            return;
        }

        var files = new HostFiles(
            definition.Source.ContextDirectory,
            definition.Source.Project?.DotNet is { PublishDirectory: null } ? DotNetReader.SourceFolder : null);
        var events = new BuildEventLog(Log, Diagnostics, files, longSteps.Value) { ProjectName = ProjectName };
        var program = EngineProgram.Find(this);
        var exit = await RunEngineAsync(program, definition, secrets, events, cancellationToken);
        events.Complete(succeeded: exit.Code == EngineExitCode.Done);
        cancellationToken.ThrowIfCancellationRequested();
        if (exit is { HasGreeted: false, Code: not EngineExitCode.Interrupted } && Program.Length > 0)
        {
            // Whatever it did, it is not what the project says.
            Log.LogMessage(MessageImportance.Low, "{0}", exit.LastErrorLines);
            var said = FirstLine(exit.LastErrorLines);
            Diagnostics.Report(ProjectDiagnostics.NoContract(program.ProgramFile, DefinitionDocument.Greeting, exit.Code, said));
            return;
        }

        Conclude(definition, events.Result, exit);
    }

    private async Task<EngineExit> RunEngineAsync(
        EngineProgram program,
        BuildDefinition definition,
        EngineSecrets secrets,
        BuildEventLog events,
        CancellationToken cancellationToken)
    {
        var engine = new EngineProcess(program, ProjectDirectory) { Environment = secrets.Variables };
        await using var log = new EventQueue(events.Report);
        try
        {
            return await engine.RunAsync(definition, Report, cancellationToken);
        }
        finally
        {
            longSteps.Value.EndAll();
        }

        void Report(BuildEvent buildEvent)
        {
            longSteps.Value.Follow(buildEvent);
            if (IsShownLive)
            {
                log.Add(buildEvent);
            }
            else
            {
                events.Report(buildEvent);
            }
        }
    }

    private void Conclude(BuildDefinition definition, BuildResult? result, EngineExit exit)
    {
        if (exit.Code == EngineExitCode.Done && result is not null)
        {
            Return(result);
            Log.LogMessage(MessageImportance.High, ResultLine.For(ProjectName, definition, result, BuildOnly));
        }
        else if (exit.Code == EngineExitCode.Interrupted)
        {
            Diagnostics.Report(ProjectDiagnostics.Interrupted());
        }
        else if (exit.Code == EngineExitCode.Done && definition.Goal != BuildGoal.Publish)
        {
            // What it did stands in its events.
        }
        else if (!Log.HasLoggedErrors)
        {
            Log.LogMessage(MessageImportance.Low, exit.LastErrorLines);
            Diagnostics.Report(ProjectDiagnostics.EngineCrashed(exit.Code, FirstLine(exit.LastErrorLines)));
        }
        else if (UnforeseenFailure.IsTraceWanted)
        {
            Log.LogMessage(MessageImportance.High, "{0}", exit.LastErrorLines);
        }
    }

    private static string FirstLine(string lines) =>
        lines.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0) ?? "";

    private void Return(BuildResult result)
    {
        GeneratedContainerName = result.References.Count > 0 ? result.References[0] : "";
        GeneratedContainerDigest = result.ManifestDigest;
        GeneratedContainerManifest = result.Manifest;
        GeneratedContainerConfiguration = result.Configuration ?? "";
        GeneratedContainerMediaType = result.ManifestMediaType;
        GeneratedArchiveOutputPath = result.Files.Count > 0 ? result.Files[0] : "";
        GeneratedImageIndex = result.Images.Count > 0 ? result.Manifest : "";
        GeneratedContainer = GeneratedContainerItem.AllOf(result);
    }
}
