namespace ContainerStages.Layers;

/// <summary>Checksums of gzip: combining those of two parts into that of the whole. Source: zlib, crc32_combine; polynomial of RFC 1952, 8.</summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;

    /// <summary>Checksum of two parts one after the other, where the second has <paramref name="secondLength"/> bytes.</summary>
    public static uint Combine(uint first, uint second, long secondLength) => Multiply(PowerOfX(8 * secondLength), first) ^ second;

    /// <summary>x to the given power, modulo the polynomial; the highest bit is x to the 0.</summary>
    private static uint PowerOfX(long power)
    {
        var result = 0x80000000u;
        for (var square = 0x40000000u; power != 0; power >>= 1)
        {
            result = (power & 1) != 0 ? Multiply(square, result) : result;
            square = Multiply(square, square);
        }

        return result;
    }

    private static uint Multiply(uint left, uint right)
    {
        var product = 0u;
        for (var bit = 0x80000000u; bit != 0; bit >>= 1)
        {
            product ^= (left & bit) != 0 ? right : 0;
            right = (right & 1) != 0 ? (right >> 1) ^ Polynomial : right >> 1;
        }

        return product;
    }
}
