using System.Text.Json.Serialization;

namespace ContainerStages.Contracts;

/// <summary>
/// A place the image is published to: a reference for registries, a path otherwise, empty for engines. In archives and engines it is named
/// by <see cref="Names"/>. The path <c>-</c> is standard output.
/// </summary>
public sealed record Destination([property: JsonIgnore] Medium Medium, string Value)
{
    [JsonConstructor]
    internal Destination(string scheme, string value)
        : this(Medium.OfScheme(scheme), value)
    {
    }

    [JsonInclude, JsonPropertyName("medium")]
    internal string Scheme => Medium.Scheme;

    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>With its scheme, as FROM would name it.</summary>
    [JsonIgnore]
    public string Address =>
        Medium.IsDaemon ? $"{Scheme}:{string.Join($", {Scheme}:", Names)}"
        : Medium.IsPath ? $"{Scheme}:{Value}"
        : Value;

    /// <summary>As people write it where the kind is clear: a name or a path.</summary>
    [JsonIgnore]
    public string Title => Medium.IsDaemon ? Address : Value;
}
