using System.Net.Sockets;
using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>What RUN sees beyond its root. Source: Dockerfile reference, RUN --mount, --network, --security.</summary>
[TestClass]
public sealed class RunMountTests
{
    [TestMethod]
    [DataRow(
        "--mount=type=bind,target=/c",
        "cat /c/main.go | head -1; ls -A /c; touch /c/x 2>/dev/null || echo read-only",
        "package main .dockerignore Dockerfile dir main.go read-only")]
    [DataRow("--mount=ro", "head -1 /w/main.go", "package main")]
    [DataRow("--mount=target=/c,source=dir", "cat /c/file", "content")]
    [DataRow(
        "--mount=target=deep/er/file,source=dir/file,rw",
        "cat /w/deep/er/file; echo changed > /w/deep/er/file; cat deep/er/file",
        "content changed")]
    [DataRow("--mount=target=/c,from=other,source=/data", "cat /c/file; touch /c/x 2>/dev/null || echo read-only", "other read-only")]
    [DataRow("--mount=target=/c,from=other,source=/link,rw", "cat /c/file; touch /c/new; rm /c/file; ls /c", "other new")]
    [DataRow("--mount=target=/c,from=alpine,source=/etc/passwd", "head -c 4 /c", "root")]
    [DataRow("--mount=type=tmpfs,target=/t,size=2m", "grep -c ' /t tmpfs .*size=2048k' /proc/mounts", "1")]
    [DataRow(
        "--mount=target=. --mount=type=cache,target=node_modules",
        "echo x > node_modules/x; ls -A",
        ".dockerignore Dockerfile dir main.go node_modules")]
    [DataRow("--mount=type=cache,target=/c,from=other,source=/data", "cat /c/file; touch /c/kept; ls /c", "other file kept")]
    [DataRow("--mount=type=cache,target=/c,mode=0700,uid=5,gid=6", "stat -c '%a %u %g' /c", "700 5 6")]
    [DataRow("--mount=type=cache,target=/c,ro", "touch /c/x 2>/dev/null || echo read-only", "read-only")]
    [DataRow("--mount=type=secret,id=missing", "ls /run/secrets/missing 2>/dev/null || echo none", "none")]
    [DataRow("--network=none", "ls /sys/class/net; ping -c 1 -W 1 127.0.0.1 > /dev/null && echo up", "lo up")]
    [DataRow("--network=host", "id -u", "0")]
    public async Task A_command_sees_what_its_flags_say_and_nothing_of_it_is_left(string flags, string command, string expected)
    {
        foreach (var account in Accounts())
        {
            using var store = new TempFolder();
            using var context =
                Context(
                    "FROM alpine AS other\nRUN mkdir /data && echo other > /data/file && ln -s data /link\nFROM alpine\nWORKDIR /w\nRUN " +
                    $"{flags} {command}\n");
            var program = ProgramFor(store, account);
            var built = await program.BuildAsync(context.Path, "-t", "seen");
            Assert.AreEqual(0, built.ExitCode, built.Error);
            Assert.AreEqual(expected, string.Join(' ', OutputOf(built)), built.Error);
            Assert.AreEqual("{}|w", await AsksAsync(program, "seen"), "The step left something in the image.");
        }
    }

    [TestMethod]
    [DataRow(
        "--mount=target=/c,from=beside",
        "cat /c/seen; ls -A /c; touch /c/x 2>/dev/null || echo read-only",
        "text .dockerignore seen read-only")]
    [DataRow("--mount=type=cache,target=/c,from=beside", "cat /c/seen; touch /c/kept; ls /c", "text kept seen")]
    public async Task A_folder_beside_the_context_can_be_mounted(string flags, string command, string expected)
    {
        using var store = new TempFolder();
        using var beside = new TempFolder();
        beside.Write(".dockerignore", "hidden\n");
        beside.Write("hidden", "no");
        beside.Write("seen", "text\n");
        using var context = Context($"FROM alpine\nRUN {flags} {command}\n");
        var built = await ProgramFor(store, Account.Own).BuildAsync(context.Path, "--build-context", $"beside={beside.Path}");
        Assert.AreEqual(0, built.ExitCode, built.Error);
        Assert.AreEqual(expected, string.Join(' ', OutputOf(built)), built.Error);
    }

