using System.Diagnostics;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Posix;

namespace ContainerStages.Engines;

/// <summary>What an engine writes while it builds.</summary>
internal interface IEngineLog
{
    /// <summary>True once the engine has begun to build.</summary>
    bool HasBegun { get; }

    void Read(string line, bool isError);
}

/// <summary>What the builders of other engines have in common.</summary>
internal static class BuilderRuns
{
    /// <summary>Runs a build to its end.</summary>
    /// <param name="explain">What the last lines of the engine mean, where it is known better than for every engine.</param>
    /// <exception cref="BuildFailedException">The program is not there, a step failed, or the engine did.</exception>
    public static async Task RunAsync(
        string engine,
        ProcessStartInfo start,
        RemoteBuild build,
        IEngineLog log,
        StageProgress progress,
        CancellationToken cancellationToken,
        Func<string, Diagnostic?>? explain = null)
    {
        var code = await RemoteProgram.RunAsync(start, build.WriteContext, log.Read, cancellationToken)
            ?? throw new BuildFailedException(RemoteDiagnostics.NotInstalled(engine, start.FileName));
        if (code != 0)
        {
            throw progress.Failure(
                engine,
                code,
                text => explain?.Invoke(text) ?? EngineFaults.Find(engine, text, began: log.HasBegun));
        }
    }

    /// <summary>
    /// Builds an image under a name of its own, saves it as a file and removes it from the engine's store, also where that fails.
    /// </summary>
    /// <param name="engine">For messages.</param>
    /// <param name="repository">What the name begins with.</param>
    /// <param name="run">Builds the image of a name.</param>
    /// <param name="ask">Asks the engine's program something.</param>
    /// <param name="save">The arguments that save the image of a name.</param>
    /// <param name="remove">The arguments before the name that remove an image.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task SaveImageAsync(
        string engine,
        string repository,
        Func<string, Task> run,
        Func<IEnumerable<string>, CancellationToken, Task<ProgramEnd?>> ask,
        Func<string, string[]> save,
        string[] remove,
        CancellationToken cancellationToken)
    {
        var image = $"{repository}-{Guid.NewGuid():N}:build";
        try
        {
            await run(image);
            if (await ask(save(image), cancellationToken) is not { ExitCode: 0 })
            {
                throw new BuildFailedException(RemoteDiagnostics.BadResult(engine, "its image cannot be saved"));
            }
        }
        finally
        {
            await ask([.. remove, image], CancellationToken.None);
        }
    }

    /// <summary>The option that writes the files of a stage.</summary>
    public static string[] FilesOutput(RemoteBuild build) =>
        ["--output", Dockerfile.CommaSeparated.Join(["type=tar", $"dest={build.Result}"])];
}
