using System.Text.Json.Serialization;

namespace ContainerStages.Contracts;

/// <summary>JSON of the parts of a definition and of events: camelCase, nulls left out, one line per document.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(BuildSource))]
[JsonSerializable(typeof(ImageMetadata))]
[JsonSerializable(typeof(CommandSettings))]
[JsonSerializable(typeof(BuildPolicy))]
[JsonSerializable(typeof(BuildOutputs))]
[JsonSerializable(typeof(BuildEvent))]
[JsonSerializable(typeof(BuildResult))]
public sealed partial class ContractsJson : JsonSerializerContext;

/// <summary>
/// Parts of a definition, only ever written: code that writes them as they are, without a model of their types first. The process that
/// writes them is new for most builds, and compiling that model would take longer there than everything else that a publish of an unchanged
/// project adds.
/// </summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Serialization,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BuildSource))]
[JsonSerializable(typeof(ImageMetadata))]
[JsonSerializable(typeof(CommandSettings))]
[JsonSerializable(typeof(BuildPolicy))]
[JsonSerializable(typeof(BuildOutputs))]
public sealed partial class DefinitionJson : JsonSerializerContext;
