using ContainerStages.Contracts;

namespace ContainerStages.Cli;

/// <summary>The value of --output. Source: docker buildx build, --output.</summary>
internal sealed record OutputOption(string Type, string? Path)
{
    public const string StandardOutput = "-";
    private static readonly string[] Types = ["registry", "oci", "docker", "oci-layout", "local", "tar"];

    public DestinationKind Kind => Type switch
    {
        "oci" => DestinationKind.OciArchive,
        "docker" => DestinationKind.DockerArchive,
        "oci-layout" => DestinationKind.OciLayout,
        "local" => DestinationKind.Folder,
        "tar" => DestinationKind.Tar,
        _ => DestinationKind.Registry,
    };

    public bool IsStandardOutput => Type == "tar" && Path == StandardOutput;

    public static OutputOption Parse(string text)
    {
        // The short form of docker: a folder, or '-' for a tar on standard output.
        if (!text.Contains('=', StringComparison.Ordinal))
        {
            return new OutputOption(text == StandardOutput ? "tar" : "local", text);
        }

        var fields = text.Split(',').Select(field => field.Split('=', 2)).ToDictionary(
            pair => pair.Length == 2 ? pair[0].Trim().ToLowerInvariant() : throw new UsageException($"--output {text}: the form is type=TYPE,dest=PATH."),
            pair => pair[1],
            StringComparer.Ordinal);
        var type = fields.GetValueOrDefault("type");
        if (type is null || !Types.Contains(type))
        {
            throw new UsageException($"--output {text}: the type must be one of {string.Join(", ", Types)}.");
        }

        var path = fields.GetValueOrDefault("dest");
        return type != "registry" && path is null ? throw new UsageException($"--output {text}: type {type} needs dest=PATH.") : new OutputOption(type, path);
    }
}
