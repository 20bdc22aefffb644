using ContainerStages.Posix;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Content;

[TestClass]
public sealed class SmallFileTests : IDisposable
{
    private readonly TempFolder folder = new();

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(4096)]
    [DataRow(4097)]
    [DataRow(16384)]
    [DataRow(100_000)]
    public void The_whole_of_a_file_is_read_whatever_its_size(int size)
    {
        var content = new byte[size];
        new Random(size).NextBytes(content);
        File.WriteAllBytes(folder.Combine("file"), content);

        CollectionAssert.AreEqual(content, FileCalls.TryReadAll(folder.Combine("file")));
        var beginning = new byte[5000];
        Assert.AreEqual(Math.Min(size, 5000), FileCalls.TryRead(folder.Combine("file"), beginning));
        CollectionAssert.AreEqual(content.Take(5000).ToArray(), beginning.Take(Math.Min(size, 5000)).ToArray());
    }

    [TestMethod]
    public void What_is_no_file_is_none_and_what_cannot_be_read_is_an_error()
    {
        folder.Write("file", "text");
        Assert.IsNull(FileCalls.TryReadAll(folder.Combine("missing")));
        Assert.IsNull(FileCalls.TryReadAll(folder.Combine("file", "below")));
        Assert.IsNull(FileCalls.TryReadAll(folder.Path));
        Assert.IsNull(FileCalls.TryRead(folder.Combine("missing"), new byte[1]));
        File.CreateSymbolicLink(folder.Combine("circle"), "circle");
        var refused = Assert.ThrowsExactly<PosixException>(() => FileCalls.TryReadAll(folder.Combine("circle")));
        Assert.Contains(folder.Combine("circle"), refused.Message);
    }

    [TestMethod]
    [DataRow("/proc", 0x9FA0ul)]
    [DataRow("/sys", 0x62656572ul)]
    [DataRow("/nowhere", 0ul)]
    public void File_systems_are_known_by_their_numbers(string path, ulong expected) =>
        Assert.AreEqual(expected, FileCalls.FileSystemOf(path));

    public void Dispose() => folder.Dispose();
}
