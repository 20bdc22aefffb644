using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ContainerStages.Caching;

/// <summary>
/// Hashes named fields into a key. The length of every name and value and the number of values count too, so that two keys are equal
/// only where every field
/// is: what stands in one list can never pass for what stands in another.
/// </summary>
internal sealed class KeyBuilder : IDisposable
{
    /// <summary>Changed when the engine starts to make other layers from the same input.</summary>
    private const string Generation = "containerstages-3";

    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <param name="kind">Keeps apart keys of different things that have the same fields.</param>
    public KeyBuilder(string kind)
    {
        Append(Generation);
        Append(kind);
    }

    /// <summary>Null is another value than an empty text.</summary>
    public KeyBuilder Add(string name, string? value) => Add(name, value is null ? [] : [value]);

    public KeyBuilder Add(string name, bool value) => Add(name, value ? "true" : "false");

    public KeyBuilder Add(string name, params IReadOnlyCollection<string> values)
    {
        Append(name);
        Append(values.Count);
        foreach (var value in values)
        {
            Append(value);
        }

        return this;
    }

    /// <returns>64 hexadecimal digits.</returns>
    public string Build()
    {
        using (hash)
        {
            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
    }

    public void Dispose() => hash.Dispose();

    private void Append(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Append(bytes.Length);
        hash.AppendData(bytes);
    }

    private void Append(int number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        hash.AppendData(bytes);
    }
}
