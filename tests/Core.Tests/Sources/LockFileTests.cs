using ContainerStages.Content;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;
using ContainerStages.Sources;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Sources;

[TestClass]
public sealed class LockFileTests(TestContext context)
{
    private const string Whole = """
        {
          "version": 1,
          "projects": {
            "a.goproj": {
              "images": {
                "alpine:3.22": {
                  "linux/amd64": "sha256:1111111111111111111111111111111111111111111111111111111111111111"
                },
                "both:latest": {
                  "index": "sha256:3333333333333333333333333333333333333333333333333333333333333333",
                  "linux/amd64": "sha256:1111111111111111111111111111111111111111111111111111111111111111",
                  "linux/arm/v7": "sha256:2222222222222222222222222222222222222222222222222222222222222222"
                }
              },
              "files": {
                "https://example.com/a+b.txt": "sha256:1111111111111111111111111111111111111111111111111111111111111111"
              },
              "commits": {
                "https://example.com/a.git#main": "4444444444444444444444444444444444444444"
              }
            }
          }
        }

        """;

    private readonly CancellationToken token = context.CancellationToken;

    [TestMethod]
    public async Task What_is_learned_is_written_sorted_one_line_per_fact()
    {
        using var temp = new TempFolder();
        var path = temp.Combine("containerstages.lock.json");
        var project = new ProjectLock(path, temp.Combine("a.goproj"));
        project.LearnCommit("https://example.com/a.git#main", new string('4', 40));
        project.LearnFile("https://example.com/a+b.txt", DigestOf('1'));
        Assert.IsNull(project.Learn(Name("both"), PlatformOf("linux/arm/v7"), named: DigestOf('3'), manifest: DigestOf('2')));
        Assert.IsNull(project.Learn(Name("both"), PlatformOf("linux/amd64"), named: DigestOf('3'), manifest: DigestOf('1')));
        Assert.IsNull(
            project.Learn(Name("docker.io/library/alpine:3.22"), PlatformOf("linux/amd64"), named: DigestOf('1'), manifest: DigestOf('1')));
        await project.AddAsync(new StoreDirectory(temp.Combine("store")), token);
        Assert.AreEqual(Whole, File.ReadAllText(path));
        Assert.AreSequenceEqual(["containerstages.lock.json"], Directory.GetFiles(temp.Path).Select(Path.GetFileName));
    }

    [TestMethod]
    public void What_is_read_is_written_the_same()
    {
        using var temp = new TempFolder();
        Assert.AreEqual(Whole, LockFile.Read(temp.Write("lock.json", Whole)).ToText());
        Assert.AreEqual("{\n  \"version\": 1\n}\n", LockFile.Read(temp.Combine("missing")).ToText());
    }

    [TestMethod]
    public async Task A_file_that_lacks_nothing_is_not_touched_and_projects_keep_to_their_own_entries()
    {
        using var temp = new TempFolder();
        var store = new StoreDirectory(temp.Combine("store"));
        var path = temp.Write("containerstages.lock.json", Whole);
        var old = new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(path, old);
        var same = new ProjectLock(path, temp.Combine("a.goproj"));
        same.Learn(Name("alpine:3.22"), PlatformOf("linux/amd64"), DigestOf('1'), DigestOf('1'));
        await same.AddAsync(store, token);
        Assert.AreEqual(old, File.GetLastWriteTimeUtc(path));

        var other = new ProjectLock(path, temp.Combine("sub", "b.goproj"));
        other.Learn(Name("alpine:3.22"), PlatformOf("linux/amd64"), DigestOf('5'), DigestOf('5'));
        await other.ReplaceAsync(store, token);
        var both = LockFile.Read(path);
        Assert.AreSequenceEqual(["a.goproj", "sub/b.goproj"], both.Projects.Keys);
        Assert.AreEqual(Whole, LockFile.Empty.With("a.goproj", both.Of("a.goproj")).ToText());
    }

    [TestMethod]
    public async Task Projects_built_at_once_do_not_lose_each_others_entries()
    {
        using var temp = new TempFolder();
        var path = temp.Combine("containerstages.lock.json");
        await Parallel.ForAsync(0, 20, token, async (number, stop) =>
        {
            var project = new ProjectLock(path, temp.Combine($"{number:00}.goproj"));
            project.LearnFile("https://example.com/x", DigestOf('1'));
            await project.AddAsync(new StoreDirectory(temp.Combine("store")), stop);
        });
        Assert.HasCount(20, LockFile.Read(path).Projects);
    }

