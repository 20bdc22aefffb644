using ContainerStages.Snapshots;

namespace ContainerStages.Core.Tests.Snapshots;

/// <summary>The table of Go's path/filepath match_test.go, without the cases of path separators.</summary>
[TestClass]
public sealed class FilePatternTests
{
    [TestMethod]
    [DataRow("abc", "abc", true)]
    [DataRow("*", "abc", true)]
    [DataRow("*c", "abc", true)]
    [DataRow("a*", "a", true)]
    [DataRow("a*", "abc", true)]
    [DataRow("a*b*c*d*e*", "axbxcxdxe", true)]
    [DataRow("a*b?c*x", "abxbbxdbxebxczzx", true)]
    [DataRow("a*b?c*x", "abxbbxdbxebxczzy", false)]
    [DataRow("ab[c]", "abc", true)]
    [DataRow("ab[b-d]", "abc", true)]
    [DataRow("ab[e-g]", "abc", false)]
    [DataRow("ab[^c]", "abc", false)]
    [DataRow("ab[^b-d]", "abc", false)]
    [DataRow("ab[^e-g]", "abc", true)]
    [DataRow("a\\*b", "a*b", true)]
    [DataRow("a\\*b", "ab", false)]
    [DataRow("a?b", "a☺b", true)]
    [DataRow("a[^a]b", "a☺b", true)]
    [DataRow("a???b", "a☺b", false)]
    [DataRow("[a-ζ]*", "α", true)]
    [DataRow("*[a-ζ]", "A", false)]
    [DataRow("[\\]a]", "]", true)]
    [DataRow("[\\-]", "-", true)]
    [DataRow("[x\\-]", "x", true)]
    [DataRow("[x\\-]", "-", true)]
    [DataRow("[x\\-]", "z", false)]
    [DataRow("[\\-x]", "-", true)]
    [DataRow("*x", "xxx", true)]
    [DataRow("arr[[]0", "arr[0", true)]
    [DataRow("[[]id]", "[id]", true)]
    [DataRow("[a[]", "[", true)]
    [DataRow("[^[]", "[", false)]
    [DataRow("[\\[-\\]]", "\\", true)]
    [DataRow("a?b", "a\U0001F600b", true)]
    [DataRow("a??b", "a\U0001F600b", false)]
    [DataRow("?", "\U0001F600", true)]
    [DataRow("[\U0001F600-\U0001F610]*", "\U0001F601.txt", true)]
    [DataRow("[^\U0001F600]", "\U0001F600", false)]
    [DataRow("*\U0001F600", "\U0001F601\U0001F600", true)]
    [DataRow("\U0001F600", "\U0001F600", true)]
    [DataRow("*a*a*a*a*a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false)]
    public void A_pattern_matches_as_in_Go(string pattern, string name, bool expected) =>
        Assert.AreEqual((true, expected), (FilePattern.IsValid(pattern), FilePattern.Matches(pattern, name)));

    [TestMethod]
    public void A_byte_that_is_not_UTF8_is_one_character() => Assert.IsTrue(FilePattern.Matches("a?b", "a\uDCE9b"));

    [TestMethod]
    [DataRow("[]a]")]
    [DataRow("[-]")]
    [DataRow("[x-]")]
    [DataRow("[-x]")]
    [DataRow("[a-b-c]")]
    [DataRow("[")]
    [DataRow("[^")]
    [DataRow("[^bc")]
    [DataRow("a[")]
    [DataRow("a\\")]
    public void A_broken_pattern_is_not_valid(string pattern) => Assert.IsFalse(FilePattern.IsValid(pattern));
}
