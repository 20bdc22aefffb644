using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;
using ContainerStages.Stages;

namespace ContainerStages.Conventions;

/// <summary>
/// The stages of a .NET application whose project names none: a builder on the .NET SDK's image, which restores before it sees the source,
/// and an image whose layers hold what changes equally often. Where the application was published on this machine, there is no builder.
/// </summary>
internal static class DotNetConvention
{
    private const string Builder = "builder";
    private const string Published = "published";
    private const string SourceFolder = "/src";
    private const string OutputFolder = "/out/app";
    private const string ApplicationFolder = "/app/";
    private const string PackagesFolder = "/nuget";

    /// <summary>Whoever the image's user is, the program can be read, and a umask of this machine shows nowhere.</summary>
    private const string Modes = "u=rwX,go=rX";

    /// <summary>In the builder no build of an image is to begin again.</summary>
    private const string InertProperty = "_ContainerStagesInBuilder=true";

    /// <summary>
    /// Rules of the ignore file that stand before the context's own: what a build on this machine wrote, and what no build reads.
    /// </summary>
    public static ImmutableArray<string> IgnoreRules(DotNetApplication application) =>
    [
        .. application.PublishDirectory is null ? (string[])["**/bin", "**/obj", "**/.git", "**/.vs", "**/*.user", "**/.dockerignore"] : [],
        .. application.IgnoreRules,
    ];

    /// <param name="project">
    /// A project with <see cref="ProjectDefinition.DotNet"/> and a base image, and neither stages nor artifacts.
    /// </param>
    /// <param name="target">Platform of the image.</param>
    /// <param name="build">Platform of the machine that builds: the builder runs on it and compiles across.</param>
    /// <param name="buildArgs">Build arguments.</param>
    /// <exception cref="BuildFailedException">The application cannot be built for the platform.</exception>
    public static StageSet Create(ProjectDefinition project, Platform target, Platform build, IReadOnlyDictionary<string, string> buildArgs)
    {
        var application = project.DotNet ?? throw new ArgumentException("The project is no .NET application.", nameof(project));
        var arguments = PlatformArguments.Create(target, build, buildArgs);
        if (PublishedFolder(application, target) is { } folder)
        {
            var contexts = NamedContexts.None.With(Published, new StageSource.Folder(folder));
            return new StageSet([ImageStage(project, application, 0, Published, "/")], arguments) { AnyOrder = true, Contexts = contexts };
        }

        var toolchain = new DotNetToolchain(application, target, build, new SourceLocation(project.File));
        return new StageSet(
            [BuilderStage(project, application, toolchain), ImageStage(project, application, 1, Builder, OutputFolder + "/")],
            arguments) { AnyOrder = true };
    }

    private static string? PublishedFolder(DotNetApplication application, Platform platform) =>
        application.PlatformDirectories.FirstOrDefault(pair => Platform.TryParse(pair.Key) == platform).Value
            ?? application.PublishDirectory;

    private static Stage BuilderStage(ProjectDefinition project, DotNetApplication application, DotNetToolchain toolchain)
    {
        var location = new SourceLocation(project.File);
        var publish = new DotNetPublishCommand(
            application,
            toolchain.RuntimeIdentifier,
            InertProperty,
            OutputFolder,
            PackagesFolder + "/packages");
        var instructions = ImmutableArray.CreateBuilder<Instruction>();
        instructions.Add(Variables(location));
        if (toolchain.Installation is { } installation)
        {
            instructions.Add(new RunInstruction(location, $"RUN {installation}", new ShellForm(installation))
            {
                Explain = lines => DotNetFailures.ExplainInstallation(lines, toolchain, location),
            });
        }

        instructions.Add(new WorkdirInstruction(location, $"WORKDIR {SourceFolder}", SourceFolder));
        instructions.AddRange(application.Files.Select(file => Write(location, file)));
        instructions.Add(CopyFromContext(location, application.RestoreFiles));
        instructions.Add(Run(location, "restore", publish.Restore, application));
        instructions.Add(CopyFromContext(location, application.Sources));
        instructions.Add(Run(location, "publish", publish.Publish, application));
        return new Stage
        {
            Index = 0,
            Name = Builder,
            From = toolchain.BuilderImage,
            FromAdvice = application.BuilderImage is null
                ? $"It builds {application.Framework}: set ContainerStagesBuilderImage to an image that has that .NET SDK (or a newer " +
                    "one), or choose another target framework."
                : "It is what ContainerStagesBuilderImage names: remove the property for the default one.",
            Platform = toolchain.BuilderPlatform,
            Location = location,
            Instructions = instructions.ToImmutable(),
        };
    }

