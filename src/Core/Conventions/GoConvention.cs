using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;
using ContainerStages.Stages;

namespace ContainerStages.Conventions;

/// <summary>
/// The stages of a Go module whose project names none: a builder on <c>golang:VERSION-alpine</c>, and an image of one layer on the base
/// image (default scratch) with the program and, on scratch, what programs expect of a system.
/// </summary>
public static class GoConvention
{
    private const string Builder = "builder";
    private const string SourceFolder = "/src";
    private const string ProgramFolder = "/usr/local/bin";
    private const string ModuleCache = "/go/pkg/mod";
    private const string BuildCache = "/root/.cache/go-build";

    /// <summary>Rules of the ignore file that stand before the module's own: what no Go build needs, and what changes without need.</summary>
    public static ImmutableArray<string> DefaultIgnoreRules => ["obj", "bin/Debug", "bin/Release", ".git", "*.goproj", ".dockerignore"];

    /// <summary>Makes the stages from go.mod and the project's Go properties.</summary>
    /// <param name="project">A project with <see cref="ProjectDefinition.Go"/> and neither stages nor artifacts.</param>
    /// <param name="contextDirectory">The build context; it holds the module's folder.</param>
    /// <param name="target">Platform of the image.</param>
    /// <param name="build">Platform of the machine that builds: without cgo, the builder runs on it and compiles across.</param>
    /// <param name="buildArgs">Build arguments.</param>
    /// <exception cref="BuildFailedException">go.mod is missing or malformed, or a property is.</exception>
    public static StageSet Create(ProjectDefinition project, string contextDirectory, Platform target, Platform build, IReadOnlyDictionary<string, string> buildArgs)
    {
        var location = new SourceLocation(project.File);
        var module = project.Go ?? throw new ArgumentException("The project is no Go module.", nameof(project));
        var goMod = GoMod.ReadFile(module.Directory, location);
        var folder = ModuleFolder(module, contextDirectory, location);
        var folders = new GoFolders(module, goMod, contextDirectory, location);
        folders.Check();
        var program = ProgramName(module, goMod, location);
        var isCross = !module.CgoEnabled && (target.Os != build.Os || target.Architecture != build.Architecture || target.Variant != build.Variant);
        var command = new GoBuildCommand(module, BuilderVersion(module, goMod, folders.Workspace, location), location)
        {
            Output = "/out/" + program,
            CrossTarget = isCross ? target : null,
        };
        var builder = BuilderStage(project, command, folders, folder);
        return new StageSet(
            [builder with { Platform = isCross ? build.ToString() : null }, ImageStage(project, program)],
            PlatformArguments.Create(target, build, buildArgs)) { AnyOrder = true };
    }

    /// <summary>Name of the program in the image: as the project says, else the last element of the package's or module's path without a version suffix.</summary>
    /// <exception cref="BuildFailedException">go.mod is missing or malformed, or the name is none.</exception>
    public static string ProgramName(GoModule module, string projectFile)
    {
        var location = new SourceLocation(projectFile);
        return ProgramName(module, GoMod.ReadFile(module.Directory, location), location);
    }

    internal static string ProgramName(GoModule module, GoMod goMod, SourceLocation location)
    {
        var package = module.Package.Trim().Trim('/');
        var path = package is "" or "." or "./" ? goMod.ModulePath : package;
        var elements = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var name = module.ProgramName ?? (elements.Length > 1 && IsMajorVersion(elements[^1]) ? elements[^2] : elements.LastOrDefault() ?? "");
        return string.IsNullOrWhiteSpace(name) || name is "." or ".." || name.Contains('/', StringComparison.Ordinal)
            ? throw new BuildFailedException(ProjectDiagnostics.GoProgramNameInvalid(name, location))
            : name;
    }

    /// <summary>True for <c>v2</c> and up, which belongs to a module's version. Source: go.dev/ref/mod, Major version suffixes.</summary>
    private static bool IsMajorVersion(string element) =>
        element.Length > 1 && element[0] == 'v' && element[1] != '0' && element != "v1" && element.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0;

    private static GoVersion BuilderVersion(GoModule module, GoMod goMod, GoWork? workspace, SourceLocation location) => module.Version is { } version
        ? GoVersion.TryParse(version) ?? throw new BuildFailedException(ProjectDiagnostics.GoVersionInvalid(version, location))
        : workspace?.BuilderVersion is { } shared && shared.IsNewerThan(goMod.BuilderVersion) ? shared : goMod.BuilderVersion;

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
            instructions.Add(Run(location, (folder.Length == 0 ? "" : $"cd {ShellText.Quote(folder)} && ") + "go mod download", command.Version, folders));
        }

        instructions.Add(CopyFromContext(location, ["."], "."));
        if (folder.Length > 0)
        {
            instructions.Add(Workdir(location, $"{SourceFolder}/{folder.TrimEnd('/')}"));
        }

        instructions.Add(Run(location, command.ToString(), command.Version, folders));
        return new Stage
        {
            Index = 0,
            Name = Builder,
            From = $"golang:{command.Version.Text}{(command.Module.CgoEnabled ? "" : "-alpine")}",
            Location = location,
            Instructions = instructions.ToImmutable(),
        };
    }

    private static Stage ImageStage(ProjectDefinition project, string program)
    {
        var location = new SourceLocation(project.File);
        var path = $"{ProgramFolder}/{program}";
        // The program itself holds the time zones.
        var kit = ScratchKit.For(project, byDefault: true, withZones: false);
        var config = kit.Configure(project.Config with { Entrypoint = project.Config.Entrypoint ?? [path] });
        return new Stage
        {
            Index = 1,
            From = project.BaseImage ?? StageNames.Scratch,
            Location = location,
            Instructions = [new ArtifactsInstruction(location, [.. kit.Copies(Builder), ImageSettings.Copy(location, Builder, $"/out/{program}", path)]), .. ImageSettings.ToInstructions(config, location)],
        };
    }

    private static WorkdirInstruction Workdir(SourceLocation location, string path) => new(location, $"WORKDIR {path}", new WordExpander().Protect(path));

    private static EnvInstruction Variables(SourceLocation location) =>
        new(location, $"ENV GOCACHE={BuildCache} GOMODCACHE={ModuleCache}", [new NameValue("GOCACHE", BuildCache), new NameValue("GOMODCACHE", ModuleCache)]);

    /// <summary>
    /// Go checks downloaded modules and holds its locks across builds, so all share them. What it compiled it finds again by the version of the compiler, not by
    /// the files of it nor by C's headers: another base image has another cache.
    /// </summary>
    private static RunInstruction Run(SourceLocation location, string command, GoVersion version, GoFolders folders) => new(location, $"RUN {command}", new ShellForm(command))
    {
        Mounts =
        [
            new CacheMount(ModuleCache) { Id = "containerstages-go-modules", Convention = "go" },
            new CacheMount(BuildCache) { Id = "containerstages-go-build-" + version.Text, Convention = "go", OfBase = true },
        ],
        Explain = folders.Explain,
    };

    private static CopyInstruction CopyFromContext(SourceLocation location, ImmutableArray<string> sources, string destination)
    {
        var words = new WordExpander();
        return new CopyInstruction(location, $"COPY {string.Join(' ', sources)} {destination}", [.. sources.Select(words.Protect)], words.Protect(destination));
    }
}
