using ContainerStages.Cli.Completion;
using ContainerStages.Contracts;
using ContainerStages.Dockerfile;

namespace ContainerStages.Cli.Verbs;

/// <summary><c>export</c>: the stages of a Dockerfile as a Dockerfile, one line for each instruction.</summary>
internal static class ExportVerb
{
    public static Verb Verb { get; } = new(
        "export",
        "[OPTIONS] DOCKERFILE",
        "write a Dockerfile in its normal form",
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
        await Console.Out.WriteAsync(DockerfileWriter.Write(set));
        return EngineExitCode.Done;
    }
}
