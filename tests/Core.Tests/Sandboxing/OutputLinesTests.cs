using System.Text;
using ContainerStages.Sandboxing;

namespace ContainerStages.Core.Tests.Sandboxing;

[TestClass]
public sealed class OutputLinesTests
{
    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    [DataRow(7)]
    [DataRow(100000)]
    public void Where_the_bytes_are_cut_does_not_matter(int size)
    {
        var bytes = Encoding.UTF8.GetBytes("one\r\n\ntwo \u20AC\u20AC\nlast");
        CollectionAssert.AreEqual((string[])["one", "", "two \u20AC\u20AC", "last"], Split(bytes, size));
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(2)]
    public void A_long_line_is_not_cut_inside_a_character(int shift)
    {
        var text = new string('x', shift) + string.Concat(Enumerable.Repeat("\u20AC", 60000));
        var pieces = Split(Encoding.UTF8.GetBytes(text), 4096);
        Assert.AreEqual(text, string.Concat(pieces));
        Assert.HasCount(3, pieces);
    }

    [TestMethod]
    public void A_line_of_exactly_the_limit_is_one_piece() =>
        CollectionAssert.AreEqual(
            (string[])[new('x', OutputLines.Limit), "y"], Split(Encoding.UTF8.GetBytes(new string('x', OutputLines.Limit) + "\ny"), 5000));

    [TestMethod]
    [DataRow("a swordfish b", "a *** b")]
    [DataRow("a sword b", "a *** b", DisplayName = "One secret begins like another")]
    [DataRow("swordfishhook!", "***!", DisplayName = "Two that overlap")]
    [DataRow("swordswordfish", "***")]
    [DataRow("first line then third line", "*** then ***", DisplayName = "Lines of one secret")]
    [DataRow("x {\"key\": \"first line\\nthird line\"}", "x {\"key\": \"***\\n***\"}", DisplayName = "And quoted as one text")]
    [DataRow("ab is short", "ab is short")]
    [DataRow("\u20AC\u20ACuro x", "*** x", DisplayName = "Other letters")]
    public void Secrets_are_hidden(string line, string expected)
    {
        var mask = new SecretMask(Secrets("sword", "swordfish", "fishhook", "first line\r\nab\n  third line\n", "\u20AC\u20ACuro"));
        Assert.AreEqual(expected, mask.Apply(line));
        for (var size = 1; size < 8; size++)
        {
            CollectionAssert.AreEqual((string[])[expected, "z"], Split(Encoding.UTF8.GetBytes(line + "\nz"), size, mask));
        }
    }

    [TestMethod]
    [DataRow("swordfish")]
    [DataRow("aXaXaXaXaX", DisplayName = "One that overlaps itself")]
    [DataRow(null, DisplayName = "One that is longer than a piece")]
    public void A_secret_across_the_cut_of_a_long_line_is_hidden(string? secret)
    {
        secret ??= string.Concat(Enumerable.Range(0, 20000).Select(number => $"{number}-"));
        var mask = new SecretMask(Secrets(secret, secret[..^3]));
        for (var before = OutputLines.Limit - 30; before < OutputLines.Limit + 30; before += secret.Length > 100 ? 59 : 1)
        {
            var text = new string('.', before) + secret + "||" + secret[..^2] + "|" + secret;
            var shown = string.Concat(Split(Encoding.UTF8.GetBytes(text), 5000, mask)).Replace("*", "", StringComparison.Ordinal);
            Assert.AreEqual(new string('.', before) + "||" + secret[^3..^2] + "|", shown);
        }
    }

    private static IEnumerable<byte[]> Secrets(params string[] texts) => texts.Select(Encoding.UTF8.GetBytes);

    private static List<string> Split(byte[] bytes, int size, SecretMask? mask = null)
    {
        var output = new Lines();
        var lines = new OutputLines(output, isError: false, mask ?? SecretMask.None);
        foreach (var part in bytes.Chunk(size))
        {
            lines.Add(part);
        }

        lines.Complete();
        return output.All;
    }

    private sealed class Lines : ISandboxOutput
    {
        public List<string> All { get; } = [];

        public void WriteLine(string line, bool isError) => All.Add(line);
    }
}
