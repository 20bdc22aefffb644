using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Engines;

/// <summary>Work on files that somebody may be writing meanwhile: an editor that saves, a compiler, a second build.</summary>
internal static class ChangingSources
{
    private const int Rounds = 5;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(25);

    /// <summary>Does the work, again where a file changed under it, a few times with longer and longer pauses.</summary>
    /// <param name="location">For the message.</param>
    /// <param name="work">Gets the number of the round, from 1.</param>
    /// <param name="cancellationToken">Ends a pause.</param>
    /// <exception cref="BuildFailedException">A file never rests.</exception>
    public static async Task<T> RetryAsync<T>(SourceLocation location, Func<int, Task<T>> work, CancellationToken cancellationToken)
    {
        for (var round = 1; ; round++)
        {
            try
            {
                return await work(round);
            }
            catch (SourceChangedException) when (round < Rounds)
            {
                await Task.Delay(FirstPause * (1 << round), cancellationToken);
            }
            catch (SourceChangedException changed)
            {
                throw new BuildFailedException(StepDiagnostics.SourceChanged(changed.Path, location), changed);
            }
        }
    }
}
