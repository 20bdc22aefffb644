using ContainerStages.TestKit;

namespace ContainerStages.Differential.Tests;

/// <summary>
/// Every folder of Cases, built by Docker (BuildKit) and by the packed program: configuration and files must be the same. With UPDATE_EXPECTED=1
/// the images of cases that Docker is too old for are written instead of compared.
/// </summary>
[TestClass]
public sealed class SameAsDockerTests
{
    private static readonly TempFolder Store = new();
    private static readonly Lazy<Task<DockerDaemon>> Docker = new(() => DockerDaemon.StartAsync("alpine", "alpine:3.22", "both"));

    public static IEnumerable<string> Names => BuildCase.Names;

    [ClassCleanup]
    public static async Task Stop()
    {
        if (Docker.IsValueCreated)
        {
            await (await Docker.Value).DisposeAsync();
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
        var context = scratch.Combine("context");
        await buildCase.CopyContextAsync(context);

        var ours = await StagesEngine.BuildAsync(new StagesProgram(Store.Path), context, scratch.Path, ArgumentsIn(buildCase, context), docker.BaseDiffId);
        var theirs = buildCase.Expected is { } expected
            ? new Built(Updated(name, ours) ?? expected, "")
            : await DockerEngine.BuildAsync(docker, context, scratch.Path, name, ArgumentsIn(buildCase, context));

        var report = $"--- Docker\n{theirs.Image ?? theirs.Log}\n--- ours\n{ours.Image ?? ours.Log}\n--- difference (- Docker, + ours)\n{Difference(theirs.Image, ours.Image)}";
        if (buildCase.IsDifferent)
        {
            Assert.AreNotEqual(theirs.Image, ours.Image, $"There is no difference any more; remove different.txt.\n{report}");
            return;
        }

        Assert.AreEqual(buildCase.Fails, theirs.Image is null, report);
        Assert.AreEqual(buildCase.Fails, ours.Image is null, report);
        Assert.AreEqual(theirs.Image, ours.Image, report);
    }

    /// <summary>Paths in arguments are relative to the context.</summary>
    private static string[] ArgumentsIn(BuildCase buildCase, string context) => [.. buildCase.Arguments.Select(argument => argument.Replace("{context}", context, StringComparison.Ordinal))];

    private static string Difference(string? theirs, string? ours)
    {
        var (left, right) = (theirs?.Split('\n') ?? [], ours?.Split('\n') ?? []);
        return string.Join('\n', left.Except(right).Select(line => "- " + line).Concat(right.Except(left).Select(line => "+ " + line)).Order(LineOrder));
    }

    private static Comparer<string> LineOrder { get; } = Comparer<string>.Create((left, right) => string.CompareOrdinal(left[2..], right[2..]));

    private static string? Updated(string name, Built ours)
    {
        if (Environment.GetEnvironmentVariable("UPDATE_EXPECTED") is not "1" || ours.Image is null)
        {
            return null;
        }

        File.WriteAllText(Path.Combine(BuildCase.Root, name, "expected.txt"), ours.Image);
        return ours.Image;
    }
}
