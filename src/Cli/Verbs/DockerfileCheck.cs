using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Dockerfile;

namespace ContainerStages.Cli.Verbs;

/// <summary><c>build --check</c>: what is wrong with a Dockerfile, and what the build checks say of it.</summary>
internal static class DockerfileCheck
{
    public static async Task<int> RunAsync(BuildDefinition definition)
    {
        var path = definition.Dockerfile!;
        var options = new FrontEndOptions { BuildArgs = definition.BuildArgs, Ignore = IgnoreFile.ReadFor(definition.ContextDirectory, path) };
        var found = DockerfileFrontEnd.Check(await DockerfileText.ReadAsync(path), path, options);
        foreach (var diagnostic in found)
        {
            await Console.Out.WriteLineAsync(diagnostic.ToString());
        }

        await Console.Out.WriteLineAsync(found.IsEmpty ? "Check complete, no warnings found." : $"Check complete, {found.Length} {(found.Length == 1 ? "warning has" : "warnings have")} been found.");
        return found.IsEmpty ? VerbTable.Done : VerbTable.Failed;
    }
}
