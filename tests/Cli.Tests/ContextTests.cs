using System.Diagnostics;
using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>Build contexts that are no folder. Source: docker buildx build, Build context.</summary>
[TestClass]
public sealed class ContextTests
{
    private const string Dockerfile = "FROM scratch\nCOPY . /\n";

    [TestMethod]
    [DataRow("-cf")]
    [DataRow("-czf")]
    [DataRow("-cjf")]
    [DataRow("-cJf")]
    [DataRow("--zstd", "-cf")]
    public async Task An_archive_on_standard_input_is_a_context_with_its_ignore_file(params string[] options)
    {
        using var store = new TempFolder();
        using var output = new TempFolder();
        var archive = await ArchiveAsync(output, options);
        var built = await BuildFromInputAsync(new StagesProgram(store.Path), archive, "-o", output.Combine("out"), "-");
        Assert.AreEqual(0, built.ExitCode, built.Error);
        Assert.AreEqual("main.go Dockerfile sub/file", Files(output.Combine("out")));
        Assert.AreEqual("", Leftovers(store.Path));
    }

    [TestMethod]
    public async Task An_ordinary_user_builds_from_standard_input()
    {
        using var store = new TempFolder();
        File.SetUnixFileMode(store.Path, (UnixFileMode)0x1FF);
        using var output = new TempFolder();
        var archive = await ArchiveAsync(output, ["-cf"], "--owner=4000000", "--group=4000000");
        var built = await BuildFromInputAsync(
            new StagesProgram(Path.Combine(store.Path, "s"), Account.OrdinaryUser), archive, "-t", "fromuser", "-");
        Assert.AreEqual(0, built.ExitCode, built.Error);
    }

    [TestMethod]
    public async Task An_archive_is_a_context_and_its_Dockerfile_is_inside()
    {
        using var output = new TempFolder();
        var archive = await ArchiveAsync(output, ["-czf"]);
        var built = await Hello.Program.BuildAsync(archive, "-f", "sub/file", "-o", output.Combine("out"));
        Assert.AreEqual(1, built.ExitCode);
        StringAssert.Contains(built.Error, "sub/file(1");
        built = await Hello.Program.BuildAsync(archive, "-o", output.Combine("out"));
        Assert.AreEqual(0, built.ExitCode, built.Error);
        Assert.AreEqual("main.go Dockerfile sub/file", Files(output.Combine("out")));
    }

    [TestMethod]
    public async Task A_Dockerfile_on_standard_input_has_an_empty_context_or_a_folder_beside_it()
    {
        using var output = new TempFolder();
        var text = output.Write("text", "FROM scratch\nCOPY <<A /a\nalone\nA\n");
        var alone = await BuildFromInputAsync(Hello.Program, text, "-o", output.Combine("alone"), "-");
        Assert.AreEqual(0, alone.ExitCode, alone.Error);
        Assert.AreEqual("a", Files(output.Combine("alone")));
        using var context = Hello.Context("not read");
        var beside = await BuildFromInputAsync(
            Hello.Program, output.Write("text", "FROM scratch\nCOPY main.go /\n"), "-f", "-", "-o", output.Combine("beside"), context.Path);
        Assert.AreEqual(0, beside.ExitCode, beside.Error);
        Assert.AreEqual("main.go", Files(output.Combine("beside")));
        var missing = await BuildFromInputAsync(Hello.Program, output.Write("text", "FROM scratch\nCOPY main.go /\n"), "-");
        StringAssert.Contains(missing.Error, "Dockerfile (standard input)(2");
    }

    [TestMethod]
    [DataRow("", "-", "CST4501")]
    [DataRow("FROM scratch\n", "-f - -", "CST4509")]
    [DataRow("FROM scratch\n", "/nowhere/at/all", "CST2")]
    [DataRow("FROM scratch\n", "-f - /nowhere/at/all", "CST4502")]
    public async Task What_is_no_context_is_an_error(string input, string arguments, string code)
    {
        using var output = new TempFolder();
        var built = await BuildFromInputAsync(Hello.Program, output.Write("input", input), arguments.Split(' '));
        Assert.AreEqual(1, built.ExitCode);
        StringAssert.Contains(built.Error, code);
    }

    [TestMethod]
    [DataRow("Dockerfile", "CST4504")]
    [DataRow(".dockerignore", "CST4505")]
    [DataRow("Dockerfile.dockerignore", "CST4505")]
    public async Task Links_of_an_archive_lead_to_no_file_of_this_machine(string name, string code)
    {
        using var store = new TempFolder();
        using var context = Hello.Context(Dockerfile);
        File.Delete(context.Combine(name));
        var secret = context.Write("../" + Path.GetFileName(context.Path) + ".secret", "FROM of-this-machine\n");
        File.CreateSymbolicLink(context.Combine(name), secret);
        using var output = new TempFolder();
        await RealTool.RunAsync("tar", "-cf", output.Combine("a.tar"), "-C", context.Path, ".");
        var built = await new StagesProgram(store.Path).BuildAsync(output.Combine("a.tar"));
        File.Delete(secret);
        Assert.AreEqual(1, built.ExitCode, built.Output);
        StringAssert.Contains(built.Error, code);
        Assert.DoesNotContain("of-this-machine", built.Error);
        Assert.AreEqual("", Leftovers(store.Path));
    }

