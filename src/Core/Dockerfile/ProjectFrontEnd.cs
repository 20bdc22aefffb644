using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;
using ContainerStages.Stages;

namespace ContainerStages.Dockerfile;

/// <summary>
/// Reads the stages of a project file: its steps are Dockerfile instructions, its artifacts one layer on the base image.
/// The image is the target stage where one is named, else the artifacts on their base, else the last stage; it gets the project's settings.
/// </summary>
internal static class ProjectFrontEnd
{
    /// <summary>Rules of the ignore file that every project has before its own: what MSBuild writes is no input of a build.</summary>
    public static ImmutableArray<string> DefaultIgnoreRules => ["obj"];

    /// <param name="project">What the project file says.</param>
    /// <param name="options">Build arguments and platforms.</param>
    /// <param name="target">Name of the stage to build, or null.</param>
    /// <exception cref="BuildFailedException">
    /// Something is wrong: one diagnostic per mistake, with its line in the project file.
    /// </exception>
    public static StageSet Read(ProjectDefinition project, FrontEndOptions options, string? target)
    {
        var diagnostics = new List<Diagnostic>();
        var kit = ScratchKit.For(project, byDefault: false, withZones: true);
        var stages = project.Stages.Select((stage, index) => ReadStage(stage, index, diagnostics)).ToList();
        if (project.Artifacts.Count > 0)
        {
            stages.Add(ArtifactsStage(project, kit, stages.Count, diagnostics));
        }
        else if (project.Kit.IsAsked)
        {
            diagnostics.Add(KitDiagnostics.NothingToFurnish(new SourceLocation(project.File)));
        }

        if (stages.Count == 0)
        {
            diagnostics.Add(ProjectDiagnostics.NothingToBuild(new SourceLocation(project.File)));
        }

        if (diagnostics.Count > 0)
        {
            throw new BuildFailedException([.. diagnostics]);
        }

        var config = project.Artifacts.Count > 0 ? kit.Configure(project.Config) : project.Config;
        var set = new StageSet(
            [.. stages], PlatformArguments.Create(options.Target, options.Build, options.BuildArgs, target)) { AnyOrder = true };
        return set.Append(target, ImageSettings.ToInstructions(config, new SourceLocation(project.File)));
    }

    private static Stage ReadStage(ProjectStage stage, int index, List<Diagnostic> diagnostics)
    {
        var location = new SourceLocation(stage.File, stage.Line);
        diagnostics.AddRange(CheckStage(stage, location));
        return new Stage
        {
            Index = index,
            Name = stage.Name,
            From = stage.From?.Trim() ?? "",
            Platform = stage.Platform,
            Location = location,
            Instructions = ReadSteps(stage, diagnostics),
        };
    }

    private static IEnumerable<Diagnostic> CheckStage(ProjectStage stage, SourceLocation location)
    {
        if (StageNames.Check(stage.Name, location) is { } badName)
        {
            yield return badName;
        }
        else if (StageNames.IsReserved(stage.Name))
        {
            yield return StageDiagnostics.ReservedStageName(stage.Name, location);
        }

        if (string.IsNullOrWhiteSpace(stage.From))
        {
            yield return ProjectDiagnostics.StageWithoutFrom(stage.Name, location);
        }
        else if (IsProject(stage.From))
        {
            yield return ProjectDiagnostics.ProjectNotBuilt(stage.From, location);
        }

        if (stage.Platform is { } platform && Platform.TryParse(platform) is null)
        {
            yield return DockerfileDiagnostics.InvalidPlatform(platform, location);
        }
    }

    private static ImmutableArray<Instruction> ReadSteps(ProjectStage stage, List<Diagnostic> diagnostics)
    {
        try
        {
            return DockerfileFrontEnd.ReadSteps(stage.Steps, stage.File, stage.Line);
        }
        catch (BuildFailedException mistakes)
        {
            diagnostics.AddRange(mistakes.Diagnostics);
            return [];
        }
    }

    private static Stage ArtifactsStage(ProjectDefinition project, ScratchKit kit, int index, List<Diagnostic> diagnostics)
    {
        var location = new SourceLocation(project.File);
        var lastStage = project.Stages.Count == 0 ? null : project.Stages[^1].Name;
        diagnostics.AddRange(project.Artifacts.SelectMany(artifact => CheckArtifact(artifact, lastStage)));
        var copies = project.Artifacts.Select(artifact => ImageSettings.Copy(
            new SourceLocation(artifact.File, artifact.Line),
            artifact.From ?? lastStage ?? "",
            artifact.Source,
            artifact.Destination,
            artifact.Chown,
            artifact.Chmod)).ToImmutableArray();
        return new Stage
        {
            Index = index,
            From = project.BaseImage ?? StageNames.Scratch,
            Location = location,
            Instructions = [new ArtifactsInstruction(copies[0].Location, [.. kit.Copies(copies[0].From!), .. copies])],
        };
    }

    private static IEnumerable<Diagnostic> CheckArtifact(ProjectArtifact artifact, string? lastStage)
    {
        var location = new SourceLocation(artifact.File, artifact.Line);
        if (artifact.From is null && lastStage is null)
        {
            yield return ProjectDiagnostics.ArtifactWithoutStage(artifact.Source, location);
        }

        if (artifact.From is { } from && IsProject(from))
        {
            yield return ProjectDiagnostics.ProjectNotBuilt(from, location);
        }

        if (string.IsNullOrWhiteSpace(artifact.Destination))
        {
            yield return ProjectDiagnostics.ArtifactWithoutDestination(artifact.Source, location);
        }
    }

    // A publish by MSBuild has put the image's name in its place.
    private static bool IsProject(string from) => from.StartsWith("project:", StringComparison.Ordinal);
}
