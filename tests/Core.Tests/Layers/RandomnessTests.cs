using System.Text;
using ContainerStages.Layers;

namespace ContainerStages.Core.Tests.Layers;

[TestClass]
public sealed class RandomnessTests
{
    [TestMethod]
    [DataRow(4096)]
    [DataRow(32 << 10)]
    [DataRow(64 << 10)]
    public void Random_bytes_do_not_compress(int count) => Assert.IsTrue(Randomness.IsLikely(RandomBytes(count)));

    [TestMethod]
    public void Of_a_few_bytes_nothing_is_said() => Assert.IsFalse(Randomness.IsLikely(RandomBytes(4095)));

    [TestMethod]
    public void Text_compresses() =>
        Assert.IsFalse(Randomness.IsLikely(Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomBytes(24 << 10)))));

    [TestMethod]
    public void Zeros_compress() => Assert.IsFalse(Randomness.IsLikely(new byte[32 << 10]));

    [TestMethod]
    public void A_random_file_that_is_in_it_twice_compresses()
    {
        var file = RandomBytes(8 << 10);
        Assert.IsFalse(Randomness.IsLikely([.. file, .. RandomBytes(8 << 10), .. file, .. RandomBytes(8 << 10)]));
    }

    [TestMethod]
    public void A_twentieth_of_zeros_is_worth_compressing()
    {
        Assert.IsTrue(Randomness.IsLikely([.. new byte[300], .. RandomBytes((32 << 10) - 300)]));
        Assert.IsFalse(Randomness.IsLikely([.. new byte[1640], .. RandomBytes((32 << 10) - 1640)]));
    }

    private static byte[] RandomBytes(int count)
    {
        var bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }
}
