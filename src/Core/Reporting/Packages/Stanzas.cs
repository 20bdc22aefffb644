using System.Text;

namespace ContainerStages.Reporting;

/// <summary>Fields in groups that empty lines part, which Debian and Alpine keep their packages in.</summary>
internal static class Stanzas
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The first value of each field; lines that continue one are left out.</summary>
    /// <exception cref="FormatException">It is no such text.</exception>
    public static IEnumerable<Dictionary<string, string>> Read(byte[] content)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        var number = 0;
        foreach (var line in Decode(content).Split('\n'))
        {
            number++;
            if (line.Length == 0)
            {
                if (fields.Count > 0)
                {
                    yield return fields;
                    fields = new Dictionary<string, string>(StringComparer.Ordinal);
                }
            }
            else if (line[0] is not (' ' or '\t'))
            {
                var colon = line.IndexOf(':', StringComparison.Ordinal);
                if (colon <= 0)
                {
                    throw new FormatException($"line {number} has no field");
                }

                fields.TryAdd(line[..colon], line[(colon + 1)..].Trim());
            }
        }

        if (fields.Count > 0)
        {
            yield return fields;
        }
    }

    public static string Require(this Dictionary<string, string> fields, string name) =>
        fields.TryGetValue(name, out var value) && value.Length > 0 ? value : throw new FormatException($"a package has no field '{name}'");

    private static string Decode(byte[] content)
    {
        try
        {
            return Strict.GetString(content);
        }
        catch (DecoderFallbackException other)
        {
            throw new FormatException("it is no UTF-8", other);
        }
    }
}
