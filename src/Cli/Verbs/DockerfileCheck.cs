using ContainerStages.Building;
using ContainerStages.Contracts;
using ContainerStages.Dockerfile;

namespace ContainerStages.Cli.Verbs;

/// <summary><c>build --check</c>: what is wrong with a Dockerfile, and what the build checks say of it.</summary>
internal static class DockerfileCheck
{
    public static async Task<int> RunAsync(BuildDefinition definition)
    {
        using var interrupt = new Interrupt();
        var found = await FindAsync(definition, interrupt.Token);
        foreach (var diagnostic in found)
        {
            await Console.Out.WriteLineAsync(diagnostic.ToString());
        }

        await Console.Out.WriteLineAsync(found.Count == 0
            ? "Check complete, no warnings found."
            : $"Check complete, {found.Count} {(found.Count == 1 ? "warning has" : "warnings have")} been found.");
        return found.Count == 0 ? EngineExitCode.Done : EngineExitCode.Failed;
    }

    /// <summary>A file with mistakes is read to its end for all of them; only one without is asked what needs its base images.</summary>
    private static async Task<IReadOnlyList<Diagnostic>> FindAsync(BuildDefinition definition, CancellationToken cancellationToken)
    {
        var path = definition.Source.Dockerfile!;
        var options = new FrontEndOptions
        {
            BuildArgs = definition.Source.BuildArgs,
            ContextDirectory = definition.Source.ContextDirectory,
            Ignore = IgnoreFile.ReadFor(definition.Source.ContextDirectory, path),
        };
        var written = DockerfileFrontEnd.Check(
            path == "-" ? await DockerfileText.ReadAsync(path) : DockerfileFrontEnd.TextOf(path, options),
            path,
            options);
        return written.Any(diagnostic => diagnostic.Severity == Severity.Error)
            ? written
            : await DefinitionCheck.RunAsync(definition, cancellationToken);
    }
}
