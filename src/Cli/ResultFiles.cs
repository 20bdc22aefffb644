using System.Text.Json.Nodes;
using System.Text.Json;
using ContainerStages.Building;
using ContainerStages.Contracts;

namespace ContainerStages.Cli;

/// <summary>The files that say what a build made. Source: docker buildx build, --iidfile and --metadata-file.</summary>
internal static class ResultFiles
{
    /// <exception cref="Diagnostics.BuildFailedException">The system does not let one be written.</exception>
    public static void Write(BuildResult result, IReadOnlyList<string> names, OptionReader options)
    {
        if (options.Last("--iidfile") is { } idFile)
        {
            ResultDocument.Write(idFile, () => File.WriteAllText(idFile, Verbs.BuildVerb.Id(result)));
        }

        if (options.Last("--metadata-file") is { } metadata)
        {
            ResultDocument.Write(metadata, () => File.WriteAllText(metadata, ImageDocument.Text(Metadata(result, names)) + "\n"));
        }
    }

    /// <summary>The keys of buildx, then our result's own. An index has neither configuration nor platform.</summary>
    private static JsonObject Metadata(BuildResult result, IReadOnlyList<string> names)
    {
        var document = new JsonObject();
        if (result.ConfigDigest is { } configuration)
        {
            document["containerimage.config.digest"] = configuration;
        }

        document["containerimage.digest"] = result.ManifestDigest;
        document["containerimage.descriptor"] = Descriptor(result);
        document["image.name"] = string.Join(',', names);
        foreach (var (name, value) in JsonSerializer.SerializeToNode(result, ContractsJson.Default.BuildResult)!.AsObject().ToArray())
        {
            document[name] = value?.DeepClone();
        }

        return document;
    }

    private static JsonObject Descriptor(BuildResult result)
    {
        var descriptor = new JsonObject
        {
            ["mediaType"] = result.ManifestMediaType,
            ["digest"] = result.ManifestDigest,
            ["size"] = System.Text.Encoding.UTF8.GetByteCount(result.Manifest),
        };
        if (result.Platform is { } platform)
        {
            descriptor["platform"] = Platform(platform);
        }

        return descriptor;
    }

    private static JsonObject Platform(string text)
    {
        var parts = text.Split('/');
        var platform = new JsonObject { ["architecture"] = parts.ElementAtOrDefault(1), ["os"] = parts[0] };
        if (parts.Length > 2)
        {
            platform["variant"] = parts[2];
        }

        return platform;
    }
}
