using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>What ADD, and the rarer forms of COPY, make, seen from inside the built image.</summary>
[TestClass]
public sealed class AddTests
{
    [TestMethod]
    [DataRow("ADD a.tar /t/", "cat /t/bin/tool", "tool")]
    [DataRow("ADD a.tar.gz /t", "stat -c %a /t/bin/tool", "750")]
    [DataRow("ADD a.tar.bz2 /t/", "cat /t/bin/tool", "tool")]
    [DataRow("ADD a.tar.xz /t/", "cat /t/bin/tool", "tool")]
    [DataRow("ADD --unpack=false a.tar.gz /t/", "ls /t", "a.tar.gz")]
    [DataRow("ADD dir/one.txt /t/", "cat /t/one.txt", "one")]
    [DataRow(
        "RUN mkdir /real && ln -s /real /bin2 && mkdir /t && ln -s /real /t/bin\nADD a.tar /t/",
        "ls /real; stat -c %F /t/bin",
        "directory")]
    [DataRow("COPY --parents dir/sub/two.txt /p/", "find /p | sort", "/p /p/dir /p/dir/sub /p/dir/sub/two.txt")]
    [DataRow("COPY --parents ./dir/./sub/two.txt /p/", "find /p | sort", "/p /p/sub /p/sub/two.txt")]
    [DataRow("COPY --parents dir/**/*.txt /p/", "find /p -type f | sort", "/p/dir/one.txt /p/dir/sub/two.txt")]
    [DataRow("COPY --exclude=*.txt dir /e", "find /e | sort", "/e /e/sub /e/sub/two.txt")]
    [DataRow("COPY --exclude=**/*.txt --exclude=!sub/two.txt dir /e", "find /e | sort", "/e /e/sub /e/sub/two.txt")]
    [DataRow("COPY --chmod=u=rwX,go=X dir /m", "stat -c %a /m /m/one.txt", "755 600")]
    [DataRow(
        "RUN ln -s /var /lnk\nCOPY --link main.go /lnk/x/",
        "ls /lnk/x; stat -c %F /lnk; ls -d /var/x || echo none",
        "main.go directory none")]
    [DataRow("ARG V=1\nCOPY <<A <<'B' /d/\n$V \"q\"\nA\n$V\nB", "cat /d/A /d/B; stat -c %a /d/A", "1 \"q\" $V 644")]
    public async Task The_image_has_what_the_instructions_say(string instructions, string look, string expected)
    {
        using var context = Hello.Context($"FROM alpine\n{instructions}\n");
        context.Write("dir/one.txt", "one");
        context.Write("dir/sub/two.txt", "two");
        await MakeArchivesAsync(context);
        Assert.AreEqual(expected, await BuildAndLookAsync(context, look));
    }

    [TestMethod]
    public async Task Triggers_of_a_base_run_before_the_own_instructions()
    {
        using var context =
            Hello.Context(
                "FROM alpine AS base\nONBUILD COPY main.go /triggered\nFROM base\nRUN cat /triggered > /own\nFROM scratch\nFROM " +
                "base\nRUN test -e /triggered && echo yes > /own\n");
        Assert.AreEqual("yes", await BuildAndLookAsync(context, "cat /own"));
    }

    [TestMethod]
    public async Task Named_contexts_win_over_stages_and_images()
    {
        using var other = new TempFolder();
        other.Write("file", "other");
        using var context = Hello.Context("FROM scratch AS files\nFROM base\nCOPY --from=files file /file\n");
        Assert.AreEqual(
            "other",
            await BuildAndLookAsync(
                context, "cat /file", "--build-context", $"files={other.Path}", "--build-context", "base=docker-image://alpine"));
    }

    [TestMethod]
    public async Task A_repository_is_added_at_its_tag()
    {
        using var server = await GitServer.StartAsync();
        using var context =
            Hello.Context($"FROM alpine\nADD {server.Address}#v1:sub /one/\nADD --keep-git-dir=true {server.Address} /all/\n");
        Assert.AreEqual("file .git sub", await BuildAndLookAsync(context, "ls /one; ls -A /all"));
    }