    [TestMethod]
    public async Task Waiting_for_standard_input_ends_at_an_interrupt_and_nothing_is_left()
    {
        using var store = new TempFolder();
        using var process =
            Process.Start(
                new ProcessStartInfo(
                    "sh",
                    [
                        "-c",
                        $"mkfifo {store.Path}/in; exec 9<>{store.Path}/in; exec " +
                        $"{new StagesProgram(store.Path).CommandLine("build", "-")} < {store.Path}/in",
                    ])
                    {
                        RedirectStandardError = true,
                        RedirectStandardOutput = true,
                    })!;
        while (Leftovers(store.Path).Length == 0)
        {
            Assert.IsFalse(process.HasExited, "It ended before it could be interrupted.");
            await Task.Delay(20);
        }

        await RealTool.RunAsync("sh", "-c", $"kill -INT {process.Id}");
        var ended = await StagesProgram.EndAsync(process);
        StringAssert.Contains(ended.Error, "Interrupted");
        Assert.AreEqual("", Leftovers(store.Path));
    }

    [TestMethod]
    [DataRow("", "Dockerfile sub/file")]
    [DataRow("#v1", "Dockerfile sub/file top")]
    [DataRow("?tag=v1", "Dockerfile sub/file top")]
    [DataRow("?branch=main", "Dockerfile sub/file")]
    [DataRow("#:sub", "file", "-f", "-")]
    [DataRow("?ref=v1&subdir=sub", "file", "-f", "-")]
    public async Task A_repository_is_a_context(string part, string expected, params string[] options)
    {
        using var server = await GitServer.StartAsync(Dockerfile);
        using var output = new TempFolder();
        var built = await BuildFromInputAsync(
            Hello.Program, output.Write("input", Dockerfile), [.. options, "-o", output.Combine("out"), server.Address + part]);
        Assert.AreEqual(0, built.ExitCode, built.Error);
        Assert.AreEqual(expected, Files(output.Combine("out")));
    }

    [TestMethod]
    [DataRow("1", true)]
    [DataRow("0", false)]
    public async Task A_repository_keeps_its_git_folder_where_an_argument_asks_for_it(string value, bool kept)
    {
        using var server = await GitServer.StartAsync(Dockerfile);
        using var output = new TempFolder();
        var built = await Hello.Program.BuildAsync(
            server.Address, "--build-arg", $"BUILDKIT_CONTEXT_KEEP_GIT_DIR={value}", "-o", output.Combine("out"));
        Assert.AreEqual(0, built.ExitCode, built.Error);
        Assert.IsTrue(File.Exists(output.Combine("out", "sub", "file")));
        Assert.AreEqual(kept, File.Exists(output.Combine("out", ".git", "HEAD")));
    }

    [TestMethod]
    [DataRow("?depth=1", "CST4507")]
    [DataRow("?tag=v1&branch=main", "CST4507")]
    [DataRow("#:absent", "CST4503")]
    [DataRow("#absent", "CST4408")]
    [DataRow("?ref=v1&checksum=abcdef", "CST4405")]
    public async Task What_is_wrong_with_a_repository_is_said(string part, string code)
    {
        using var server = await GitServer.StartAsync(Dockerfile);
        var built = await Hello.Program.BuildAsync(server.Address + part);
        Assert.AreEqual(1, built.ExitCode, built.Output);
        StringAssert.Contains(built.Error, code);
    }

    [TestMethod]
    public async Task Web_addresses_are_contexts_and_named_contexts()
    {
        using var output = new TempFolder();
        using var git = await GitServer.StartAsync(Dockerfile);
        await using var archive = new FileServer(await File.ReadAllBytesAsync(await ArchiveAsync(output, ["-czf"])));
        await using var text = new FileServer("FROM scratch\nCOPY --from=one main.go /one\nCOPY --from=two sub/file /two\n");
        var main = await Hello.Program.BuildAsync($"{archive.Address}file.txt", "-o", output.Combine("main"));
        Assert.AreEqual(0, main.ExitCode, main.Error);
        Assert.AreEqual("main.go Dockerfile sub/file", Files(output.Combine("main")));
        var named = await Hello.Program.BuildAsync(
            $"{text.Address}file.txt",
            "-o",
            output.Combine("named"),
            "--build-context",
            $"one={archive.Address}file.txt",
            "--build-context",
            $"two={git.Address}#v1");
        Assert.AreEqual(0, named.ExitCode, named.Error);
        Assert.AreEqual("one two", Files(output.Combine("named")));
        var wrong = await Hello.Program.BuildAsync(
            $"{text.Address}file.txt", "--build-context", $"one={text.Address}file.txt", "--build-context", $"two={git.Address}");
        StringAssert.Contains(wrong.Error, "CST4413");
    }

    private static async Task<string> ArchiveAsync(TempFolder folder, string[] options, params string[] owner)
    {
        using var context = Hello.Context(Dockerfile);
        context.Write("hidden", "hidden");
        context.Write("sub/file", "file");
        context.Write(".dockerignore", "hidden\n.dockerignore\n");
        await RealTool.RunAsync("tar", [.. options, folder.Combine("context.tar"), .. owner, "-C", context.Path, "."]);
        return folder.Combine("context.tar");
    }

    private static async Task<ProgramResult> BuildFromInputAsync(StagesProgram program, string input, params string[] arguments)
    {
        var command = program.CommandLine(["build", "--progress", "plain", .. arguments]);
        using var process = Process.Start(
            new ProcessStartInfo("sh", ["-c", $"{command} < {input}"]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        return await StagesProgram.EndAsync(process);
    }

    private static string Files(string folder) =>
        string.Join(' ', Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path))
            .OrderBy(name => name != "main.go")
            .ThenBy(name => name, StringComparer.OrdinalIgnoreCase));

    private static string Leftovers(string store) =>
        Directory.Exists(Path.Combine(store, "snapshots"))
            ? string.Join(' ', Directory.EnumerateDirectories(Path.Combine(store, "snapshots"), "tmp-*"))
            : "";
}
