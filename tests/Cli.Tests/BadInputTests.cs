using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>Each mistake gets one clear error with its place, exit code 1, and nothing is published.</summary>
[TestClass]
public sealed class BadInputTests
{
    [TestMethod]
    [DataRow("FROM alpine AS builder\nFROM scratch\nCOPY --from=buidler /x /", "Dockerfile(3,", "Did you mean 'builder'?")]
    [DataRow("FROM alpine\nCOPY nothing.txt .", "Dockerfile(2,", "no 'nothing.txt' in the build context '")]
    [DataRow("FROM alpine\nCOPY hidden.txt .", "Dockerfile(2,", "the ignore rule 'hidden.*'")]
    [DataRow("FROM alpine\nRUN echo last words; exit 7", "Dockerfile(2,", "exit code 7. Its last output:")]
    [DataRow("FROM alpine\nRUN no-such-program", "Dockerfile(2,", "exit code 127")]
    [DataRow("FROM alpine\nRUN [\"no-such-program\"]", "", "no-such-program")]
    [DataRow("FROM alpine:no-such-tag", "", "no-such-tag")]
    [DataRow("FROM localhost:1/nowhere", "", "localhost:1")]
    [DataRow("FROM alpine@sha256:0000000000000000000000000000000000000000000000000000000000000000", "", "sha256:0000")]
    [DataRow("FROM alpine\nUSER nobody-here\nRUN true", "Dockerfile(3,", "nobody-here")]
    [DataRow("FROM alpine\nFORM alpine", "Dockerfile(2,", "FROM")]
    [DataRow("FROM alpine\nADD http://example.invalid/x /", "Dockerfile(2,", "Could not download")]
    [DataRow("FROM alpine\nCOPY main.go Dockerfile /file", "Dockerfile(2,", "End it with '/'")]
    [DataRow("FROM alpine\nCOPY main.go /etc/passwd/", "", "a file stands there")]
    public async Task A_mistake_is_named_with_its_place(string dockerfile, string place, string words)
    {
        using var context = Hello.Context(dockerfile);
        context.Write("hidden.txt", "x");
        context.Write(".dockerignore", "hidden.*\n");
        var name = $"{BaseImages.Instance.Registry}/bad:{Guid.NewGuid():N}";
        var result = await Hello.Program.BuildAsync(context.Path, "-t", name, "--push");
        Assert.AreEqual(1, result.ExitCode, result.Error);
        StringAssert.Contains(result.Error, place);
        StringAssert.Contains(result.Error, words);
        Assert.AreEqual(1, result.Error.Split("error CST").Length - 1, result.Error);
        Assert.IsFalse(result.Error.Contains("   at ", StringComparison.Ordinal), "A stack trace is no message: " + result.Error);
        Assert.AreEqual(1, (await Hello.Program.RunAsync("run", name, "true")).ExitCode, "Something was published.");
    }

    [TestMethod]
    [DataRow("bild", "Did you mean 'build'?")]
    [DataRow("build", "name the context folder")]
    [DataRow("build --tga x .", "Did you mean '--tag'?")]
    [DataRow("build -t UPPER .", "'UPPER' is no image name")]
    [DataRow("build -o type=cake,dest=x .", "registry, oci, docker, podman, oci-layout")]
    [DataRow("build --push .", "-t HOST/REPOSITORY:TAG")]
    [DataRow("build --progress loud .", "plain, tty, json")]
    [DataRow("inspect", "name at least one image")]
    [DataRow("completion tcsh", "valid are bash, zsh, fish, pwsh")]
    public async Task Wrong_usage_says_what_is_right(string arguments, string words)
    {
        var result = await Hello.Program.RunAsync(arguments.Split(' '));
        Assert.AreEqual(2, result.ExitCode, result.Error);
        StringAssert.Contains(result.Error, words);
    }

    [TestMethod]
    public async Task A_full_disk_is_told_as_one()
    {
        using var context = Hello.Context("FROM golang:1.14.4-alpine\nRUN true");
        var script =
            $"mount -t tmpfs -o size=40m tmpfs {context.NewFolder("small")} && exec " +
            $"{new StagesProgram(context.Combine("small", "store")).CommandLine("build", context.Path)}";
        var error =
            await Assert.ThrowsExactlyAsync<InvalidOperationException>(() => RealTool.RunAsync("unshare", "--mount", "sh", "-ec", script));
        StringAssert.Contains(error.Message, "error CST41");
        StringAssert.Contains(error.Message, context.Combine("small"));
        Assert.IsFalse(error.Message.Contains("   at ", StringComparison.Ordinal), error.Message);
    }

    [TestMethod]
    public async Task A_store_that_cannot_be_written_is_told_as_one()
    {
        using var context = Hello.Context("FROM scratch\nCOPY main.go /");
        var other = new StagesProgram("/proc/containerstages");
        var result = await other.BuildAsync(context.Path);
        Assert.AreEqual(1, result.ExitCode, result.Error);
        StringAssert.Contains(result.Error, "error CST4102");

        if (Environment.IsPrivilegedProcess)
        {
            var mine = context.NewFolder("mine");
            var denied = await new StagesProgram(mine, Account.OrdinaryUser).BuildAsync(context.Path);
            Assert.AreEqual(1, denied.ExitCode, denied.Error);
            StringAssert.Contains(denied.Error, $"error CST4102: The store folder '{mine}'");
        }
    }
}
