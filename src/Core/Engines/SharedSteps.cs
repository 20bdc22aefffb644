using System.Collections.Concurrent;
using ContainerStages.Diagnostics;

namespace ContainerStages.Engines;

/// <summary>
/// The steps of one build by key. What stages have in common, such as the builder of an image for several platforms, runs once: the first that comes
/// to a step works and tells of it, the others wait and say nothing.
/// </summary>
internal sealed class SharedSteps
{
    private readonly ConcurrentDictionary<(string Key, bool NoCache), Lazy<Task<StepResult>>> steps = new();

    /// <param name="noCache">A step that must run again has nothing in common with one that need not.</param>
    /// <exception cref="SourceChangedException">What the key stands for is no longer there. The next that comes to the step works again.</exception>
    public async Task<StepResult> OnceAsync(string key, bool noCache, Func<Task<StepResult>> run, CancellationToken cancellationToken)
    {
        var step = steps.GetOrAdd((key, noCache), _ => new Lazy<Task<StepResult>>(run));
        try
        {
            return await step.Value.WaitAsync(cancellationToken);
        }
        catch (SourceChangedException)
        {
            steps.TryRemove(new KeyValuePair<(string, bool), Lazy<Task<StepResult>>>((key, noCache), step));
            throw;
        }
    }
}
