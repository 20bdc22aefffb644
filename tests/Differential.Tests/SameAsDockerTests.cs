using ContainerStages.TestKit;

namespace ContainerStages.Differential.Tests;

/// <summary>
/// Every folder of Cases, built by Docker (BuildKit) and by the packed program: configuration and files must be the same. Debian's Docker
/// is too old for some: their image was written by a newer one (build/expected.sh), which writes it again where DIFFERENTIAL_DOCKER names
/// it.
/// </summary>
[TestClass]
public sealed class SameAsDockerTests
{
    private static readonly TempFolder Store = new();
    private static readonly Lazy<Task<CaseServers>> Servers = new(CaseServers.StartAsync);
    private static readonly Lazy<Task<DockerDaemon>> Docker = new(() => DockerDaemon.StartAsync("alpine", "alpine:3.22", "both"));

    public static IEnumerable<string> Names => BuildCase.Names;

    [ClassCleanup]
    public static async Task Stop()
    {
        if (Docker.IsValueCreated)
        {
            await (await Docker.Value).DisposeAsync();
        }

        if (Servers.IsValueCreated)
        {
            await (await Servers.Value).DisposeAsync();
        }

        Store.Dispose();
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public async Task The_image_is_the_one_that_Docker_builds(string name)
    {
        var buildCase = new BuildCase(name);
        using var scratch = new TempFolder();
        var docker = await Docker.Value;
        var baseDiffId = await DockerEngine.BaseDiffIdAsync(docker, "alpine");
        var context = scratch.Combine("context");
        await buildCase.CopyContextAsync(context);

        var arguments = (await Servers.Value).Arguments(buildCase, context);
        var ours = await StagesEngine.BuildAsync(new StagesProgram(Store.Path), context, scratch.Path, arguments, baseDiffId);
        var theirs = buildCase.HasExpected
            ? new Built(buildCase.Expected, "")
            : await DockerEngine.BuildAsync(docker, context, scratch.Path, name, arguments, baseDiffId);
        buildCase.UpdateExpected(theirs);

        var report =
            $"--- Docker\n{theirs.Image ?? theirs.Log}\n--- ours\n{ours.Image ?? ours.Log}\n--- difference (- Docker, + " +
            $"ours)\n{Difference(theirs.Image, ours.Image)}";
        if (buildCase.IsDifferent)
        {
            Assert.AreNotEqual(theirs.Image, ours.Image, $"There is no difference any more; remove different.txt.\n{report}");
            return;
        }

        Assert.AreEqual(buildCase.Fails, theirs.Image is null, report);
        Assert.AreEqual(buildCase.Fails, ours.Image is null, report);
        Assert.AreEqual(theirs.Image, ours.Image, report);
    }

    private static string Difference(string? theirs, string? ours)
    {
        var (left, right) = (theirs?.Split('\n') ?? [], ours?.Split('\n') ?? []);
        return string.Join(
            '\n', left.Except(right).Select(line => "- " + line).Concat(right.Except(left).Select(line => "+ " + line)).Order(LineOrder));
    }

    private static Comparer<string> LineOrder { get; } =
        Comparer<string>.Create((left, right) => string.CompareOrdinal(left[2..], right[2..]));
}