    /// <summary>
    /// Packages, what was downloaded of them, and the locks of both are in one cache, so that builds at the same time see each other's
    /// locks.
    /// </summary>
    private static EnvInstruction Variables(SourceLocation location)
    {
        (string Name, string Value)[] variables =
        [
            ("DOTNET_CLI_TELEMETRY_OPTOUT", "1"), ("DOTNET_NOLOGO", "1"), ("DOTNET_GENERATE_ASPNET_CERTIFICATE", "false"),
            ("MSBUILDDISABLENODEREUSE", "1"),
            ("NUGET_PACKAGES", PackagesFolder + "/packages"), ("NUGET_HTTP_CACHE_PATH", PackagesFolder + "/http"),
            ("NUGET_SCRATCH", PackagesFolder + "/scratch"),
        ];
        var text = string.Join(' ', variables.Select(variable => $"{variable.Name}={variable.Value}"));
        return new EnvInstruction(location, $"ENV {text}", [.. variables.Select(variable => new NameValue(variable.Name, variable.Value))]);
    }

    private static Stage ImageStage(ProjectDefinition project, DotNetApplication application, int index, string from, string source)
    {
        var location = new SourceLocation(project.File);
        var folder = (project.Config.WorkingDirectory ?? ApplicationFolder).TrimEnd('/') + "/";
        var settings = ImageSettings.ToInstructions(project.Config, location);
        return new Stage
        {
            Index = index,
            From = project.BaseImage ?? StageNames.Scratch,
            FromAdvice = "Set ContainerBaseImage to an image that has the runtime, or choose another ContainerFamily or target framework.",
            Location = location,
            Instructions =
            [
                .. Enum.GetValues<PublishedLayer>().Select(layer => ImageSettings.Copy(location, from, source, folder, chmod: Modes) with
                {
                    Text = $"COPY --from={from} {source} {folder} # {layer.ToString().ToLowerInvariant()}",
                    Part = new PublishedPart(application.AssemblyName, layer),
                    SkipMissing = true,
                    Excludes = application is { NativeAot: true, PublishDirectory: null } ? ["**/*.dbg"] : [],
                }),
                // The project's own ASPNETCORE_URLS says which ports there are; its ports and user come on top.
                .. settings.TakeWhile(instruction => instruction is EnvInstruction),
                new BaseVariablesInstruction(location),
                .. settings.SkipWhile(instruction => instruction is EnvInstruction),
            ],
        };
    }

    private static CopyInstruction Write(SourceLocation location, WrittenFile file)
    {
        var name = file.Path[(file.Path.LastIndexOf('/') + 1)..];
        return new CopyInstruction(location, $"COPY <<{name} {file.Path}", [$"<<{name}"], new WordExpander().Protect(file.Path))
        {
            Documents = [new HereDocument(name, file.Text, Expand: false, location)],
        };
    }

    // The whole command would fill a screen; its name is enough for people.
    private static RunInstruction Run(SourceLocation location, string verb, string command, DotNetApplication application) =>
        new(location, $"RUN dotnet {verb} {application.Project}", new ShellForm(command))
    {
        Mounts = [new CacheMount(PackagesFolder) { Id = "containerstages-nuget" }],
        Explain = lines => DotNetFailures.Explain(lines, application, location),
    };

    private static CopyInstruction CopyFromContext(SourceLocation location, IReadOnlyList<string> sources)
    {
        var words = new WordExpander();
        return new CopyInstruction(
            location, $"COPY --parents {string.Join(' ', sources)} ./", [.. sources.Select(words.Protect)], "./") { Parents = true };
    }
}
