using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Images;

namespace ContainerStages.Publishing;

/// <summary>Shows the work of another publisher as a step of the build.</summary>
/// <param name="events">Told of the step.</param>
/// <param name="verb">What is done, for people: push, write or load.</param>
/// <param name="destination">Where to, for people.</param>
/// <param name="open">Gets the id of the step, which the publisher's own progress belongs to.</param>
internal sealed class ReportedPublisher(IBuildEvents events, string verb, string destination, Func<string, IPublisher> open) : IPublisher
{
    public string Destination => destination;

    /// <inheritdoc/>
    public async Task<PublishedImage> PublishAsync(ImageSet images, CancellationToken cancellationToken)
    {
        var step = ProgressStep.Begin(events, "publish", $"{verb} {destination}");
        try
        {
            var published = await open(step.Id).PublishAsync(images, cancellationToken);
            step.Finish(published.Written ? StepOutcome.Done : StepOutcome.Skipped);
            return published;
        }
        catch
        {
            step.Finish(StepOutcome.Failed);
            throw;
        }
    }
}
