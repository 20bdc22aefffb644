using ContainerStages.Diagnostics;
using ContainerStages.TestKit;
using ContainerStages.Dockerfile;
using CsCheck;

namespace ContainerStages.Core.Tests.Dockerfile;

[TestClass]
public sealed class IgnoreFileTests
{
    [TestMethod]
    [DataRow("*", "file.go", true)]
    [DataRow("*.go", "file.go", true)]
    [DataRow("**", "file", true)]
    [DataRow("**/", "file", true)]
    [DataRow("**", "dir/file", true)]
    [DataRow("**/**", "dir/file", true)]
    [DataRow("dir/**", "dir/file", true)]
    [DataRow("dir/**", "dir/dir2/file", true)]
    [DataRow("dir/**", "dir", false)]
    [DataRow("**/dir", "dir", true)]
    [DataRow("**/dir", "dir/file", true)]
    [DataRow("**/dir2/*", "dir/dir2/file", true)]
    [DataRow("**/dir2/*", "dir/dir2/file/more", true)]
    [DataRow("**/dir2/**", "dir/dir2/dir3/file", true)]
    [DataRow("**file", "file", true)]
    [DataRow("**file", "dir/file", true)]
    [DataRow("**file", "dir/myfile", true)]
    [DataRow("**/file", "dir/dir/file", true)]
    [DataRow("**/file", "dir/myfile", false)]
    [DataRow("**/file*", "dir/dir/file.txt", true)]
    [DataRow("**/file*txt", "dir/dir/file.txt", true)]
    [DataRow("**/file*.txt*", "dir/dir/file.txt", true)]
    [DataRow("**/**/*.txt", "dir/dir/file.txt", true)]
    [DataRow("**/**/*.txt2", "dir/dir/file.txt", false)]
    [DataRow("**/*.txt", "file.txt", true)]
    [DataRow("**/**/*.txt", "file.txt", true)]
    [DataRow("a**/*.txt", "a/file.txt", true)]
    [DataRow("a**/*.txt", "a/dir/dir/file.txt", true)]
    [DataRow("a/*.txt", "a/dir/file.txt", false)]
    [DataRow("a/*.txt**", "a/file.txt", true)]
    [DataRow("a**", "a/b", true)]
    [DataRow("a[b-d]e", "ae", false)]
    [DataRow("a[b-d]e", "ace", true)]
    [DataRow("a[b-d]e", "aae", false)]
    [DataRow("a[^b-d]e", "aze", true)]
    [DataRow("a[^b-d]e", "ace", false)]
    [DataRow(@"[\]a]", "]", true)]
    [DataRow(@"[\-x]", "-", true)]
    [DataRow("[a-ζ]*", "α", true)]
    [DataRow("a?b", "a☺b", true)]
    [DataRow("a?b", "a🎈b", true)]
    [DataRow("a???b", "a🎈b", false)]
    [DataRow("a[[]b", "a[b", true)]
    [DataRow("[😀-😎]", "😁", true)]
    [DataRow("a?b", "a/b", false)]
    [DataRow("a*b", "a/b", false)]
    [DataRow(".*", ".foo", true)]
    [DataRow(".*", "foo", false)]
    [DataRow("abc.def", "abcZdef", false)]
    [DataRow("abc?def", "abcdef", false)]
    [DataRow("**/foo/bar", "foo/bar", true)]
    [DataRow("**/foo/bar", "dir/dir2/foo/bar", true)]
    [DataRow("**/.foo", "bar.foo", false)]
    [DataRow("a(b)c/def", "a(b)c/def", true)]
    [DataRow("a.|)$(}+{bc", "a.|)$(}+{bc", true)]
    [DataRow(@"a\*b", "a*b", true)]
    [DataRow(@"a\*b", "axb", false)]
    [DataRow("a*b*c*d*e*/f", "axbxcxdxexxx/f", true)]
    [DataRow("a*b*c*d*e*/f", "axbxcxdxexxx/fff", false)]
    [DataRow("a*b?c*x", "abxbbxdbxebxczzx", true)]
    [DataRow("a*b?c*x", "abxbbxdbxebxczzy", false)]
    [DataRow("docs/", "docs/readme", true)]
    [DataRow("/docs", "docs", true)]
    [DataRow("./docs//a/../b/", "docs/b", true)]
    [DataRow("/../docs", "docs", true)]
    [DataRow("../docs", "docs", false)]
    [DataRow("  docs  ", "docs", true)]
    [DataRow("docs\r", "docs", true)]
    [DataRow("#docs", "#docs", false)]
    [DataRow(" #docs", "#docs", true)]
    [DataRow("Docs", "docs", false)]
    [DataRow(".", "docs", false)]
    public void A_pattern_matches_as_in_Docker(string pattern, string path, bool excluded) =>
        Assert.AreEqual(excluded, IgnoreFile.Read(pattern).Excludes(path));