    [TestMethod]
    public async Task Platforms_of_a_name_are_of_one_image()
    {
        using var temp = new TempFolder();
        var path = temp.Combine("containerstages.lock.json");
        var project = new ProjectLock(path, temp.Combine("a"));
        Assert.IsNull(project.Learn(Name("both"), PlatformOf("linux/amd64"), named: DigestOf('3'), manifest: DigestOf('1')));
        Assert.AreEqual(
            DigestOf('3'), project.Learn(Name("both"), PlatformOf("linux/arm64"), named: DigestOf('4'), manifest: DigestOf('2')));
        await project.AddAsync(new StoreDirectory(temp.Combine("store")), token);

        // Another build, at the same time, that had asked later.
        var later = new ProjectLock(path, temp.Combine("a"));
        Assert.IsNull(later.Learn(Name("both"), PlatformOf("linux/arm64"), named: DigestOf('4'), manifest: DigestOf('2')));
        await later.AddAsync(new StoreDirectory(temp.Combine("store")), token);
        var entry = LockFile.Read(path).Of("a").Images["both:latest"];
        Assert.AreEqual(DigestOf('4'), entry.Index);
        Assert.AreSequenceEqual(["linux/arm64"], entry.Platforms.Keys);
    }

    [TestMethod]
    [DataRow("<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> other\n", "CST3402", 1)]
    [DataRow("{\n  \"version\": 1,\n=======\n}", "CST3402", 3)]
    [DataRow("{\n  \"version\": 2\n}", "CST3403", 2)]
    [DataRow("{\n  \"version\": \"1\"\n}", "CST3403", 2)]
    [DataRow("{}", "CST3403", 0)]
    [DataRow("", "CST3404", 1)]
    [DataRow("[]", "CST3404", 0)]
    [DataRow("{ \"version\": 1, \"projects\": 3 }", "CST3404", 1)]
    [DataRow("{ \"version\": 1,\n \"projects\": { \"a\": { \"pictures\": {} } } }", "CST3404", 2)]
    [DataRow("{ \"version\": 1,\n \"projects\": { \"a\": {\n \"images\": { \"alpine\": {} } } } }", "CST3404", 3)]
    [DataRow(
        "{ \"version\": 1,\n \"projects\": { \"a\": {\n \"images\": { \"alpine:3\": { \"linux\": " +
        "\"sha256:1111111111111111111111111111111111111111111111111111111111111111\" } } } } }", "CST3404", 3)]
    [DataRow(
        "{ \"version\": 1,\n \"projects\": { \"a\": {\n \"images\": { \"alpine:3\": {\n \"linux/amd64\": \"sha256:111\" } } } } }",
        "CST3404",
        4)]
    [DataRow("{ \"version\": 1,\n \"projects\": { \"a\": { \"files\": {\n \"http://x\": 7 } } } }", "CST3404", 3)]
    [DataRow("{ \"version\": 1,\n \"projects\": { \"a\": { \"commits\": {\n \"http://x#y\": \"main\" } } } }", "CST3404", 3)]
    [DataRow("{ \"version\": 1,\n \"projects\": {\n \"a\": {},\n \"a\": {} } }", "CST3404", 0)]
    public void A_damaged_file_is_refused_with_its_line(string text, string code, int line)
    {
        using var temp = new TempFolder();
        var path = temp.Write("lock.json", text);
        var failure = Assert.ThrowsExactly<BuildFailedException>(() => LockFile.Read(path));
        var diagnostic = failure.Diagnostics.Single();
        Assert.AreEqual(code, diagnostic.Code, diagnostic.ToString());
        Assert.AreEqual(path, diagnostic.Location?.File);
        Assert.AreEqual(line, diagnostic.Location?.Line, diagnostic.ToString());
    }

    [TestMethod]
    [Timeout(30_000, CooperativeCancellation = false)]
    [DataRow("mkfifo lock")]
    [DataRow("ln -s /dev/zero lock")]
    public async Task A_pipe_or_device_in_its_place_is_not_read(string command)
    {
        using var temp = new TempFolder();
        await RealTool.RunAsync("sh", "-c", $"cd {temp.Path} && {command}");
        var failure = Assert.ThrowsExactly<BuildFailedException>(() => LockFile.Read(temp.Combine("lock")));
        Assert.AreEqual("CST3407", failure.Diagnostics.Single().Code);
    }

    [TestMethod]
    public void Not_a_file_is_said_so()
    {
        using var temp = new TempFolder();
        var failure = Assert.ThrowsExactly<BuildFailedException>(() => LockFile.Read(temp.Path));
        Assert.AreEqual("CST3407", failure.Diagnostics.Single().Code);
    }

    private static Digest DigestOf(char digit) => Digest.Parse("sha256:" + new string(digit, 64));

    private static ImageReference Name(string text) => ImageReference.Parse(text);

    private static Platform PlatformOf(string text) => Platform.TryParse(text)!;
}
