using ContainerStages.Cli.Completion;
using ContainerStages.Contracts;
using ContainerStages.Dockerfile;

namespace ContainerStages.Cli.Verbs;

/// <summary><c>import</c>: the stages of a Dockerfile as a project file.</summary>
internal static class ImportVerb
{
    public static Verb Verb { get; } = new(
        "import",
        "[OPTIONS] DOCKERFILE",
        "write a Dockerfile as a project",
        [new(["--build-arg"], "KEY=VALUE", "value of an ARG; repeatable")],
        RunAsync,
        Arguments: Candidates.Files);

    private static async Task<int> RunAsync(OptionReader options, IReadOnlyList<string> arguments)
    {
        var path = options.Rest is [var only] ? only : throw new UsageException("name one Dockerfile, or - for standard input.");
        var set = DockerfileFrontEnd.Read(
            await DockerfileText.ReadAsync(path),
            path,
            new FrontEndOptions { BuildArgs = options.Pairs("--build-arg") });
        await Console.Out.WriteAsync(ProjectWriter.Write(set, path, ProgramVersion.Text));
        return EngineExitCode.Done;
    }
}
