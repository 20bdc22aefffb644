using System.Text.Json.Serialization;

namespace ContainerStages.Contracts;

/// <summary>JSON of the definition and the events: camelCase, nulls left out, one line per document.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(BuildDefinition))]
[JsonSerializable(typeof(BuildEvent))]
[JsonSerializable(typeof(BuildResult))]
public sealed partial class ContractsJson : JsonSerializerContext;

/// <summary>
/// The definition, only ever written: code that writes it as it is, without a model of its types first. The process that writes it is new for most
/// builds, and compiling that model would take longer there than everything else that a publish of an unchanged project adds.
/// </summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Serialization,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BuildDefinition))]
public sealed partial class DefinitionJson : JsonSerializerContext;
