using System.Text.Json;
using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>Build arguments and names that mean something to the builder itself, from end to end.</summary>
[TestClass]
public sealed class BuildArgumentTests
{
    private const string Epoch = "1000000";
    private const string Dockerfile = "FROM alpine\nARG SOURCE_DATE_EPOCH\nRUN echo \"sde=$SOURCE_DATE_EPOCH\" > /sde";

    [TestMethod]
    [DataRow(null, Epoch, "sde=1000000", "1970-01-12T13:46:40", DisplayName = "the variable reaches the ARG")]
    [DataRow(Epoch, null, "sde=1000000", "1970-01-12T13:46:40", DisplayName = "the argument sets the times")]
    [DataRow(Epoch, "2", "sde=1000000", "1970-01-12T13:46:40", DisplayName = "the argument wins")]
    [DataRow("", "2", "sde=", "1970-01-01T00:00:00", DisplayName = "also where it is blank")]
    public async Task SOURCE_DATE_EPOCH_is_variable_and_argument_at_once(string? argument, string? variable, string content, string time)
    {
        using var context = Hello.Context(Dockerfile);
        var name = $"epoch-{Guid.NewGuid():N}";
        var result = await Hello.Program.RunAsync(
            variable is null ? new Dictionary<string, string>() : new() { ["SOURCE_DATE_EPOCH"] = variable },
            [
                "build",
                "-t",
                name,
                .. argument is null ? (string[])[] : ["--build-arg", $"SOURCE_DATE_EPOCH={argument}"],
                "-o",
                "type=image",
                "-o",
                $"type=tar,dest={context.Combine("out.tar")}",
                context.Path,
            ]);
        Assert.AreEqual(0, result.ExitCode, result.Error);
        Assert.DoesNotContain("warning", result.Error);
        Assert.AreEqual(content + "\n", await RealTool.RunAsync("tar", "-xOf", context.Combine("out.tar"), "sde"));
        StringAssert.Contains(
            await RealTool.RunAsync("tar", "--utc", "--full-time", "-tvf", context.Combine("out.tar"), "sde"), time.Replace('T', ' '));
        var inspected = await Hello.Program.RunAsync("inspect", name, "-f", "{{json .Created}}");
        Assert.AreEqual($"\"{time}Z\"", inspected.Output.Trim(), inspected.Error);
    }

    [TestMethod]
    public async Task A_time_that_is_none_is_one_error()
    {
        using var context = Hello.Context("FROM scratch");
        var result = await Hello.Program.BuildAsync(context.Path, "--build-arg", "SOURCE_DATE_EPOCH=today");
        Assert.AreEqual(1, result.ExitCode);
        StringAssert.Contains(result.Error, "error CST3106: SOURCE_DATE_EPOCH is 'today'");
    }

    [TestMethod]
    public async Task The_name_of_the_machine_in_commands_can_be_given()
    {
        using var context = Hello.Context("FROM alpine\nRUN [ \"$(hostname)\" = builder-1 ] && grep -q builder-1 /etc/hosts");
        var result = await Hello.Program.BuildAsync(context.Path, "--build-arg", "BUILDKIT_SANDBOX_HOSTNAME=builder-1");
        Assert.AreEqual(0, result.ExitCode, result.Error);
        Assert.DoesNotContain("warning", result.Error);
        var other = await Hello.Program.BuildAsync(context.Path);
        Assert.AreEqual(1, other.ExitCode, other.Error);
        StringAssert.Contains(
            (await Hello.Program.BuildAsync(context.Path, "--build-arg", "BUILDKIT_SANDBOX_HOSTNAME=a b")).Error,
            "error CST3108: BUILDKIT_SANDBOX_HOSTNAME is 'a b'");
    }

    [TestMethod]
    public async Task Checks_look_at_every_stage_unless_one_is_named_and_builds_at_those_they_need()
    {
        using var context = Hello.Context("FROM alpine AS one\nENV A=$nope\nFROM alpine AS two\nCMD [\"a\"]");
        var all = await Hello.Program.RunAsync("build", "--check", context.Path);
        Assert.AreEqual(1, all.ExitCode);
        StringAssert.Contains(all.Output, "CST2231: UndefinedVar: Usage of undefined variable '$nope'");
        Assert.AreEqual(0, (await Hello.Program.RunAsync("build", "--check", "--target", "two", context.Path)).ExitCode);
        Assert.AreEqual(
            0,
            (await Hello.Program.RunAsync("build", "--check", "--build-arg", "BUILDKIT_DOCKERFILE_CHECK=skip=all", context.Path)).ExitCode);
        Assert.DoesNotContain("CST2231", (await Hello.Program.BuildAsync(context.Path)).Error);
    }

    [TestMethod]
    [DataRow("FROM user:secret@example.com/app", new string[0])]
    [DataRow("FROM scratch\nCOPY --from=user:secret@example.com/app a b", new string[0])]
    [DataRow("FROM scratch\nRUN --mount=from=user:secret@example.com/app,target=/x true", new string[0])]
    [DataRow("ARG BASE\nFROM $BASE", new[] { "--build-arg", "BASE=user:secret@example.com/app" })]
    [DataRow("ARG BASE\nFROM $BASE$NONE", new[] { "--build-arg", "BASE=user:secret@example.com/app" })]
    [DataRow("FROM base", new[] { "--build-context", "base=docker-image://user:secret@example.com/app" })]
    [DataRow("FROM scratch", new[] { "-t", "user:secret@example.com/app" })]
    [DataRow("FROM scratch", new[] { "-o", "type=image,name=user:secret@example.com/app" })]
    public async Task A_password_in_the_name_of_an_image_is_never_shown(string dockerfile, string[] arguments)
    {
        using var context = Hello.Context(dockerfile);
        foreach (var further in new string[][] { [], ["--check"], ["--progress", "json"] })
        {
            var result = await Hello.Program.RunAsync(["build", .. further, .. arguments, context.Path]);
            Assert.AreNotEqual(0, result.ExitCode, result.Error);
            Assert.DoesNotContain("secret", result.Error + result.Output);
            StringAssert.Contains(result.Error + result.Output, "user:***@example.com/app");
        }

        var ran = await Hello.Program.RunAsync("run", "user:secret@example.com/app");
        Assert.DoesNotContain("secret", ran.Error + ran.Output);
    }

    [TestMethod]
    public async Task A_named_context_is_found_under_every_name_of_the_image()
    {
        using var context =
            Hello.Context(
                "FROM docker.io/library/busybox AS one\nFROM scratch\nCOPY --from=docker.io/library/golang:latest /mark /mark\nCOPY " +
                "--from=one /etc/architecture /");
        context.Write("other/mark", "mine");
        var result = await Hello.Program.BuildAsync(
            context.Path,
            "--build-context",
            $"golang={context.Combine("other")}",
            "--build-context",
            "busybox:latest=docker-image://both",
            "--output",
            context.Combine("out"));
        Assert.AreEqual(0, result.ExitCode, result.Error);
        Assert.AreEqual("mine", await File.ReadAllTextAsync(context.Combine("out", "mark")));
        Assert.AreEqual("amd64\n", await File.ReadAllTextAsync(context.Combine("out", "architecture")));
    }
}
