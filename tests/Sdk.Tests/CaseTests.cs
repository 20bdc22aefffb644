namespace ContainerStages.Sdk.Tests;

/// <summary>The inputs of public bug reports in <c>tests/Cases</c>, each a folder with what its commands must print.</summary>
[TestClass]
[TestCategory("EndToEnd")]
public sealed class CaseTests(TestContext context)
{
    public static IEnumerable<object[]> Names =>
        Directory.EnumerateDirectories(Repository.File("tests/Cases")).Select(folder => new object[] { Path.GetFileName(folder) });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public async Task The_commands_of_a_reported_case_print_the_right_values(string name)
    {
        if (Environment.GetEnvironmentVariable("CONTAINERSTAGES_TEST_REGISTRY") is not { Length: > 0 })
        {
            Assert.Inconclusive("CONTAINERSTAGES_TEST_REGISTRY is not set: run build/base-images.sh and take over what it exports.");
        }

        var sdk = await PackedSdk.GetAsync();
        (await Command.RunAsync(Repository.File("build/cases.sh"), [name], Repository.Root, sdk.Environment, context.CancellationToken))
            .ShouldSucceed();
    }
}
