using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>The real runc and crun start the commands of the embedded engine; nothing else changes.</summary>
[TestClass]
public sealed class SandboxTests
{
    private static readonly string[] Runtimes = ["runc", "crun"];

    private const string Commands = """
        FROM alpine AS other
        RUN mkdir /data && echo other > /data/file
        FROM alpine
        WORKDIR /w
        COPY main.go .
        RUN --mount=type=cache,target=/c --mount=target=/bound,from=other,source=/data --mount=type=tmpfs,target=/t,size=2m \
            --mount=type=secret,id=one,mode=0440,uid=3 --mount=type=secret,id=one,env=TOKEN --mount=target=own.go,source=main.go <<EOF
        set -e
        test "$(cat /run/secrets/one)" = "$TOKEN"
        echo "$(stat -c '%a %u' /run/secrets/one) $(cat /bound/file) $(touch /bound/x 2>/dev/null || echo read-only)" > seen
        echo "$(grep -c ' /t tmpfs .*size=2048k' /proc/mounts) $(ls /c) $(cmp own.go main.go && echo same)" >> seen
        touch /c/kept /t/x
        (id; env | grep -v TOKEN | sort; umask; hostname; ulimit -c; cat /etc/hosts; ls /dev) >> seen
        echo joe:x:1001:1002::/var/joe:/bin/sh >> /etc/passwd
        ln -s seen link; mkfifo pipe; chown 5:6 seen; chmod 2755 .
        EOF
        RUN --network=none echo "$(ls /sys/class/net) $(ping -c 1 -W 1 127.0.0.1 > /dev/null && echo up)" > /net
        USER joe
        WORKDIR /var/joe/deep
        RUN (id; echo $HOME $(pwd); cat /proc/1/cmdline | tr '\0' ' '; grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status) > mine
        """;

    [TestMethod]
    public async Task An_image_has_one_digest_whoever_starts_its_commands_and_nothing_runs_again()
    {
        using var context = Hello.Context(Commands);
        var secret = $"value-{Guid.NewGuid():N}";
        context.Write(".dockerignore", "secret\n");
        context.Write("secret", secret);
        string[] build =
        [
            "build", "--progress", "plain", "-t", "started", "--secret", $"id=one,src={context.Combine("secret")}", context.Path,
        ];
        using var store = Store();
        var program = new StagesProgram(store.Combine("own"));
        var expected = await program.RunAsync(build);
        Assert.AreEqual(0, expected.ExitCode, expected.Error);
        foreach (var (runtime, account) in Runtimes.SelectMany(runtime => Accounts().Select(account => (runtime, account))))
        {
            var other = new StagesProgram(store.Combine(runtime + account), account);
            var built = await other.RunAsync([.. build, "--sandbox", runtime]);
            Assert.AreEqual(0, built.ExitCode, runtime + account + built.Error);
            Assert.AreEqual(expected.Digest, built.Digest, runtime + account);
            Assert.DoesNotContain(secret, built.Output + built.Error);
            Assert.AreEqual("", await TextSearch.FilesWithAsync(secret, [other.Store]), runtime + account);

            var again = await program.RunAsync([.. build, "--sandbox", runtime]);
            Assert.AreEqual(expected.Digest, again.Digest, runtime);
            Assert.DoesNotContain(" done ", again.Error, runtime);
        }
    }

    [TestMethod]
    public async Task What_a_build_gives_all_commands_and_allows_them_reaches_them()
    {
        using var context = Hello.Context("""
            FROM alpine
            RUN ulimit -n; ulimit -Hn; df -k /dev/shm | tail -1 | awk '{print $2}'; grep 10.9.8.7 /etc/hosts | cut -f2
            RUN grep NoNewPrivs /proc/self/status | cut -f2
            RUN --security=insecure mkdir /m && mount -t tmpfs none /m && umount /m && rmdir /m && echo mounted
            RUN mount -t tmpfs none /mnt 2>/dev/null || echo refused
            """);
        foreach (var runtime in Runtimes)
        {
            var built = await Hello.Program.BuildAsync(
                context.Path, "--no-cache", "--sandbox", runtime, "--ulimit", "nofile=100:200", "--shm-size", "3m",
                "--add-host", "far:10.9.8.7", "--no-new-privileges", "--allow", "security.insecure");
            Assert.AreEqual(0, built.ExitCode, built.Error);
            Assert.AreEqual("100 200 3072 far 1 mounted refused", string.Join(' ', OutputOf(built)), runtime);
        }
    }