    [TestMethod]
    [DataRow("RUN <<EOF\necho one\necho two\nEOF\n", "one two")]
    [DataRow("RUN <<EOF\n#!/bin/cat\nthree\nEOF\n", "#!/bin/cat three")]
    [DataRow("RUN cat <<A - <<B\na\nA\nb\nB\n", "b")]
    [DataRow("RUN <<-EOF\n\techo tabs\nEOF\n", "tabs")]
    [DataRow("RUN cat <<'EOF'\n$HOME\nEOF\n", "$HOME")]
    public async Task Here_documents_are_commands(string run, string expected)
    {
        using var context = Context("FROM alpine\n" + run);
        var built = await Hello.Program.BuildAsync(context.Path, "--no-cache");
        Assert.AreEqual(0, built.ExitCode, built.Error);
        Assert.AreEqual(expected, string.Join(' ', OutputOf(built)), built.Error);
    }

    [TestMethod]
    public async Task A_secret_is_seen_by_its_command_and_by_nobody_else()
    {
        foreach (var account in Accounts())
        {
            var value = $"value-{Guid.NewGuid():N}";
            using var store = new TempFolder();
            using var context = Context("""
                FROM alpine
                RUN --mount=type=secret,id=one,required=true test "$(cat /run/secrets/one)" = "$(cat /run/secrets/one)" && stat -c '%a %u' /run/secrets/one && cat /run/secrets/one && grep -c 'secrets/one tmpfs ro' /proc/mounts
                RUN --mount=type=secret,id=two,env=TWO echo "$TWO" && test ! -e /run/secrets
                RUN --mount=type=secret,id=one,target=/etc/one,mode=0440,uid=3,gid=4 stat -c '%a %u %g' /etc/one
                """);
            var program = ProgramFor(store, account);
            context.Write("dir/secret", value + "\n");
            context.Write(".dockerignore", "dir/secret");
            string[] secrets = ["--secret", $"id=one,src={context.Combine("dir", "secret")}", "--secret", "id=two,env=SECRET_TWO"];
            var built = await program.RunAsync(
                new Dictionary<string, string> { ["SECRET_TWO"] = value },
                ["build", "--progress", "json", "-t", "kept", .. secrets, context.Path]);
            Assert.AreEqual(0, built.ExitCode, built.Error);
            Assert.DoesNotContain(value, built.Output + built.Error);
            StringAssert.Contains(built.Output, "***");
            StringAssert.Contains(built.Output, "400 0");
            StringAssert.Contains(built.Output, "440 3 4");
            Assert.AreEqual("", FilesWith(store.Path, value), "The store holds the secret.");

            var other = await program.RunAsync(
                new Dictionary<string, string> { ["SECRET_TWO"] = "another" }, ["build", "--progress", "plain", .. secrets, context.Path]);
            Assert.DoesNotContain(" done ", other.Error, "The value of a secret is part of a key.");
        }
    }

    [TestMethod]
    public async Task A_secret_is_in_no_message_about_the_command()
    {
        var value = $"value-{Guid.NewGuid():N}";
        using var context = Context("FROM alpine\nRUN --mount=type=secret,id=one,env=PATH [\"absent\"]\n");
        var built = await Hello.Program.RunAsync(
            new Dictionary<string, string> { ["SECRET_ONE"] = value },
            ["build", "--progress", "json", "--secret", "id=one,env=SECRET_ONE", context.Path]);
        Assert.AreEqual(1, built.ExitCode, built.Output);
        Assert.Contains("was not found in PATH of the image (***)", built.Output + built.Error);
        Assert.DoesNotContain(value, built.Output + built.Error);
    }

