using System.Collections.Concurrent;

namespace ContainerStages.Engines;

/// <summary>
/// The steps of one build by key. What stages have in common, such as the builder of an image for several platforms, runs once: the first that comes
/// to a step works and tells of it, the others wait and say nothing.
/// </summary>
internal sealed class SharedSteps
{
    private readonly ConcurrentDictionary<(string Key, bool NoCache), Lazy<Task<StepResult>>> steps = new();

    /// <param name="noCache">A step that must run again has nothing in common with one that need not.</param>
    public Task<StepResult> OnceAsync(string key, bool noCache, Func<Task<StepResult>> run, CancellationToken cancellationToken) =>
        steps.GetOrAdd((key, noCache), _ => new Lazy<Task<StepResult>>(run)).Value.WaitAsync(cancellationToken);
}
