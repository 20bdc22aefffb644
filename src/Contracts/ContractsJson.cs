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
