using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace ContainerStages.Dockerfile;

/// <summary>The exec form: a JSON array of strings. Source: Dockerfile reference, Exec form.</summary>
internal static class JsonArguments
{
    /// <summary>What a text is, read as the arguments of an instruction that has an exec form.</summary>
    public enum Form
    {
        /// <summary>Anything that is not valid JSON: the shell form.</summary>
        Text,

        Strings,

        /// <summary>A JSON array with elements that are no strings: an error, not the shell form.</summary>
        OtherThings,
    }

    public static Form Read(string text, out ImmutableArray<string> strings)
    {
        strings = [];
        if (!text.StartsWith('['))
        {
            return Form.Text;
        }

        try
        {
            return ReadArray(Encoding.UTF8.GetBytes(text), out strings);
        }
        catch (Exception invalid) when (invalid is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: an escape such as \ud800 that is half a character.
            strings = [];
            return Form.Text;
        }
    }

    private static Form ReadArray(byte[] json, out ImmutableArray<string> strings)
    {
        var found = ImmutableArray.CreateBuilder<string>();
        var form = Form.Strings;
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read())
        {
            if (reader is { TokenType: JsonTokenType.String, CurrentDepth: 1 })
            {
                found.Add(reader.GetString()!);
            }
            else if (reader.CurrentDepth > 0)
            {
                form = Form.OtherThings;
            }
        }

        strings = form == Form.Strings ? found.ToImmutable() : [];
        return form;
    }
}
