using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;
using ContainerStages.Stages;

namespace ContainerStages.Conventions;

/// <summary>
/// The stages of a Go module whose project names none: a builder on <c>golang:VERSION-alpine</c>, and an image of one layer on the base
/// image (default scratch) with the programs and, on scratch, what programs expect of a system.
/// </summary>
internal static class GoConvention
{
    private const string Builder = "builder";
    private const string SourceFolder = "/src";
    private const string ProgramFolder = "/usr/local/bin";
    private const string ModuleCache = "/go/pkg/mod";
    private const string BuildCache = "/root/.cache/go-build";

    /// <summary>
    /// Rules of the ignore file that stand before the module's own: what no Go build needs, and what changes without need.
    /// </summary>
    public static ImmutableArray<string> DefaultIgnoreRules => ["obj", "bin/Debug", "bin/Release", ".git", "*.goproj", ".dockerignore"];

    /// <summary>Makes the stages from go.mod and the project's Go properties.</summary>
    /// <param name="project">A project with <see cref="ProjectDefinition.Go"/> and neither stages nor artifacts.</param>
    /// <param name="contextDirectory">The build context; it holds the module's folder.</param>
    /// <param name="target">Platform of the image.</param>
    /// <param name="build">Platform of the machine that builds: without cgo, the builder runs on it and compiles across.</param>
    /// <param name="buildArgs">Build arguments.</param>
    /// <exception cref="BuildFailedException">go.mod is missing or malformed, or a property is.</exception>
    public static StageSet Create(
        ProjectDefinition project,
        string contextDirectory,
        Platform target,
        Platform build,
        IReadOnlyDictionary<string, string> buildArgs)
    {
        var location = new SourceLocation(project.File);
        var module = project.Go ?? throw new ArgumentException("The project is no Go module.", nameof(project));
        var goMod = GoMod.ReadFile(module.Directory, location);
        var folder = ModuleFolder(module, contextDirectory, location);
        var folders = new GoFolders(module, goMod, contextDirectory, location);
        folders.Check();
        var programs = GoPrograms.Of(module, goMod, location);
        GoPrograms.Check(programs, module.Directory, location);
        var isCross = !module.CgoEnabled
            && (target.Os != build.Os || target.Architecture != build.Architecture || target.Variant != build.Variant);
        var command = new GoBuildCommand(module, BuilderVersion(module, goMod, folders.Workspace, location), location)
        {
            Programs = programs,
            CrossTarget = isCross ? target : null,
        };
        var builder = BuilderStage(project, command, folders, folder);
        return new StageSet(
            [builder with { Platform = isCross ? build.ToString() : null }, ImageStage(project, programs)],
            PlatformArguments.Create(target, build, buildArgs)) { AnyOrder = true };
    }

    private static GoVersion BuilderVersion(GoModule module, GoMod goMod, GoWork? workspace, SourceLocation location) =>
        module.Version is { } version
        ? Sufficient(
            GoVersion.TryParse(version) ?? throw new BuildFailedException(ProjectDiagnostics.GoVersionInvalid(version, location)),
            goMod,
            location)
        : workspace?.BuilderVersion is { } shared && shared.IsNewerThan(goMod.BuilderVersion) ? shared : goMod.BuilderVersion;

    /// <summary>
    /// From 1.21 on Go refuses a module of a newer one, and images of Go do not let it fetch that. Source: go.dev/doc/toolchain.
    /// </summary>
    private static GoVersion Sufficient(GoVersion chosen, GoMod goMod, SourceLocation location) =>
        chosen.IsAtLeast(21) && goMod.Needed is { } needed && chosen.IsSurelyOlderThan(needed)
        ? throw new BuildFailedException(GoDiagnostics.GoTooOld($"GoVersion is {chosen.Text}, and go.mod says go {needed.Text}.", location))
        : chosen;

    /// <summary>The module's folder inside the context, with slashes; empty where they are the same.</summary>
    private static string ModuleFolder(GoModule module, string contextDirectory, SourceLocation location)
    {
        var relative = Path.GetRelativePath(contextDirectory, module.Directory).Replace('\\', '/');
        return relative == "."
            ? ""
            : relative == ".." || relative.StartsWith("../", StringComparison.Ordinal) || Path.IsPathRooted(relative)
                ? throw new BuildFailedException(ProjectDiagnostics.GoModuleOutsideContext(module.Directory, contextDirectory, location))
                : relative + "/";
    }

