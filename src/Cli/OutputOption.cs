using ContainerStages.Contracts;
using ContainerStages.Dockerfile;

namespace ContainerStages.Cli;

/// <summary>The value of --output. Source: docker buildx build, --output; docs of BuildKit's exporters.</summary>
internal sealed record OutputOption(string Type, IReadOnlyDictionary<string, string> Fields)
{
    public const string StandardOutput = "-";
    private const string AnnotationPrefix = "annotation";
    private static readonly string[] ImageKeys =
        ["name", "push", "compression", "compression-level", "force-compression", "oci-mediatypes"];
    private static readonly string[] FileKeys = ["dest", "tar"];

    /// <summary>The values of <c>type=</c>.</summary>
    public static IReadOnlyList<string> Types { get; } = [.. Medium.All.SelectMany(medium => medium.OutputTypes)];

    /// <summary>Archives go to standard output where none is named, as with docker.</summary>
    public string? Path =>
        Fields.GetValueOrDefault("dest") ?? (Type == "tar" || (Type == "oci" && !IsFalse("tar")) ? StandardOutput : null);

    public Medium Medium => Type switch
    {
        "oci" when IsFalse("tar") => Medium.OciLayout,
        "docker" when Path is null => Medium.Docker,
        _ => Medium.All.First(medium => medium.OutputTypes.Contains(Type)),
    };

    public bool IsStandardOutput => Path == StandardOutput;

    /// <summary>Pushes to the registries that the names say; <c>type=image</c> only on demand.</summary>
    public bool Pushes => Type == "registry" ? !IsFalse("push") : Type == "image" && IsTrue("push");

    /// <summary>The names of the key <c>name</c>.</summary>
    public IEnumerable<string> Names =>
        Fields.GetValueOrDefault("name")?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    /// <summary><c>annotation[-KIND].KEY</c> as <c>(KIND or "manifest", KEY, value)</c>.</summary>
    public IEnumerable<(string Kind, string Key, string Value)> Annotations =>
        Fields.Where(one => one.Key.StartsWith(AnnotationPrefix, StringComparison.Ordinal)).Select(one => Annotation(one.Key, one.Value));

    public static OutputOption Parse(string text)
    {
        // The short form of docker: a folder, or '-' for a tar on standard output.
        if (!text.Contains('=', StringComparison.Ordinal))
        {
            return new OutputOption(
                text == StandardOutput ? "tar" : "local",
                new Dictionary<string, string>(StringComparer.Ordinal) { ["dest"] = text });
        }

        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in CommaSeparated.Split(text))
        {
            if (field.Split('=', 2) is not [var key, var value])
            {
                throw new UsageException($"--output {text}: the form is type=TYPE,dest=PATH.");
            }

            // Keys of annotations keep their case.
            fields[key.StartsWith(AnnotationPrefix, StringComparison.Ordinal) ? key : key.Trim().ToLowerInvariant()] = value;
        }

        if (!fields.Remove("type", out var type) || !Types.Contains(type))
        {
            throw new UsageException($"--output {text}: the type must be one of {string.Join(", ", Types)}.");
        }

        if (fields.GetValueOrDefault("dest") == "/dev/stdout")
        {
            fields["dest"] = StandardOutput;
        }

        var output = new OutputOption(type, fields);
        output.Check(text);
        return output;
    }

    public bool IsTrue(string key) =>
        Fields.GetValueOrDefault(key) is { } value
            && !IsFalse(key)
            && (value is "true" or "1" ? true : throw new UsageException($"--output: {key}={value} is neither true nor false."));

    public bool IsFalse(string key) => Fields.GetValueOrDefault(key) is "false" or "0";

    private void Check(string text)
    {
        string[] valid = Type is "local" or "tar" ? ["dest"] : [.. ImageKeys, .. FileKeys];
        if (Fields.Keys.FirstOrDefault(key => !valid.Contains(key)
            && !(valid.Length > 1 && key.StartsWith(AnnotationPrefix, StringComparison.Ordinal))) is { } unknown)
        {
            throw new UsageException(
                $"--output {text}: type {Type} has no key '{unknown}'. Valid: " +
                $"{string.Join(", ", valid)}{(valid.Length > 1 ? ", annotation.KEY" : "")}.");
        }

        if (IsTrue("force-compression"))
        {
            throw new UsageException(
                $"--output {text}: layers of base images stay as they are, so that registries need them " +
                "once; leave force-compression out.");
        }

        if (Path is null && Medium.IsPath)
        {
            throw new UsageException($"--output {text}: type {Type} needs dest=PATH.");
        }

        if (IsStandardOutput && !Medium.IsStream)
        {
            throw new UsageException($"--output {text}: a folder cannot be written to standard output; name one.");
        }

        _ = Annotations.Count();
    }

    private static (string Kind, string Key, string Value) Annotation(string field, string value)
    {
        var dot = field.IndexOf('.', StringComparison.Ordinal);
        var kind = dot < 0 ? "" : field[AnnotationPrefix.Length..dot].TrimStart('-');
        return dot > 0 && dot < field.Length - 1
            ? (kind.Length == 0 ? "manifest" : kind, field[(dot + 1)..], value)
            : throw new UsageException($"--output: {field} has no key: annotation.KEY=VALUE is expected.");
    }
}
