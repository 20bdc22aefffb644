using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;
using ContainerStages.Stages;

namespace ContainerStages.Planning;

/// <summary>
/// The build checks that need the base images: of platforms, and of what the values of variables give. Source:
/// https://docs.docker.com/reference/build-checks/
/// </summary>
internal sealed class PlanChecks(StageGraph graph, Platform platform)
{
    private readonly List<Diagnostic> found = [];

    /// <summary>Keeps each name of an instruction once, the nearest known one beside it.</summary>
    public void Undefined(IEnumerable<string> names, IEnumerable<string> known, SourceLocation location)
    {
        foreach (var name in names.Order(StringComparer.Ordinal))
        {
            var hint = NearestName.Find(name, known) is { } nearest ? $" (did you mean ${nearest}?)" : "";
            var warning = BuildChecks.UndefinedVar.Warn($"Usage of undefined variable '${name}'{hint}", location);
            if (!found.Contains(warning))
            {
                found.Add(warning);
            }
        }
    }

    public void Base(StageNode node, PlannedBase start)
    {
        var expected = node.Stage.Platform is { } written ? Platform.TryParse(written) ?? platform : platform;
        if (start is ImageBase { Config.Platform: var actual }
            && (actual.Os != expected.Os || actual.Architecture != expected.Architecture))
        {
            found.Add(BuildChecks.InvalidBaseImagePlatform.Warn(
                $"Base image {node.Stage.From} was pulled with platform \"{actual}\", expected \"{expected}\" for current build",
                node.Stage.Location));
        }
    }

    /// <summary>The image is said to be for the platform that was asked for, and FROM may have chosen another for its base.</summary>
    public void Image(StagePlan target)
    {
        var root = graph.Target;
        while (root.Base is StageSource.OtherStage other)
        {
            root = graph[other.Index];
        }

        if (target.BaseImage is not null && root.Stage.Platform is not null && !platform.Matches(target.Platform))
        {
            found.Add(
                BuildChecks.FinalStagePlatform.Warn(
                    $"The image for {platform} stands on a base for {target.Platform}, which FROM --platform names; its programs end " +
                    "with 'exec format error' there",
                    root.Stage.Location));
        }
    }

    public void Ports(ExposeInstruction instruction, IEnumerable<string> ports) =>
        found.AddRange(ports.SelectMany(port => PortChecks.Run(port, instruction.Location)));

    /// <summary>Reports what the file does not skip; of a project, which has no settings of checks, platforms alone.</summary>
    /// <exception cref="BuildFailedException">The file says <c># check=error=true</c>.</exception>
    public void Report(IBuildEvents events)
    {
        var reported = graph.Set.Checks is { } settings
            ? [.. settings.Apply(found)]
            : found.Where(
                warning => warning.Code == BuildChecks.InvalidBaseImagePlatform.Code || warning.Code == BuildChecks.FinalStagePlatform.Code)
                .ToArray();
        if (reported is [{ Severity: Severity.Error }, ..])
        {
            throw new BuildFailedException([.. reported]);
        }

        foreach (var warning in reported)
        {
            events.Report(new DiagnosticReported(warning));
        }
    }
}
