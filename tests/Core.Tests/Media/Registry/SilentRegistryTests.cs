using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Media.Registry;
using ContainerStages.Oci;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Media.Registry;

/// <summary>Servers that accept a request and then say nothing, or hardly anything.</summary>
[TestClass]
public sealed class SilentRegistryTests(TestContext context)
{
    private static readonly RetryPolicy Short = new()
    {
        FirstDelay = TimeSpan.FromMilliseconds(1),
        Notice = TimeSpan.FromMilliseconds(50),
        Probe = TimeSpan.FromMilliseconds(300),
        Answer = TimeSpan.FromMilliseconds(300),
        Stall = TimeSpan.FromMilliseconds(300),
    };

    [TestMethod]
    public async Task A_registry_that_never_answers_is_asked_twice_and_told_to_be_waited_for()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        await using var front = new FaultyProxy(registry.Port, request => request.Path == "/v2/" ? null : ProxyFault.Silence());
        var events = new RecordedEvents();
        using var client = Client(events);

        var failure =
            await Assert.ThrowsExactlyAsync<BuildFailedException>(() => client.GetManifestAsync(Name(front), context.CancellationToken));

        Assert.AreEqual("CST5001", failure.Diagnostics[0].Code);
        Assert.Contains("no answer in time", failure.Message);
        Assert.AreEqual(2, front.Requests.Count(request => request.Path != "/v2/"));
        var started = events.Events.OfType<StepStarted>().ToArray();
        Assert.IsNotEmpty(started);
        Assert.Contains($"wait for the registry {front.Host}, which does not answer", started[0].Title);
        CollectionAssert.AreEqual(
            started.Select(step => step.Id).ToArray(), events.Events.OfType<StepFinished>().Select(step => step.Id).ToArray());
    }

    [TestMethod]
    public async Task A_server_that_never_says_how_to_speak_to_it_is_given_up()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        await using var front = new FaultyProxy(registry.Port, _ => ProxyFault.Silence());
        using var client = Client(new RecordedEvents());

        var failure =
            await Assert.ThrowsExactlyAsync<BuildFailedException>(() => client.GetManifestAsync(Name(front), context.CancellationToken));

        Assert.AreEqual("CST5001", failure.Diagnostics[0].Code);
        Assert.AreEqual(2, front.Requests.Count(request => request.Path == "/v2/"));
    }

    [TestMethod]
    public async Task A_document_that_drips_is_given_up_after_two_tries()
    {
        await using var registry = await RegistryServer.StartAsync(context.CancellationToken);
        using (var pusher = TestClients.Create())
        {
            await pusher.PushManifestAsync(
                ImageReference.Parse($"{registry.Host}/app:1"),
                MediaTypes.OciIndex,
                """{"schemaVersion":2,"manifests":[]}"""u8.ToArray(),
                context.CancellationToken);
        }

        await using var front =
            new FaultyProxy(registry.Port, request => request.Path.Contains("/manifests/", StringComparison.Ordinal)
                ? ProxyFault.Drip(TimeSpan.FromMilliseconds(100))
                : null);
        using var client = Client(new RecordedEvents());

        var failure =
            await Assert.ThrowsExactlyAsync<BuildFailedException>(() => client.GetManifestAsync(Name(front), context.CancellationToken));

        Assert.Contains("its bytes stopped coming", failure.Message);
        Assert.AreEqual(2, front.Requests.Count(request => request.Path != "/v2/"));
    }

    private static ImageReference Name(FaultyProxy front) => ImageReference.Parse($"{front.Host}/app:1");

    private static RegistryClient Client(RecordedEvents events) =>
        new(RegistriesConfiguration.Empty, new RegistryCredentials(TestClients.Environment()), TestClients.Environment(), Short, events);
}
