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
        CollectionAssert.AreEqual((string[])[new('x', OutputLines.Limit), "y"], Split(Encoding.UTF8.GetBytes(new string('x', OutputLines.Limit) + "\ny"), 5000));

    private static List<string> Split(byte[] bytes, int size)
    {
        var output = new Lines();
        var lines = new OutputLines(output, isError: false);
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