    [TestMethod]
    [DataRow("RUN --mount=type=secret,id=absent,required=true true", "CST4301")]
    [DataRow("RUN --mount=type=ssh,required=true true", "CST4303")]
    [DataRow("RUN --mount=target=/c,source=absent true", "CST4308")]
    [DataRow("RUN --mount=type=cache,target=/ true", "CST4306")]
    [DataRow("RUN --security=insecure true", "CST4305")]
    [DataRow("RUN --mount=type=tmpfs,target=/proc/x true", "CST4034")]
    [DataRow("RUN --mount=target=../../proc true", "CST4034")]
    [DataRow("RUN --mount=type=tmpfs,target=/sys/x true", "CST4033")]
    [DataRow("RUN --mount=type=tmpfs,target=/dev/null true", "CST4033")]
    [DataRow("RUN [\"/absent\"]", "CST4005")]
    public async Task What_a_command_cannot_have_is_an_error_with_its_line(string run, string code)
    {
        using var context = Context($"FROM alpine\n{run}\n");
        var built = await Hello.Program.BuildAsync(context.Path);
        Assert.AreEqual(1, built.ExitCode, built.Error);
        StringAssert.Contains(built.Error, $"Dockerfile(2");
        StringAssert.Contains(built.Error, code);
    }

    [TestMethod]
    public async Task Builds_at_once_share_a_cache_and_take_turns_where_it_is_locked()
    {
        var id = Guid.NewGuid().ToString("N");
        var contexts = Enumerable.Range(0, 3).Select(number => Context($"""
            FROM alpine
            RUN --mount=type=cache,id=l{id},sharing=locked,target=/c mkdir /c/busy && sleep 0.3 && echo {number} >> /c/all && rmdir /c/busy
            RUN --mount=type=cache,id=s{id},target=/c touch /c/{number}
            """)).ToArray();
        var results = await Task.WhenAll(contexts.Select(context => Hello.Program.BuildAsync(context.Path)));
        foreach (var result in results)
        {
            Assert.AreEqual(0, result.ExitCode, result.Error);
        }

        using var look =
            Context($"FROM alpine\nRUN --mount=type=cache,id=l{id},target=/c --mount=type=cache,id=s{id},target=/d sort /c/all; ls /d\n");
        Assert.AreEqual("0 1 2 0 1 2", string.Join(' ', OutputOf(await Hello.Program.BuildAsync(look.Path))));
        foreach (var context in contexts)
        {
            context.Dispose();
        }
    }

    [TestMethod]
    public async Task A_bind_counts_by_content_and_only_by_what_it_selects()
    {
        using var context = Context($"FROM alpine\nRUN --mount=target=/c,source=dir echo {Guid.NewGuid()} && cat /c/file\n");
        await Hello.Program.BuildAsync(context.Path);
        context.Write("main.go", "something else");
        StringAssert.Contains((await Hello.Program.BuildAsync(context.Path)).Error, "(cached)");
        context.Write("dir/file", "changed");
        StringAssert.Contains((await Hello.Program.BuildAsync(context.Path)).Error, "changed");
    }

    [TestMethod]
    public async Task An_agent_is_a_socket_that_the_command_can_reach()
    {
        using var folder = new TempFolder();
        var path = folder.Combine("agent");
        using var agent = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        agent.Bind(new UnixDomainSocketEndPoint(path));
        using var context =
            Context("FROM alpine\nRUN --mount=type=ssh,required=true echo $SSH_AUTH_SOCK && test -S $SSH_AUTH_SOCK && echo socket\n");
        var built = await Hello.Program.BuildAsync(context.Path, "--no-cache", "--ssh", $"default={path}");
        Assert.AreEqual("/run/buildkit/ssh_agent.0 socket", string.Join(' ', OutputOf(built)), built.Error);
    }

    [TestMethod]
    public async Task An_agent_that_has_ended_is_named_when_a_command_asks_it()
    {
        using var folder = new TempFolder();

        // Its file is there, and nobody listens.
        using var agent = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        agent.Bind(new UnixDomainSocketEndPoint(folder.Combine("agent")));
        using var context =
            Context(
                "FROM golang\nRUN --mount=type=ssh perl -MSocket -e 'socket(S, 1, 1, 0); connect(S, " +
                "pack_sockaddr_un($ENV{SSH_AUTH_SOCK})); sysread(S, $_, 1)'\n");
        var built = await Hello.Program.BuildAsync(context.Path, "--no-cache", "--ssh", $"default={folder.Combine("agent")}");
        Assert.AreEqual(0, built.ExitCode, built.Error);
        Assert.Contains("warning CST4025", built.Error);
    }