    [TestMethod]
    [DataRow("!file.go\n*.go", "file.go", true)]
    [DataRow("*.go\n!file.go", "file.go", false)]
    [DataRow("docs\n!docs/README.md", "docs/README.md", false)]
    [DataRow("docs\n!docs/README.md", "docs/other.md", true)]
    [DataRow("docs/\n!docs/README.md", "docs/README.md", false)]
    [DataRow("docs/*\n!docs/README.md", "docs/README.md", false)]
    [DataRow("**\n!util/docker/web", "util/docker/web/foo", false)]
    [DataRow("**\n!util/docker/web\nutil/docker/web/foo", "util/docker/web/foo", true)]
    [DataRow("**\n!dist/*.whl", "dist/a-1.0.whl", false)]
    [DataRow("*\n!/src", "src/a/b", false)]
    [DataRow("*\n! src", "src", false)]
    [DataRow("*.md\n!README*.md\nREADME-secret.md", "README-secret.md", true)]
    [DataRow("*.md\nREADME-secret.md\n!README*.md", "README-secret.md", false)]
    public void The_last_rule_that_matches_decides(string rules, string path, bool excluded) =>
        Assert.AreEqual(excluded, IgnoreFile.Read(rules).Excludes(path));

    [TestMethod]
    [DataRow("!")]
    [DataRow("[")]
    [DataRow("a[")]
    [DataRow("[^")]
    [DataRow("[^bc")]
    [DataRow("[]a]")]
    [DataRow("[-]")]
    [DataRow("[x-]")]
    [DataRow("[-x]")]
    [DataRow("[a-b-c]")]
    [DataRow("[z-a]")]
    [DataRow("\\")]
    public void A_malformed_pattern_is_named_with_its_line(string pattern)
    {
        var failure = Assert.ThrowsExactly<BuildFailedException>(() => IgnoreFile.Read("# first\nfine\n" + pattern, "x.dockerignore"));
        StringAssert.StartsWith(
            failure.Diagnostics[0].ToString(), $"x.dockerignore(3): error CST2026: '{pattern}' is not", StringComparison.Ordinal);
    }

    [TestMethod]
    public void The_rule_that_hides_a_path_is_known()
    {
        var ignore = IgnoreFile.Read("# comment\n\n*.log\n!keep.log\nbuild", "ctx/.dockerignore", ["obj"]);
        Assert.IsTrue(ignore.Excludes("a.log", out var rule));
        Assert.AreEqual("'*.log' (ctx/.dockerignore, line 3)", rule);
        Assert.IsTrue(ignore.Excludes("build/a/b", out rule));
        Assert.AreEqual("'build' (ctx/.dockerignore, line 5)", rule);
        Assert.IsTrue(ignore.Excludes("obj/x", out rule));
        Assert.AreEqual("'obj' (always)", rule);
        Assert.IsFalse(ignore.Excludes("keep.log", out rule));
        Assert.IsNull(rule);
    }

