namespace ContainerStages.Cli.Tests;

/// <summary>What COPY and RUN make, seen from inside the built image.</summary>
[TestClass]
public sealed class CopyTests
{
    [TestMethod]
    [DataRow("COPY dir /target", "find target | sort", "target target/.dot target/link target/one.txt target/sub target/sub/two.txt")]
    [DataRow("COPY dir/one.txt /new/", "cat new/one.txt", "one")]
    [DataRow("COPY dir/one.txt /new", "cat new", "one")]
    [DataRow("COPY dir/one.txt /etc", "cat etc/one.txt", "one")]
    [DataRow("COPY dir/*.txt main.go /many/", "ls many", "main.go one.txt")]
    [DataRow("COPY dir/link /followed", "stat -c %F followed", "regular file")]
    [DataRow("COPY dir /t", "readlink t/link", "one.txt")]
    [DataRow("WORKDIR /a/b\nCOPY main.go .", "ls /a/b", "main.go")]
    [DataRow("WORKDIR /a\nWORKDIR b\nCOPY main.go c/", "ls /a/b/c", "main.go")]
    [DataRow("RUN ln -s /var/log /short\nCOPY main.go /short/", "ls /var/log", "main.go")]
    [DataRow("RUN mkdir /there && chmod 700 /there && chown 7:8 /there\nCOPY main.go /there/", "stat -c '%a %u %g' there", "700 7 8")]
    [DataRow(
        "COPY --chown=12:34 --chmod=750 dir /owned",
        "stat -c '%a %u %g' owned owned/sub owned/sub/two.txt",
        "750 12 34 750 12 34 750 12 34")]
    [DataRow("COPY --chown=root:root main.go /x", "stat -c '%u %g' x", "0 0")]
    [DataRow("RUN mkdir /data && touch /data/old\nRUN rm -r /data\nCOPY main.go /data/", "ls data", "main.go")]
    [DataRow("RUN rm -rf /home && mkdir /home && touch /home/new", "ls home", "new")]
    [DataRow("RUN rm /bin/ls", "test -e /bin/ls || echo gone", "gone")]
    [DataRow("ENV GREETING=hi\nARG NAME=you\nRUN echo \"$GREETING $NAME\" > /said", "cat said", "hi you")]
    [DataRow("USER 5:6\nRUN id -u > /tmp/id && id -g >> /tmp/id", "cat tmp/id", "5 6")]
    [DataRow("COPY . /all", "ls -A all", ".dockerignore Dockerfile dir main.go")]
    [DataRow("COPY --from=alpine /etc/passwd /copied", "head -c 4 copied", "root")]
    public async Task The_image_has_what_the_instructions_say(string instructions, string look, string expected)
    {
        using var context = Hello.Context($"FROM alpine\n{instructions}\n");
        context.Write("dir/one.txt", "one");
        context.Write("dir/.dot", "dot");
        context.Write("dir/sub/two.txt", "two");
        context.Write(".dockerignore", "secret*\n");
        context.Write("secret.txt", "hidden");
        File.CreateSymbolicLink(context.Combine("dir", "link"), "one.txt");
        var name = $"copy-{Guid.NewGuid():N}";
        var built = await Hello.Program.BuildAsync(context.Path, "-t", name);
        Assert.AreEqual(0, built.ExitCode, built.Error);
        var run = await Hello.Program.RunAsync("run", "-w", "/", name, "sh", "-c", look);
        Assert.AreEqual(
            expected, string.Join(' ', run.Output.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)), run.Error);
    }

    [TestMethod]
    public async Task Names_that_are_not_UTF8_survive_every_step()
    {
        using var context =
            Hello.Context(
                "FROM alpine AS one\nRUN mkdir /d && touch \"/d/$(printf 'caf\\351')\" && ln -s \"$(printf 'caf\\351')\" /d/link\nFROM " +
                "alpine\nCOPY --from=one /d /copy\n");
        var name = $"copy-{Guid.NewGuid():N}";
        var built = await Hello.Program.BuildAsync(context.Path, "-t", name);
        Assert.AreEqual(0, built.ExitCode, built.Error);
        var run = await Hello.Program.RunAsync(
            "run", name, "sh", "-c", "test -e \"/copy/$(printf 'caf\\351')\" && test -e /copy/link && echo there");
        Assert.AreEqual("there\n", run.Output, run.Error);
    }

    [TestMethod]
    public async Task One_name_for_two_platforms_is_two_images()
    {
        using var context = Hello.Context(
            "FROM --platform=$BUILDPLATFORM both AS builder\nCOPY main.go /made\nFROM both\nCOPY --from=builder /made /made\n");
        var name = $"copy-{Guid.NewGuid():N}";
        var built = await Hello.Program.BuildAsync(context.Path, "-t", name, "--platform", "linux/arm64");
        Assert.AreEqual(0, built.ExitCode, built.Error);
        Assert.AreEqual("arm64\n", (await Hello.Program.RunAsync("inspect", "-f", ".Architecture", name)).Output);
    }
}