    private static Stage BuilderStage(ProjectDefinition project, GoBuildCommand command, GoFolders folders, string folder)
    {
        var location = new SourceLocation(project.File);
        var instructions = ImmutableArray.CreateBuilder<Instruction>();
        instructions.Add(Variables(location));
        instructions.Add(Workdir(location, SourceFolder));
        // Modules are fetched before the source is copied, so that a changed source fetches nothing.
        if (folders.CanDownload)
        {
            string[] files = File.Exists(Path.Combine(command.Module.Directory, "go.sum")) ? ["go.mod", "go.sum"] : ["go.mod"];
            instructions.Add(CopyFromContext(location, [.. files.Select(file => folder + file)], "./" + folder));
            instructions.Add(
                Run(location, (folder.Length == 0 ? "" : $"cd {ShellText.Quote(folder)} && ") + "go mod download", command, folders));
        }

        instructions.Add(CopyFromContext(location, ["."], "."));
        if (folder.Length > 0)
        {
            instructions.Add(Workdir(location, $"{SourceFolder}/{folder.TrimEnd('/')}"));
        }

        instructions.Add(Run(location, command.ToString(), command, folders));
        return new Stage
        {
            Index = 0,
            Name = Builder,
            From = command.Module.BuilderImage ?? $"golang:{command.Version.Text}{(command.Module.CgoEnabled ? "" : "-alpine")}",
            FromAdvice = command.Module.BuilderImage is null
                ? $"It has the Go that {(command.Module.Version is null ? "go.mod names" : "GoVersion names")}: set GoVersion to a " +
                    "version that has an image, or ContainerStagesBuilderImage to an image."
                : "It is what ContainerStagesBuilderImage names: remove the property for the default one.",
            Location = location,
            Instructions = instructions.ToImmutable(),
        };
    }

    private static Stage ImageStage(ProjectDefinition project, ImmutableArray<GoProgram> programs)
    {
        var location = new SourceLocation(project.File);
        // The program itself holds the time zones.
        var kit = ScratchKit.For(project, byDefault: true, withZones: false);
        var config = kit.Configure(project.Config with { Entrypoint = project.Config.Entrypoint ?? [PathOf(programs[0])] });
        return new Stage
        {
            Index = 1,
            From = project.BaseImage ?? StageNames.Scratch,
            Location = location,
            Instructions =
            [
                new ArtifactsInstruction(
                    location,
                    [
                        .. kit.Copies(Builder),
                        .. programs.Select(program =>
                            ImageSettings.Copy(location, Builder, $"{GoBuildCommand.OutputFolder}/{program.Name}", PathOf(program))),
                    ]),
                .. ImageSettings.ToInstructions(config, location),
            ],
        };
    }

    private static string PathOf(GoProgram program) => $"{ProgramFolder}/{program.Name}";

    private static WorkdirInstruction Workdir(SourceLocation location, string path) =>
        new(location, $"WORKDIR {path}", new WordExpander().Protect(path));

    private static EnvInstruction Variables(SourceLocation location) =>
        new(
            location,
            $"ENV GOCACHE={BuildCache} GOMODCACHE={ModuleCache}",
            [new NameValue("GOCACHE", BuildCache), new NameValue("GOMODCACHE", ModuleCache)]);

    /// <summary>
    /// Go checks downloaded modules and holds its locks across builds, so all share them. What it compiled it finds again by the version of
    /// the compiler, not by the files of it nor by C's headers: another base image has another cache.
    /// A vendored module downloads nothing, and sees nothing that others downloaded: go writes a module's checksum
    /// into the program where the cache has that module (cmd/go, modfetch.Sum).
    /// </summary>
    private static RunInstruction Run(SourceLocation location, string text, GoBuildCommand command, GoFolders folders) =>
        new(location, $"RUN {text}", new ShellForm(text))
    {
        Mounts =
        [
            .. folders.HasVendor
                ? (CacheMount[])[]
                : [new CacheMount(ModuleCache) { Id = "containerstages-go-modules", Convention = "go" }],
            new CacheMount(BuildCache) { Id = "containerstages-go-build-" + command.Version.Text, Convention = "go", OfBase = true },
        ],
        Explain = lines => folders.Explain(lines) ?? GoFailures.Explain(lines, command.Module, location),
    };

    private static CopyInstruction CopyFromContext(SourceLocation location, ImmutableArray<string> sources, string destination)
    {
        var words = new WordExpander();
        return new CopyInstruction(
            location,
            $"COPY {string.Join(' ', sources)} {destination}",
            [.. sources.Select(words.Protect)],
            words.Protect(destination));
    }
}