    [TestMethod]
    public async Task The_build_says_what_all_commands_get()
    {
        using var context =
            Context(
                "FROM alpine\nRUN ulimit -n; ulimit -Hn; df -k /dev/shm | tail -1 | awk '{print $2}'; grep 10.9.8.7 /etc/hosts | cut " +
                "-f2; echo $HTTP_PROXY; ls /sys/class/net\n");
        var built = await Hello.Program.BuildAsync(
            context.Path,
            "-t",
            "told",
            "--ulimit",
            "nofile=100:200",
            "--shm-size",
            "3m",
            "--add-host",
            "far:10.9.8.7",
            "--build-arg",
            "HTTP_PROXY=http://proxy:1",
            "--network",
            "none",
            "--no-cache");
        Assert.AreEqual("100 200 3072 far http://proxy:1 lo", string.Join(' ', OutputOf(built)), built.Error);
        var inspected = await Hello.Program.RunAsync("inspect", "told");
        Assert.DoesNotContain("proxy", inspected.Output);
        Assert.DoesNotContain("http://proxy", (await Hello.Program.RunAsync("history", "--no-trunc", "told")).Output);
    }

    [TestMethod]
    public async Task Insecure_commands_have_every_capability_where_it_is_allowed()
    {
        using var context =
            Context(
                "FROM alpine\nRUN --security=insecure mkdir /m && mount -t tmpfs none /m && umount /m && rmdir /m && echo mounted\nRUN " +
                "mount -t tmpfs none /mnt 2>/dev/null || echo refused\n");
        var built = await Hello.Program.BuildAsync(context.Path, "--allow", "security.insecure", "--no-cache");
        Assert.AreEqual("mounted refused", string.Join(' ', OutputOf(built)), built.Error);
    }

    [TestMethod]
    public async Task One_stage_can_be_run_again_alone()
    {
        using var context = Context($"FROM alpine AS one\nRUN echo {Guid.NewGuid()} > /one\nFROM one AS two\nRUN echo two > /two\n");
        await Hello.Program.BuildAsync(context.Path);
        var again = await Hello.Program.BuildAsync(context.Path, "--no-cache-filter", "TWO");
        StringAssert.Contains(again.Error, "RUN echo two > /two done");
        StringAssert.Contains(again.Error, "> /one (cached)");
    }

    private static IEnumerable<Account> Accounts() => Environment.IsPrivilegedProcess ? [Account.Own, Account.OrdinaryUser] : [Account.Own];

    private static StagesProgram ProgramFor(TempFolder folder, Account account)
    {
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0x1FF);
        return new StagesProgram(folder.Combine("store"), account);
    }

    private static TempFolder Context(string dockerfile)
    {
        var context = Hello.Context(dockerfile);
        context.Write("dir/file", "content\n");
        context.Write("hidden.txt", "hidden");
        context.Write(".dockerignore", "hidden*\n");
        return context;
    }

    /// <summary>What commands wrote on standard output and error.</summary>
    private static IEnumerable<string> OutputOf(ProgramResult built) =>
        built.Error.Split('\n')
            .Where(line => line.Contains("]   ", StringComparison.Ordinal))
            .Select(line => line[(line.IndexOf("]   ", StringComparison.Ordinal) + 4)..].Trim());

    /// <summary>Mount points of the tests that the image has (none), and its working folder's content.</summary>
    private static async Task<string> AsksAsync(StagesProgram program, string image)
    {
        var result = await program.RunAsync(
            "run", image, "sh", "-c", "echo \"{$(ls -dA /c /t /run/secrets /run/buildkit /w/* 2>/dev/null)}|$(basename $(pwd))\"");
        return result.Output.Trim();
    }

    private static string FilesWith(string folder, string value) => string.Join(
        ' ',
        Directory.EnumerateFiles(
            folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
            .Where(path => new FileInfo(path) is { LinkTarget: null, Length: > 0 }
                && File.ReadAllBytes(path).AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(value)) >= 0));
}