    [TestMethod]
    public void A_default_rule_can_be_taken_back() => Assert.IsFalse(IgnoreFile.Read("!obj", defaults: ["obj"]).Excludes("obj/a"));

    [TestMethod]
    public void A_walk_need_not_enter_a_folder_that_no_rule_takes_back()
    {
        var ignore = IgnoreFile.Read("node_modules\nvendor\n!vendor/keep");
        Assert.IsTrue(ignore.ExcludesTree("node_modules"));
        Assert.IsFalse(ignore.ExcludesTree("vendor"));
        Assert.IsFalse(ignore.ExcludesTree("src"));
        Assert.IsFalse(IgnoreFile.Read("node_modules\n!**/*.md").ExcludesTree("node_modules"));
    }

    [TestMethod]
    public void The_file_of_the_Dockerfile_comes_before_that_of_the_context()
    {
        using var folder = new TempFolder();
        Assert.IsFalse(IgnoreFile.ReadFor(folder.Path, folder.Combine("Dockerfile")).Excludes("a"));
        File.WriteAllText(folder.Combine(".dockerignore"), "a");
        Assert.IsTrue(IgnoreFile.ReadFor(folder.Path, folder.Combine("Dockerfile")).Excludes("a"));
        File.WriteAllText(folder.Combine("Dockerfile.dockerignore"), "b");
        var ignore = IgnoreFile.ReadFor(folder.Path, folder.Combine("Dockerfile"));
        Assert.IsFalse(ignore.Excludes("a"));
        Assert.IsTrue(ignore.Excludes("b"));
        Assert.IsTrue(IgnoreFile.ReadFor(folder.Path, null).Excludes("a"));
    }

    [TestMethod]
    public void The_verdict_is_that_of_a_plain_model()
    {
        var name = Gen.Int[0, 3].Select(index => new[] { "a", "b", "ab", "c" }[index]);
        var part = Gen.Int[0, 9].Select(index => new[] { "a", "b", "ab", "c", "*", "?", "a*", "**", "[ab]", "*b" }[index]);
        var rule = Gen.Select(Gen.Bool, part.Array[1, 3], (takesBack, parts) => (takesBack ? "!" : "") + string.Join('/', parts));
        Gen.Select(rule.Array[0, 5], name.Array[1, 4].Array[20]).Sample((rules, paths) =>
        {
            var ignore = IgnoreFile.Read(string.Join('\n', rules));
            foreach (var path in paths)
            {
                Assert.AreEqual(
                    PlainModel.Excludes(rules, path),
                    ignore.Excludes(string.Join('/', path)),
                    $"{string.Join(' ', rules)} on {string.Join('/', path)}");
            }
        });
    }

    /// <summary>Part by part, every folder of the path against every rule, nothing remembered.</summary>
    private static class PlainModel
    {
        public static bool Excludes(string[] rules, string[] path)
        {
            var excluded = false;
            foreach (var rule in rules)
            {
                var pattern = rule.TrimStart('!').Split('/');
                if (Enumerable.Range(1, path.Length).Any(length => Matches(pattern, path[..length])))
                {
                    excluded = !rule.StartsWith('!');
                }
            }

            return excluded;
        }

        private static bool Matches(string[] pattern, string[] path) => (pattern, path) switch
        {
            (["**"], _) => path.Length > 0,
            ([], []) => true,
            ([], _) => false,
            (["**", .. var rest], []) => Matches(rest, []),
            (["**", .. var rest], [_, .. var folders]) => Matches(rest, path) || Matches(pattern, folders),
            (_, []) => false,
            ([var first, .. var rest], [var name, .. var names]) => MatchesName(first, name) && Matches(rest, names),
        };

        private static bool MatchesName(string pattern, string name) => pattern switch
        {
            "*" => true,
            "?" => name.Length == 1,
            "a*" => name.StartsWith('a'),
            "*b" => name.EndsWith('b'),
            "[ab]" => name is "a" or "b",
            _ => pattern == name,
        };
    }
}
