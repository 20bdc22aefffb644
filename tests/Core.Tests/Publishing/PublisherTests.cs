using ContainerStages.Contracts;
using ContainerStages.Images;
using ContainerStages.Publishing;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Publishing;

[TestClass]
public sealed class PublisherTests(TestContext context)
{
    private readonly RecordedEvents events = new();

    [TestMethod]
    [DataRow(true, StepOutcome.Done)]
    [DataRow(false, StepOutcome.Skipped)]
    public async Task A_publisher_is_a_step_of_the_build(bool written, StepOutcome outcome)
    {
        var ids = new List<string>();
        var publisher = new ReportedPublisher(events, "push", "a/b:c", id =>
        {
            ids.Add(id);
            return new Counting(written);
        });
        Assert.AreEqual("a/b:c", publisher.Destination);
        var published = await publisher.PublishAsync(await ImageAsync(), context.CancellationToken);

        Assert.AreEqual(written, published.Written);
        Assert.AreSequenceEqual(["push a/b:c"], events.Steps(outcome));
        Assert.AreSequenceEqual(
            events.Events.OfType<StepStarted>().Select(step => step.Id), ids, "its own progress has the id of the step");
    }

    [TestMethod]
    public async Task A_step_whose_publisher_fails_has_failed()
    {
        var publisher =
            new ReportedPublisher(events, "write", "out.tar", _ => new Counting(written: true) { Failure = new IOException("full") });
        var image = await ImageAsync();
        await Assert.ThrowsExactlyAsync<IOException>(() => publisher.PublishAsync(image, context.CancellationToken));
        Assert.AreSequenceEqual(["write out.tar"], events.Steps(StepOutcome.Failed));
    }

    [TestMethod]
    [DataRow(false, false, false)]
    [DataRow(true, false, true)]
    [DataRow(false, true, true)]
    public async Task Names_of_single_platforms_are_published_after_the_whole_and_count_as_written(bool whole, bool one, bool expected)
    {
        var order = new List<string>();
        var publisher = new PlatformNamesPublisher(
            new Counting(whole) { Destination = "whole", Order = order },
            images =>
                images.Images.Select(image => ((ImageSet)image, (IPublisher)new Counting(one) { Destination = "one", Order = order })));
        var published = await publisher.PublishAsync(await ImageAsync(), context.CancellationToken);

        Assert.AreEqual("whole", publisher.Destination);
        Assert.AreEqual(expected, published.Written);
        Assert.AreSequenceEqual(["whole"], published.References);
        Assert.AreSequenceEqual(["whole", "one"], order);
    }

    private static async Task<ImageSet> ImageAsync() =>
        await SampleImages.CreateAsync(new TestContentStore(), ImageFormat.Oci, LayerCompression.Gzip, "text");

    private sealed class Counting(bool written) : IPublisher
    {
        public string Destination { get; init; } = "inner";

        public Exception? Failure { get; init; }

        public List<string> Order { get; init; } = [];

        public Task<PublishedImage> PublishAsync(ImageSet images, CancellationToken cancellationToken)
        {
            Order.Add(Destination);
            return Failure is null
                ? Task.FromResult(new PublishedImage([Destination], [], written))
                : Task.FromException<PublishedImage>(Failure);
        }
    }
}
