using System.Text.Json;

namespace ContainerStages.Contracts;

/// <summary>
/// A build definition as the JSON document that an engine program reads from its standard input. The process that writes it is new for most
/// builds, and so is the one that reads it. What is generic over an enumeration would be compiled anew in each, which takes longer than all
/// else here: whatever holds one is written and read by hand, with the names of its values.
/// </summary>
public static class DefinitionDocument
{
    /// <summary>
    /// The contract of this document and of the events that answer it. A new number for every change after which an older engine program
    /// would do something else than it was told. 1 had no number; since 3 a destination names its medium, since 4 a policy shared caches,
    /// since 5 a policy the sandbox, and outputs bills of materials.
    /// </summary>
    public const int Contract = 5;

    private const int Unnumbered = 1;

    /// <summary>What an engine program reports before it reads anything: a program that does not is none of this contract.</summary>
    public static EngineStarted Greeting => new(Contract, ProgramVersion.Text);

    public static byte[] Write(BuildDefinition definition)
    {
        using var document = new MemoryStream();
        using (var json = new Utf8JsonWriter(document))
        {
            Write(json, definition);
        }

        return document.ToArray();
    }

    /// <exception cref="OtherContractException">The document is one of another contract, whatever else it says.</exception>
    /// <exception cref="JsonException">It is no such document.</exception>
    public static BuildDefinition Read(ReadOnlyMemory<byte> document)
    {
        using var json = JsonDocument.Parse(document);
        try
        {
            return Read(json.RootElement);
        }
        catch (Exception exception) when (exception is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new JsonException(exception.Message, exception);
        }
    }

    private static void Write(Utf8JsonWriter json, BuildDefinition definition)
    {
        var parts = DefinitionJson.Default;
        json.WriteStartObject();
        json.WriteNumber("contract", Contract);
        json.WriteString("version", ProgramVersion.Text);
        json.WriteString("goal", definition.Goal.ToString());
        Write("source", definition.Source, parts.BuildSource.SerializeHandler!);
        Write("form", definition.Form, WriteForm);
        Write("metadata", definition.Metadata, parts.ImageMetadata.SerializeHandler!);
        Write("commands", definition.Commands, parts.CommandSettings.SerializeHandler!);
        Write("policy", definition.Policy, parts.BuildPolicy.SerializeHandler!);
        Write("outputs", definition.Outputs, parts.BuildOutputs.SerializeHandler!);
        json.WriteEndObject();

        void Write<T>(string name, T part, Action<Utf8JsonWriter, T> write)
            where T : class
        {
            json.WritePropertyName(name);
            write(json, part);
        }
    }

    private static BuildDefinition Read(JsonElement json)
    {
        var contract = json.TryGetProperty("contract", out var number) ? number.GetInt32() : Unnumbered;
        if (contract != Contract)
        {
            throw new OtherContractException(contract, json.TryGetProperty("version", out var version) ? version.GetString() : null);
        }

        var parts = ContractsJson.Default;
        return new BuildDefinition
        {
            Goal = (BuildGoal)Value(typeof(BuildGoal), json.GetProperty("goal")),
            Source = json.GetProperty("source").Deserialize(parts.BuildSource)!,
            Form = ReadForm(json.GetProperty("form")),
            Metadata = json.GetProperty("metadata").Deserialize(parts.ImageMetadata)!,
            Commands = json.GetProperty("commands").Deserialize(parts.CommandSettings)!,
            Policy = json.GetProperty("policy").Deserialize(parts.BuildPolicy)!,
            Outputs = json.GetProperty("outputs").Deserialize(parts.BuildOutputs)!,
        };
    }

    private static void WriteForm(Utf8JsonWriter json, ImageForm form)
    {
        json.WriteStartObject();
        json.WriteString("format", form.Format.ToString());
        json.WriteBoolean("formatOfBase", form.FormatOfBase);
        json.WriteString("compression", form.Compression.ToString());
        if (form.CompressionLevel is { } level)
        {
            json.WriteNumber("compressionLevel", level);
        }

        if (form.SourceDateEpoch is { } epoch)
        {
            json.WriteNumber("sourceDateEpoch", epoch);
        }

        json.WriteEndObject();
    }

    private static ImageForm ReadForm(JsonElement json) => new()
    {
        Format = (ImageFormat)Value(typeof(ImageFormat), json.GetProperty("format")),
        FormatOfBase = json.GetProperty("formatOfBase").GetBoolean(),
        Compression = (LayerCompression)Value(typeof(LayerCompression), json.GetProperty("compression")),
        CompressionLevel = json.TryGetProperty("compressionLevel", out var level) ? level.GetInt32() : null,
        SourceDateEpoch = json.TryGetProperty("sourceDateEpoch", out var epoch) ? epoch.GetInt64() : null,
    };

    /// <summary>The value of an enumeration by its name.</summary>
    private static object Value(Type enumeration, JsonElement name) =>
        name.GetString() is { } text && Enum.TryParse(enumeration, text, out var value) && Enum.IsDefined(enumeration, value)
            ? value
            : throw new FormatException($"{enumeration.Name} has no value {name}.");
}

/// <summary>A document of another contract than this program's.</summary>
/// <param name="contract">The document's.</param>
/// <param name="version">The version of who wrote it, or null.</param>
public sealed class OtherContractException(int contract, string? version) : Exception($"The document is one of contract {contract}.")
{
    public int Contract { get; } = contract;

    public string? WrittenBy { get; } = version;
}
