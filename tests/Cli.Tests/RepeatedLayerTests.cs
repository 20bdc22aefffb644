using System.Text.Json;
using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>Images in which a layer stands more than once, as many builders write them for steps that change nothing.</summary>
[TestClass]
public sealed class RepeatedLayerTests
{
    private const string AgainAboveItsRemoval = "FROM alpine\nCOPY main.go /f\nRUN rm /f\nCOPY main.go /f\n";

    private const string EverythingThatReadsTheBase = """
        FROM base AS middle
        WORKDIR /work
        COPY --link main.go /linked/
        COPY --link main.go /linked/
        RUN cat /f /linked/main.go > /got
        FROM base
        COPY --from=middle /got /f /from/
        RUN --mount=type=bind,from=base,target=/bound cmp /bound/f /f
        RUN --mount=type=bind,from=middle,target=/bound cmp /bound/got /from/got
        """;

    private static IEnumerable<Account> Accounts() => Environment.IsPrivilegedProcess ? [Account.Own, Account.OrdinaryUser] : [Account.Own];

    [TestMethod]
    [DynamicData(nameof(Accounts))]
    public async Task Whatever_reads_such_an_image_sees_what_its_topmost_layers_say(Account account)
    {
        using var context = Hello.Context(AgainAboveItsRemoval);
        using var store = new TempFolder();
        File.SetUnixFileMode(store.Path, (UnixFileMode)0x3FF);
        var program = new StagesProgram(store.Combine("store"), account);
        try
        {
            var name = $"{BaseImages.Instance.Registry}/repeated/{Guid.NewGuid():N}:1";
            var pushed = await program.BuildAsync(context.Path, "-t", name, "--push");
            Assert.AreEqual(0, pushed.ExitCode, pushed.Error);
            var layers = await LayersAsync(name);
            Assert.HasCount(4, layers);
            Assert.AreEqual(layers[1], layers[3]);

            context.Write("Dockerfile", EverythingThatReadsTheBase);
            var built =
                await program.BuildAsync(
                    context.Path,
                    "-t",
                    "reads",
                    "--build-context",
                    $"base=docker-image://{name}",
                    "-o",
                    $"type=tar,dest={store.Combine("out.tar")}",
                    "-o",
                    "type=image");
            Assert.AreEqual(0, built.ExitCode, built.Error);
            Assert.AreEqual(Hello.Main, await RealTool.RunAsync("tar", "-xOf", store.Combine("out.tar"), "f"));
            var run = await program.RunAsync("run", "reads", "cat", "/from/got");
            Assert.AreEqual(Hello.Main + Hello.Main, run.Output, run.Error);
        }
        finally
        {
            // The store holds files of mapped ids, which only root may remove.
            Posix.TreeRemover.Remove(program.Store);
        }
    }

    [TestMethod]
    public async Task Equal_linked_layers_stand_in_the_pushed_image_as_often_as_they_were_written()
    {
        using var context = Hello.Context("FROM scratch\nCOPY --link main.go /f\nCOPY Dockerfile /f\nCOPY --link main.go /f\n");
        var name = $"{BaseImages.Instance.Registry}/repeated/{Guid.NewGuid():N}:1";
        var built = await Hello.Program.BuildAsync(context.Path, "-t", name, "--push", "-o", context.Combine("out"));
        Assert.AreEqual(0, built.ExitCode, built.Error);
        var layers = await LayersAsync(name);
        Assert.HasCount(3, layers);
        Assert.AreEqual(layers[0], layers[2]);
        Assert.AreEqual(Hello.Main, await File.ReadAllTextAsync(context.Combine("out", "f")));
        using var configuration =
            JsonDocument.Parse(await RealTool.RunAsync("skopeo", "inspect", "--tls-verify=false", "--config", "--raw", $"docker://{name}"));
        Assert.HasCount(3, configuration.RootElement.GetProperty("rootfs").GetProperty("diff_ids").EnumerateArray());
        Assert.HasCount(3, configuration.RootElement.GetProperty("history").EnumerateArray());
    }

    private static async Task<string[]> LayersAsync(string name)
    {
        using var manifest =
            JsonDocument.Parse(await RealTool.RunAsync("skopeo", "inspect", "--tls-verify=false", "--raw", $"docker://{name}"));
        return [.. manifest.RootElement.GetProperty("layers").EnumerateArray().Select(layer => layer.GetProperty("digest").GetString()!)];
    }
}