    [TestMethod]
    public async Task A_repository_at_another_commit_than_the_checksum_is_refused()
    {
        using var server = await GitServer.StartAsync();
        using var context = Hello.Context($"FROM alpine\nADD --checksum={new string('a', 40)} {server.Address} /all/\n");
        var built = await Hello.Program.BuildAsync(context.Path);
        StringAssert.Contains(built.Error, "CST4405");
    }

    [TestMethod]
    public async Task A_download_is_asked_for_again_only_to_hear_that_it_is_the_same()
    {
        await using var server = new FileServer("text");
        using var context = Hello.Context($"FROM alpine\nADD {server.Address}folder/file.txt /d/\n");
        Assert.AreEqual("text 600", await BuildAndLookAsync(context, "cat /d/file.txt; echo; stat -c %a /d/file.txt"));
        var again = await Hello.Program.BuildAsync(context.Path);
        StringAssert.Contains(again.Error, "(cached)");
        Assert.AreEqual((1, 1), (server.Whole, server.NotModified));
    }

    [TestMethod]
    [DataRow("missing", "", "404")]
    [DataRow("file.txt", "--checksum=sha256:0000000000000000000000000000000000000000000000000000000000000000 ", "CST4405")]
    public async Task A_download_that_fails_names_its_address(string file, string flag, string expected)
    {
        await using var server = new FileServer("text");
        using var context = Hello.Context($"FROM alpine\nADD {flag}{server.Address}{file} /d/\n");
        var built = await Hello.Program.BuildAsync(context.Path);
        Assert.AreEqual(1, built.ExitCode);
        StringAssert.Contains(built.Error, $"{server.Address}{file}");
        StringAssert.Contains(built.Error, expected);
    }

    [TestMethod]
    public async Task The_files_of_an_image_go_into_a_folder_and_never_through_a_link_out_of_it()
    {
        using var context = Hello.Context("FROM scratch\nCOPY main.go /folder/main.go\n");
        using var output = new TempFolder();
        var outside = output.NewFolder("outside");
        var written = await Hello.Program.BuildAsync(context.Path, "-o", output.Combine("new"));
        Assert.AreEqual(0, written.ExitCode, written.Error);
        Assert.IsTrue(File.Exists(output.Combine("new", "folder", "main.go")));
        File.CreateSymbolicLink(Path.Combine(output.NewFolder("trap"), "folder"), outside);
        var trapped = await Hello.Program.BuildAsync(context.Path, "-o", output.Combine("trap"));
        Assert.AreEqual(1, trapped.ExitCode, trapped.Output);
        Assert.IsEmpty(Directory.GetFileSystemEntries(outside));
    }

    [TestMethod]
    public async Task The_files_of_an_image_become_one_tar()
    {
        using var context = Hello.Context("FROM scratch\nCOPY main.go /folder/main.go\n");
        var built = await Hello.Program.BuildAsync(context.Path, "-o", $"type=tar,dest={context.Combine("out.tar")}");
        Assert.AreEqual(0, built.ExitCode, built.Error);
        StringAssert.Contains(await RealTool.RunAsync("tar", ["-tf", context.Combine("out.tar")]), "folder/main.go");
    }

    private static async Task MakeArchivesAsync(TempFolder context)
    {
        using var content = new TempFolder();
        File.SetUnixFileMode(content.Write("bin/tool", "tool"), (UnixFileMode)0x1E8);
        foreach (var (option, suffix) in new[] { ("-cf", ""), ("-czf", ".gz"), ("-cjf", ".bz2"), ("-cJf", ".xz") })
        {
            await RealTool.RunAsync("tar", [option, context.Combine("a.tar" + suffix), "-C", content.Path, "bin"]);
        }
    }

    private static async Task<string> BuildAndLookAsync(TempFolder context, string look, params string[] options)
    {
        var name = $"add-{Guid.NewGuid():N}";
        var built = await Hello.Program.BuildAsync(context.Path, ["-t", name, .. options]);
        Assert.AreEqual(0, built.ExitCode, built.Error);
        var run = await Hello.Program.RunAsync("run", "-w", "/", name, "sh", "-c", look);
        return string.Join(' ', run.Output.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
    }
}
