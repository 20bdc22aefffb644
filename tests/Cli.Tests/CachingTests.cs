using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

[TestClass]
public sealed class CachingTests
{
    [TestMethod]
    public async Task Only_content_counts()
    {
        // Without -buildid= the Go linker writes a hash of the source, comments included, into the program.
        using var context = Hello.Context(Hello.MultiStage.Replace("go build", "go build -ldflags=-buildid=", StringComparison.Ordinal));
        var before = await Built(context);

        File.SetLastWriteTimeUtc(context.Combine("main.go"), DateTime.UtcNow.AddDays(1));
        var touched = await Built(context);
        Assert.AreEqual(before.Digest, touched.Digest);
        Assert.IsFalse(touched.Error.Contains(" done ", StringComparison.Ordinal), touched.Error);

        context.Write("main.go", Hello.Main + "// the same program\n");
        var commented = await Built(context);
        Assert.AreEqual(before.Digest, commented.Digest, "A comment that compiles to the same binary changed the image.");
        StringAssert.Contains(commented.Error, "RUN go build -ldflags=-buildid= -o /go/bin/app main.go done");
        StringAssert.Contains(commented.Error, "COPY --from=builder /go/bin/app /usr/local/bin/app (cached)");

        context.Write("main.go", Hello.Main.Replace("world", "World", StringComparison.Ordinal));
        var changed = await Built(context);
        Assert.AreNotEqual(before.Digest, changed.Digest);
        StringAssert.Contains(changed.Error, "WORKDIR /go/src/app (cached)");
        StringAssert.Contains(changed.Error, "COPY main.go . done");
    }

    [TestMethod]
    public async Task No_cache_runs_every_step_and_later_builds_use_its_results()
    {
        using var context = Hello.Context($"FROM alpine\nRUN cat /proc/sys/kernel/random/uuid > /made && echo {Guid.NewGuid()}");
        var first = await Built(context);
        Assert.AreEqual(first.Digest, (await Built(context)).Digest);
        var again = await Hello.Program.BuildAsync(context.Path, "--no-cache");
        Assert.AreNotEqual(first.Digest, again.Digest);
        Assert.AreEqual(again.Digest, (await Built(context)).Digest);
    }

    [TestMethod]
    public async Task The_same_command_twice_runs_twice()
    {
        using var context = Hello.Context($"FROM alpine\nRUN echo {Guid.NewGuid()} > /dev/null\nRUN true\nRUN true\n");
        var result = await Built(context);
        Assert.HasCount(3, result.Error.Split("RUN true done"), result.Error);
    }

    [TestMethod]
    public async Task Stages_that_the_target_does_not_need_are_not_run()
    {
        using var context = Hello.Context("""
            FROM alpine AS needed
            RUN echo needed > /file
            FROM alpine AS broken
            RUN exit 1
            FROM scratch AS last
            COPY --from=needed /file /
            """);
        var result = await Hello.Program.BuildAsync(context.Path, "--target", "LAST");
        Assert.AreEqual(0, result.ExitCode, result.Error);
    }

    [TestMethod]
    public async Task With_nothing_changed_no_registry_is_asked()
    {
        using var context = Hello.Context("FROM alpine\nRUN echo offline > /file");
        await Built(context);
        var unreachable = context.Write(
            "registries.conf",
            "[[registry]]\nlocation = \"docker.io\"\n  [[registry.mirror]]\n  location = \"localhost:1\"\n  insecure = true\n");
        var result = await Hello.Program.RunAsync(
            new Dictionary<string, string> { ["CONTAINERS_REGISTRIES_CONF"] = unreachable }, "build", context.Path);
        Assert.AreEqual(0, result.ExitCode, result.Error);
    }

    private static async Task<ProgramResult> Built(TempFolder context)
    {
        var result = await Hello.Program.BuildAsync(context.Path);
        Assert.AreEqual(0, result.ExitCode, result.Error);
        return result;
    }
}
