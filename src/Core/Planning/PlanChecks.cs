using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;
using ContainerStages.Stages;

namespace ContainerStages.Planning;

/// <summary>The build checks that need the base images: UndefinedVar and InvalidBaseImagePlatform. Source: https://docs.docker.com/reference/build-checks/</summary>
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
        if (start is ImageBase { Config.Platform: var actual } && (actual.Os != expected.Os || actual.Architecture != expected.Architecture))
        {
            found.Add(BuildChecks.InvalidBaseImagePlatform.Warn($"Base image {node.Stage.From} was pulled with platform \"{actual}\", expected \"{expected}\" for current build", node.Stage.Location));
        }
    }

    /// <summary>Reports what the file does not skip; of a project, which has no settings of checks, the platform alone.</summary>
    /// <exception cref="BuildFailedException">The file says <c># check=error=true</c>.</exception>
    public void Report(IBuildEvents events)
    {
        var reported = graph.Set.Checks is { } settings ? [.. settings.Apply(found)] : found.Where(warning => warning.Code == BuildChecks.InvalidBaseImagePlatform.Code).ToArray();
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
