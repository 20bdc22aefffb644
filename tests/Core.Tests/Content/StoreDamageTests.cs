using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Content;

/// <summary>
/// Whatever happens to a file of the store, the next builds give the image that they gave before, or say in one diagnostic what is wrong
/// and are right the time after.
/// </summary>
[TestClass]
[TestCategory(Categories.EndToEnd)]
public sealed class StoreDamageTests
{
    private static readonly Lazy<Task<DamagedStoreBuilds>> Shared = new(DamagedStoreBuilds.CreateAsync);

    public TestContext TestContext { get; set; } = null!;

    [ClassCleanup]
    public static async Task The_servers_go()
    {
        if (Shared.IsValueCreated)
        {
            await (await Shared.Value).DisposeAsync();
        }
    }

    [TestMethod]
    [DataRow("steps/*")]
    [DataRow("selections/*")]
    [DataRow("layers/*")]
    [DataRow("references/*")]
    [DataRow("sources/*")]
    [DataRow("sizes/sha256/*")]
    [DataRow("documents/*")]
    [DataRow("documents/*/*")]
    [DataRow("downloads/*")]
    [DataRow("downloads/*/*")]
    [DataRow("git/*")]
    [DataRow("git/*/*/file")]
    [DataRow("blobs/sha256/*")]
    [DataRow("snapshots/*.implied")]
    [DataRow("snapshots/*.used")]
    [DataRow("locks/*")]
    [DataRow("index.json")]
    [DataRow("oci-layout")]
    public async Task A_damaged_file_is_healed_or_told(string kind)
    {
        var builds = await Shared.Value;
        var failures = new List<string>();
        foreach (var file in builds.FilesOf(kind))
        {
            foreach (var damage in Damage.All)
            {
                failures.AddRange((await builds.TryAsync(file, damage, TestContext.CancellationToken)).Select(
                    failure => $"{damage.Name} {file}: {failure}"));
            }
        }

        Assert.IsEmpty(failures, string.Join('\n', failures));
    }
}
