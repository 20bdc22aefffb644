using System.Text;
using ContainerStages.TestKit;

namespace ContainerStages.Sdk.Tests;

/// <summary>
/// A solution as a company has it (<c>tests/Solutions/Shop</c>): source mapping and a feed with a password, central versions, EF Core,
/// gRPC, Blazor, a worker, a source generator, several frameworks, linked files, a local tool, versions from git, a project outside the
/// solution's folder.
/// </summary>
[TestClass]
[TestCategory("EndToEnd")]
public sealed class ShopTests(TestContext context)
{
    [TestMethod]
    public async Task A_builder_publishes_the_solution_after_Ctrl_C_and_one_project_of_it_alone_and_shows_no_secret()
    {
        await using var shop = await Shop.CreateAsync(context);
        await InterruptAsync(shop);

        var solution = (await shop.DotnetAsync("publish", "Shop.slnx", "-v:n", "-p:PublishContainer=true")).ShouldSucceed();

        Assert.HasCount(3, solution.ResultLines, solution.All);
        Assert.DoesNotContain("/bin/Debug/", solution.Output, "A library of the solution is not what the solution publishes.");
        Assert.IsGreaterThan(0, shop.Feed.Downloads);
        await shop.RunAllAsync("latest", "retail");

        var alone =
            (await shop.DotnetAsync(
                "publish",
                "src/Api",
                "-t:PublishContainer",
                "-p:SharedProps=../../eng/wholesale",
                "-p:ContainerImageTag=wholesale",
                "-v:diag",
                "-bl:all.binlog"))
                .ShouldSucceed();

        Assert.Contains("wholesale", await shop.StampAsync("acme/shop-api:wholesale"));
        await NoSecretAsync(shop, [solution, alone]);
    }

    [TestMethod]
    public async Task The_host_publishes_the_solution_as_the_sdks_own_publishing_does_and_one_project_alone()
    {
        await using var shop = await Shop.CreateAsync(context);
        string[] options =
        [
            $"-p:ContainerBaseImage={System.Environment.GetEnvironmentVariable("CONTAINERSTAGES_TEST_REGISTRY")}/dotnet/aspnet:10.0",
            "-p:ContainerImageFormat=Docker",
        ];
        string[] onHost = ["-p:ContainerStagesBuilder=host", .. options, $"-p:ContainerArchiveOutputPath={shop.Project.Full("ours")}/"];

        var solution = (await shop.DotnetAsync(["publish", "Shop.slnx", "-p:PublishContainer=true", .. onHost])).ShouldSucceed();
        var alone = (await shop.DotnetAsync(["publish", "src/Worker", "-p:PublishProfile=DefaultContainer", .. onHost])).ShouldSucceed();
        await shop.PublishWithoutUsAsync(shop.Project.Full("theirs"), options);

        Assert.HasCount(3, solution.ResultLines, solution.All);
        Assert.Contains(Digest(alone.ResultLines.Single()), solution.Output, "A project alone is the image that the solution has.");
        foreach (var image in new[] { "shop-api", "shop-site", "shop-worker" })
        {
            var theirs = await ArchivedImage.ReadAsync(shop.Project.Full($"theirs/acme/{image}.tar.gz"));
            var ours = await ArchivedImage.ReadAsync(shop.Project.Full($"ours/acme-{image}.tar"));
            Assert.AreEqual("", string.Join('\n', ComparedConfiguration.Differences(theirs.Config, ours.Config)), image);
            var ofBase = theirs.Layers.Count - 1;
            Assert.AreSequenceEqual(theirs.Files(ofBase), ours.Files(ofBase), image);
        }
    }

    private static string Digest(string line) => "sha256:" + line.Split("@sha256:")[1][..64];

    /// <summary>
    /// The signal goes to all that a terminal's would, the whole group; what a runner without a terminal ignores is not ignored here.
    /// </summary>
    private async Task InterruptAsync(Shop shop)
    {
        using var process =
            shop.Start("env", "--default-signal=INT", "setsid", "dotnet", "publish", "Shop.slnx", "-v:n", "-p:PublishContainer=true");
        string? line;
        do
        {
            line = await process.StandardOutput.ReadLineAsync(context.CancellationToken);
        }
        while (line is not null && !(line.Contains("[builder]", StringComparison.Ordinal)
            && line.Contains("Determining projects to restore", StringComparison.Ordinal)));
        Assert.IsNotNull(line, "It was over before it began.");

        (await shop.RunAsync("kill", "-INT", "--", $"-{process.Id}")).ShouldSucceed();
        var rest = process.StandardOutput.ReadToEndAsync(context.CancellationToken);
        await process.WaitForExitAsync(context.CancellationToken);
        Assert.AreNotEqual(0, process.ExitCode, await rest);
        Assert.IsEmpty(RunningProcesses.Find($"dotnet (restore|publish) shop/src/|{shop.Project.Folder}"), "Nothing runs any more.");
    }

    private static async Task NoSecretAsync(Shop shop, CommandResult[] results)
    {
        string[] secrets = [Shop.Password, Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Shop.User}:{Shop.Password}")), Shop.Token];
        foreach (var secret in secrets)
        {
            Assert.DoesNotContain(secret, string.Concat(results.Select(result => result.All)));
            Assert.AreEqual(
                "",
                await TextSearch.FilesWithAsync(
                    secret,
                    [shop.Solution, shop.Project.Full("repository/common"), shop.Project.Store],
                    shop.Project.Full("repository/nuget.config")));
        }

        Assert.AreNotEqual(
            "",
            await TextSearch.FilesWithAsync("Acme.Pricing", [Path.Combine(shop.Solution, "all.binlog")]),
            "The search finds nothing in a binary log.");
    }
}
