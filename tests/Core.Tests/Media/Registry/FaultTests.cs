using System.Text.Json;
using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Media.Registry;
using ContainerStages.Oci;
using ContainerStages.TestKit;
using ContainerStages.TestKit.Faults;

namespace ContainerStages.Core.Tests.Media.Registry;

/// <summary>
/// The real registry behind a proxy that does wrong, one fault at a time. Each ends in success or in the one error it is expected to; and
/// always: no hang, no wrong content in the store, no password anywhere but at the registry, no half image, and a clean try works
/// afterwards.
/// </summary>
[TestClass]
public sealed class FaultTests(TestContext context)
{
    private static readonly Platform Amd64 = new() { Os = "linux", Architecture = "amd64" };

    /// <summary>Far more than any fault needs, on a busy machine too.</summary>
    private static readonly TimeSpan Hang = TimeSpan.FromMinutes(2);

    private static RegistryServer? withLogin;
    private static RegistryServer? open;

    public static IEnumerable<object[]> Pulls => Names(FaultedAction.Pull);

    public static IEnumerable<object[]> Pushes => Names(FaultedAction.Push);

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        withLogin = await RegistryServer.StartWithPasswordAsync(context.CancellationToken);
        open = await withLogin.StartBesideAsync(context.CancellationToken);
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        await open!.DisposeAsync();
        await withLogin!.DisposeAsync();
    }

    [TestMethod]
    public void Faults_have_names_of_their_own_and_there_are_many()
    {
        Assert.AreEqual(RegistryFaults.All.Count, RegistryFaults.All.Select(fault => fault.Name).Distinct().Count());
        Assert.IsGreaterThanOrEqualTo(60, RegistryFaults.All.Count);
    }

    [TestMethod]
    [DynamicData(nameof(Pulls))]
    public async Task A_pull_from_a_faulty_registry_ends_well_or_with_one_clear_error(string name)
    {
        var fault = RegistryFaults.All.Single(fault => fault.Name == name);
        await using var other = OtherHost();
        var scene = await PushSceneAsync(other);
        await using var front = new FaultyProxy(withLogin!.Port, fault.In(scene));
        using var temp = new TempFolder();
        var store = new DiskContentStore(temp.Path);

        var failure =
            await OutcomeAsync(fault, front, (client, token) => PullAsync(client, $"{front.Host}/{scene.Repository}:1", store, token));

        AssertOutcome(fault, failure);
        AssertNothingLeaked(failure, other);
        AssertSound(temp);
        using var clean = TestClients.Create();
        await PullAsync(clean, $"{open!.Host}/{scene.Repository}:1", store, context.CancellationToken);
        Assert.IsTrue(scene.Image.Manifest.Layers.All(layer => store.GetSize(layer.Digest) == layer.Size));
        AssertSound(temp);
    }

    [TestMethod]
    [DynamicData(nameof(Pushes))]
    public async Task A_push_to_a_faulty_registry_ends_well_or_with_one_clear_error(string name)
    {
        var fault = RegistryFaults.All.Single(fault => fault.Name == name);
        await using var other = OtherHost();
        using var temp = new TempFolder();
        var store = new TestContentStore();
        var image = CreateImage(store);
        var repository = NewRepository();
        var scene = new FaultScene(image, image.Digest, other, repository);
        await using var front = new FaultyProxy(withLogin!.Port, fault.In(scene));
        var events = new RecordedEvents();

        var failure = await OutcomeAsync(
            fault, front, (client, token) => PublishAsync(client, image, store, $"{front.Host}/{repository}:1", events, token));

        AssertOutcome(fault, failure);
        AssertNothingLeaked(failure, other);
        using var clean = TestClients.Create();
        // The name is there with all that it needs, or not at all.
        if (failure is null
            || await clean.FindPublishedAsync(ImageReference.Parse($"{open!.Host}/{repository}:1"), context.CancellationToken) is not null)
        {
            await PullAsync(clean, $"{open!.Host}/{repository}:1", new DiskContentStore(temp.Path), context.CancellationToken);
        }

        await PublishAsync(clean, image, store, $"{open!.Host}/{repository}:1", NoBuildEvents.Instance, context.CancellationToken);
        await PullAsync(clean, $"{open.Host}/{repository}:1", new DiskContentStore(temp.NewFolder("again")), context.CancellationToken);
    }

    private static IEnumerable<object[]> Names(FaultedAction action) =>
        RegistryFaults.All.Where(fault => fault.Action == action).Select(fault => new object[] { fault.Name });

    private static FaultyProxy OtherHost() => new(
        open!.Port,
        request => request.Path.StartsWith("/needs-login", StringComparison.Ordinal)
            ? ProxyFault.Answer("401 Unauthorized", "WWW-Authenticate: Basic realm=\"give it to me\"")
            : null);

    private static string NewRepository() => "fault/" + Guid.NewGuid().ToString("N");

    private static Image CreateImage(TestContentStore store) => TestImages.Assemble(
        store,
        "amd64",
        [new ImageLayer(TestImages.CreateRandomLayer(store, 200_000)), new ImageLayer(TestImages.CreateRandomLayer(store, 1000))]);

    private async Task<FaultScene> PushSceneAsync(FaultyProxy other)
    {
        using var client = TestClients.Create();
        var store = new TestContentStore();
        var image = CreateImage(store);
        var repository = NewRepository();
        await PublishAsync(client, image, store, $"{open!.Host}/{repository}:amd64", NoBuildEvents.Instance, context.CancellationToken);
        var index = new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = [image.Descriptor with { Platform = Amd64 }] };
        var bytes = JsonSerializer.SerializeToUtf8Bytes(index, OciJson.Plain.ImageIndex);
        await client.PushManifestAsync(
            ImageReference.Parse($"{open.Host}/{repository}:1"), MediaTypes.OciIndex, bytes, context.CancellationToken);
        return new FaultScene(image, Digest.Of(bytes), other, repository);
    }

    private async Task<BuildFailedException?> OutcomeAsync(
        RegistryFault fault, FaultyProxy front, Func<RegistryClient, CancellationToken, Task> act)
    {
        var patience = TimeSpan.FromMilliseconds(700);
        var retry = new RetryPolicy { FirstDelay = TimeSpan.FromMilliseconds(1) };
        var environment = TestClients.Login(
            variables: fault.ChunkSize is { } size ? [("DOTNET_CONTAINER_REGISTRY_CHUNKED_UPLOAD_SIZE_BYTES", $"{size}")] : []);
        using var client = TestClients.Create(
            RegistriesConfiguration.Empty,
            environment,
            fault.IsSlow ? retry with { Answer = patience * 2, Stall = patience, Commit = patience * 2 } : retry,
            front.Host);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        limited.CancelAfter(Hang);
        try
        {
            await act(client, limited.Token);
            return null;
        }
        catch (BuildFailedException failure)
        {
            return failure;
        }
    }

    private static void AssertOutcome(RegistryFault fault, BuildFailedException? failure)
    {
        Assert.AreEqual(fault.Code ?? "success", failure?.Diagnostics.Single().Code ?? "success", failure?.ToString());
        Assert.IsFalse(failure?.Message.Any(char.IsControl) ?? false, failure?.Message);
    }

    private static void AssertNothingLeaked(BuildFailedException? failure, FaultyProxy other)
    {
        var basic = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{RegistryServer.User}:{RegistryServer.Password}"));
        Assert.DoesNotContain(basic, failure?.ToString() ?? "");
        Assert.DoesNotContain(RegistryServer.Password, failure?.ToString() ?? "");
        Assert.IsFalse(other.Requests.Any(request => request.Headers.ContainsKey("Authorization")), "the password went to another host");
    }

    /// <summary>Every blob is what its name says, and nothing half lies about.</summary>
    private static void AssertSound(TempFolder temp)
    {
        var blobs = new DirectoryInfo(temp.Combine("blobs", "sha256"));
        foreach (var blob in blobs.Exists ? blobs.EnumerateFiles() : [])
        {
            Assert.AreEqual(blob.Name, Digest.Of(File.ReadAllBytes(blob.FullName)).Hex);
        }

        var ingest = new DirectoryInfo(temp.Combine("ingest"));
        Assert.IsEmpty(ingest.Exists ? ingest.GetFiles() : []);
    }

    private static async Task PullAsync(RegistryClient client, string name, IContentStore store, CancellationToken cancellationToken)
    {
        var pulled = await new ImagePuller(client, store).ResolveAsync(ImageReference.Parse(name), Amd64, cancellationToken);
        var fetcher = new BlobFetcher(client, store);
        foreach (var layer in pulled.Manifest.Layers)
        {
            await fetcher.FetchAsync(pulled.Reference, layer, cancellationToken);
        }
    }

    private static Task PublishAsync(
        RegistryClient client,
        Image image,
        TestContentStore store,
        string name,
        IBuildEvents events,
        CancellationToken cancellationToken) =>
        new RegistryPublisher(client, ImageReference.Parse(name), [], store, new BlobFetcher(client, store), events, "push").PublishAsync(
            image, cancellationToken);
}