    [TestMethod]
    [DataRow("RUN echo before >&2; exit 42", "CST4209", "exit code 42", "before")]
    [DataRow("RUN (sh -c 'kill -9 $$'); exit $?", "CST4209", "exit code 137", "")]
    [DataRow("RUN [\"absent\"]", "CST4005", "was not found in PATH of the image", "")]
    [DataRow("RUN [\"/etc/passwd\"]", "CST4006", "permission to execute", "")]
    [DataRow("WORKDIR /etc/passwd/x\nRUN true", "CST", "/etc/passwd", "")]
    [DataRow("USER 1000:1000\nRUN touch /x", "CST4209", "exit code 1", "Permission denied")]
    public async Task A_failed_command_is_told_as_always(string steps, string code, string message, string output)
    {
        using var context = Hello.Context($"FROM alpine\n{steps}\n");
        var expected = ErrorOf(await Hello.Program.BuildAsync(context.Path));
        Assert.Contains(code, expected);
        Assert.Contains(message, expected);
        Assert.Contains(output, expected);
        foreach (var runtime in Runtimes)
        {
            Assert.AreEqual(expected, ErrorOf(await Hello.Program.BuildAsync(context.Path, "--sandbox", runtime)), runtime);
        }
    }

    [TestMethod]
    [DataRow("runc")]
    [DataRow("crun")]
    public async Task A_cancelled_build_leaves_no_process_no_control_group_and_no_mount(string runtime)
    {
        var mark = $"98{Random.Shared.Next(100000, 999999)}";
        using var context = Hello.Context($"FROM alpine\nRUN (sleep {mark} & sleep {mark})");
        var groups = ControlGroups();
        using var process = Hello.Program.Start("build", "--progress", "plain", "--sandbox", runtime, context.Path);
        var end = StagesProgram.EndAsync(process);
        while (RunningProcesses.Find($"^sleep {mark}").Count == 0)
        {
            await Task.Delay(20);
        }

        await RealTool.RunAsync("kill", "-TERM", process.Id.ToString());
        Assert.AreEqual(130, (await end).ExitCode);
        Assert.IsEmpty(await RunningProcesses.LeftAsync($"^sleep {mark}"));
        Assert.AreEqual(groups, ControlGroups());
        Assert.DoesNotContain(Hello.Program.Store, await File.ReadAllTextAsync("/proc/self/mountinfo"));
    }

    [TestMethod]
    public async Task A_runtime_that_is_not_there_or_cannot_be_used_is_one_error()
    {
        using var context = Hello.Context($"FROM alpine\nRUN echo {Guid.NewGuid()}\n");
        using var places = new TempFolder();
        Write("old/crun", "echo crun version 0.17");
        Write("broken/crun", "echo no libyajl >&2; exit 127");
        Write("other/crun", "echo something else");
        (string Path, string Code, string Next)[] cases =
        [
            ("old", "CST4038", "Update it"),
            ("broken", "CST4037", "no libyajl"),
            ("other", "CST4037", "something else"),
        ];
        foreach (var (path, code, next) in cases)
        {
            var variables = new Dictionary<string, string> { ["PATH"] = $"{places.Combine(path)}:/usr/bin:/bin" };
            var failed = await Hello.Program.RunAsync(variables, "build", "--progress", "plain", "--sandbox", "crun", context.Path);
            Assert.AreEqual(1, failed.ExitCode, failed.Error);
            Assert.Contains($"(2,1): error {code}: ", failed.Error);
            Assert.Contains(next, failed.Error);
            Assert.HasCount(2, failed.Error.Split("error CST"), failed.Error);
            Assert.Contains($"{code}: ", (await Hello.Program.RunAsync(variables, "engines")).Output);
        }

        var misplaced = await Hello.Program.BuildAsync(context.Path, "--engine", "docker", "--sandbox", "runc");
        Assert.Contains("error CST4040: ", misplaced.Error);
        var unknown = await Hello.Program.RunAsync("build", "--sandbox", "youki", context.Path);
        Assert.Contains("valid are auto, namespaces, runc, crun", unknown.Error);
        Assert.Contains("runc      works  1.", (await Hello.Program.RunAsync("engines")).Output);

        void Write(string name, string script)
        {
            places.Write(name, $"#!/bin/sh\n{script}\n");
            File.SetUnixFileMode(places.Combine(name), (UnixFileMode)0x1ED);
        }
    }

    private static IEnumerable<Account> Accounts() => Environment.IsPrivilegedProcess ? [Account.Own, Account.OrdinaryUser] : [Account.Own];

    private static TempFolder Store()
    {
        var store = new TempFolder();
        File.SetUnixFileMode(store.Path, (UnixFileMode)0x3FF);
        return store;
    }

    private static string ControlGroups()
    {
        var all = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true };
        return string.Join('\n', Directory.EnumerateDirectories("/sys/fs/cgroup", "command*", all));
    }

    private static IEnumerable<string> OutputOf(ProgramResult built) =>
        built.Error.Split('\n').Select(line => line.Split("]   ")).Where(parts => parts.Length > 1).Select(parts => parts[1].Trim());

    /// <summary>From the first error to the end.</summary>
    private static string ErrorOf(ProgramResult result)
    {
        Assert.AreEqual(1, result.ExitCode, result.Error);
        return result.Error[result.Error.IndexOf("error CST", StringComparison.Ordinal)..];
    }
}
