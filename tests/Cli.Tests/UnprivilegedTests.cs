using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>Builds where nothing may be mounted and no file given to anybody: images of files alone come out as they do for root.</summary>
[TestClass]
public sealed class UnprivilegedTests
{
    // Owners, modes that hide files from the one who builds, links, a device and a capability; from the context, an archive, a stage and an
    // image.
    private const string FilesAlone = """
        FROM alpine AS files
        COPY --chown=65534:100 --chmod=4750 main.go /usr/bin/tool
        COPY --chmod=0 main.go /secret
        ADD odd.tar /odd/
        WORKDIR /srv/app
        FROM alpine
        COPY --from=files / /copied/
        COPY --from=golang:1.14.4-alpine --chown=nobody /etc/passwd /etc/group /from/
        COPY --link --chown=7 main.go /linked/
        COPY --from=files /odd/ping /odd/capable /odd/device /again/
        WORKDIR /home/x
        USER nobody
        CMD ["/usr/bin/tool"]
        """;

    [TestMethod]
    [DataRow(Account.WithoutNamespaces)]
    [DataRow(Account.RootWithoutCapabilities)]
    public async Task An_image_of_files_alone_has_the_digest_that_root_gets(Account account)
    {
        using var context = Hello.Context(FilesAlone);
        WriteOddArchive(context);
        var expected = await Hello.Program.BuildAsync(context.Path);
        Assert.AreEqual(0, expected.ExitCode, expected.Error);
        using var store = OpenStore();
        var program = new StagesProgram(store.Combine("store"), account);

        var built = await program.BuildAsync(context.Path, "-t", "files");
        Assert.AreEqual(0, built.ExitCode, built.Error);
        Assert.AreEqual(expected.Digest, built.Digest);

        context.Write("main.go", "changed");
        var changed = await program.BuildAsync(context.Path);
        Assert.AreEqual((await Hello.Program.BuildAsync(context.Path)).Digest, changed.Digest, changed.Error);

        // Another capability of a file is another file.
        WriteOddArchive(context, capability: '\u0004');
        var other = await program.BuildAsync(context.Path);
        Assert.AreNotEqual(changed.Digest, other.Digest, other.Error);
        Assert.AreEqual((await Hello.Program.BuildAsync(context.Path)).Digest, other.Digest, other.Error);

        var pruned = await program.RunAsync("prune", "--all");
        Assert.AreEqual(0, pruned.ExitCode, pruned.Error);
        Assert.IsEmpty(Directory.EnumerateFileSystemEntries(store.Combine("store", "snapshots")));
    }

    [TestMethod]
    public async Task A_command_is_refused_with_what_the_machine_lacks_and_nothing_is_made()
    {
        using var context = Hello.Context("FROM alpine\nCOPY main.go /\nRUN true\n");
        using var store = OpenStore();

        var built = await new StagesProgram(store.Combine("store"), Account.WithoutNamespaces).BuildAsync(context.Path, "-t", "commands");

        Assert.AreEqual(1, built.ExitCode);
        StringAssert.Contains(built.Error, "CST4022");
        Assert.DoesNotContain("COPY", built.Error);
    }

    [TestMethod]
    public async Task A_command_that_ran_before_is_cached_where_none_can_run()
    {
        using var context = Hello.Context("FROM alpine\nRUN echo made > /made\nCOPY main.go /\n");
        using var store = OpenStore();
        var first = await new StagesProgram(store.Combine("store"), Account.OrdinaryUser).BuildAsync(context.Path);
        Assert.AreEqual(0, first.ExitCode, first.Error);
        await GiveAsync(store.Combine("store"));

        var again = await new StagesProgram(store.Combine("store"), Account.WithoutNamespaces).BuildAsync(context.Path);

        Assert.AreEqual(0, again.ExitCode, again.Error);
        Assert.AreEqual(first.Digest, again.Digest);
        StringAssert.Contains(again.Error, "RUN echo made > /made (cached)");
        Posix.TreeRemover.Remove(store.Combine("store"));
    }

    /// <summary>To the user that nobody may make a namespace for: the first of the ids of the ordinary user.</summary>
    private static Task<string> GiveAsync(string folder) =>
        RealTool.RunAsync("chown", "-R", $"--from={UserOf(folder)}", FirstSubordinateId(), folder);

    private static string UserOf(string folder) => Posix.FileCalls.TryStat(folder, out var status) ? $"{status.UserId}" : "0";

    private static string FirstSubordinateId() =>
        File.ReadLines("/etc/subuid").First(line => line.StartsWith("stagestester:", StringComparison.Ordinal)).Split(':')[1];

    private static void WriteOddArchive(TempFolder context, char capability = '\u0020') =>
        File.WriteAllBytes(
            context.Combine("odd.tar"),
            new TarBuilder()
                .Folder("closed", mode: 0, user: 5, group: 6)
                .File("closed/file", "closed", mode: 0, user: 5)
                .Pax(("SCHILY.xattr.security.capability", "\u0001\0\0\u0002\0\u0020\0\0\0\0\0\0\0\0\0\0\0\0\0\0"))
                .File("ping", "ping", mode: 0x9ED, user: 3)
                .HardLink("pong", "ping")
                .Pax(("SCHILY.xattr.security.capability", $"\u0001\0\0\u0002\0{capability}\0\0\0\0\0\0\0\0\0\0\0\0\0\0"))
                .File("capable", "capable", mode: 0x1ED)
                .SymbolicLink("link", "../etc")
                .Device("device", '3', 1, 3)
                .Fifo("fifo")
                .ToArray());

    private static TempFolder OpenStore()
    {
        var store = new TempFolder();
        File.SetUnixFileMode(store.Path, (UnixFileMode)0x3FF);
        return store;
    }
}
