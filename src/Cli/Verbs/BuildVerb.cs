using System.Globalization;
using ContainerStages.Cli.Progress;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;
using ContainerStages.Reporting;

namespace ContainerStages.Cli.Verbs;

/// <summary><c>build</c>: what <c>docker build</c> does, with its flags.</summary>
internal static class BuildVerb
{
    public static Verb Verb { get; } = new(
        "build",
        "[OPTIONS] CONTEXT",
        "build an image from a Dockerfile",
        [
            new(["--file", "-f"], "FILE", "Dockerfile (default: Dockerfile in the context)"),
            new(["--tag", "-t"], "NAME", "name of the image; repeatable"),
            new(["--target"], "STAGE", "stage to build (default: the last)"),
            new(["--build-arg"], "KEY=VALUE", "value of an ARG; repeatable"),
            new(["--label"], "KEY=VALUE", "label of the image; repeatable"),
            new(["--build-context"], "NAME=VALUE", "folder, docker-image://NAME or target:STAGE that COPY --from and FROM find under NAME; repeatable"),
            new(["--annotation"], "KEY=VALUE", "annotation of the manifest; repeatable"),
            new(["--platform"], "OS/ARCH", "platforms of the image, divided by commas or repeated (default: this machine's)"),
            new(["--no-cache"], null, "run every step again"),
            .. CommandOptions.All,
            new(["--pull"], null, "ask the registry for base images the store already knows"),
            new(["--push"], null, "push to the registries that the names say"),
            new(["--output", "-o"], "SPEC", "type=oci|docker|oci-layout|local|tar,dest=PATH, type=registry, or a folder; repeatable"),
            new(["--metadata-file"], "FILE", "write the result as JSON"),
            new(["--iidfile"], "FILE", "write the image id (digest of the configuration)"),
            new(["--progress"], "KIND", "auto, plain, tty, json or quiet"),
            new(["--quiet", "-q"], null, "print the image id only"),
            new(["--check"], null, "only run the build checks of the Dockerfile"),
        ],
        RunAsync);

    private static async Task<int> RunAsync(OptionReader options, IReadOnlyList<string> arguments)
    {
        var definition = Define(options);
        if (options.IsSet("--check"))
        {
            return await DockerfileCheck.RunAsync(definition);
        }

        var kind = options.IsSet("--quiet") ? "quiet" : options.Last("--progress") ?? "auto";
        using var progress = ProgressKinds.Open(kind);
        return await BuildHost.RunAsync(definition, progress.Events, arguments, standardInput: null, result => Finish(result, options, kind));
    }

    private static BuildDefinition Define(OptionReader options)
    {
        if (options.Rest.Count != 1)
        {
            throw new UsageException(options.Rest.Count == 0 ? "name the context folder, often '.'." : $"one context folder is expected, but {options.Rest.Count} were given: {string.Join(", ", options.Rest)}.");
        }

        var context = Path.GetFullPath(options.Rest[0]);
        var tags = options.All("--tag").Select(Name).ToArray();
        return CommandOptions.Apply(new BuildDefinition
        {
            ContextDirectory = context,
            Dockerfile = options.Last("--file") is { } file ? Path.GetFullPath(file) : Path.Combine(context, "Dockerfile"),
            Target = options.Last("--target"),
            Platforms = [.. options.All("--platform").SelectMany(platforms => platforms.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
            BuildArgs = options.Pairs("--build-arg"),
            Labels = options.Pairs("--label"),
            BuildContexts = options.Pairs("--build-context").ToDictionary(pair => pair.Key, pair => ContextValue(pair.Value), StringComparer.Ordinal),
            Annotations = options.Pairs("--annotation"),
            NoCache = options.IsSet("--no-cache"),
            Pull = options.IsSet("--pull"),
            Tags = tags,
            Destinations = [.. Destinations(options, tags)],
            SourceDateEpoch = Epoch(),
        }, options);
    }

    private static string ContextValue(string value) =>
        value.Contains("://", StringComparison.Ordinal) || value.StartsWith("target:", StringComparison.Ordinal) ? value : Path.GetFullPath(value);

    private static IEnumerable<Destination> Destinations(OptionReader options, string[] tags)
    {
        var outputs = options.All("--output").Select(OutputOption.Parse).ToList();
        if (options.IsSet("--push") && !outputs.Exists(output => output.Type == "registry"))
        {
            outputs.Add(new OutputOption("registry", null));
        }

        foreach (var output in outputs)
        {
            if (output.Type != "registry")
            {
                yield return new Destination(output.Kind, output.IsStandardOutput ? output.Path! : Path.GetFullPath(output.Path!)) { Names = tags };
                continue;
            }

            foreach (var tag in tags.Length > 0 ? tags : throw new UsageException("pushing needs a name: -t HOST/REPOSITORY:TAG."))
            {
                yield return new Destination(DestinationKind.Registry, tag);
            }
        }
    }

    private static async Task<int> Finish(BuildResult result, OptionReader options, string kind)
    {
        if (options.Last("--iidfile") is { } idFile)
        {
            await File.WriteAllTextAsync(idFile, Id(result));
        }

        if (options.Last("--metadata-file") is { } metadata)
        {
            await File.WriteAllBytesAsync(metadata, System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(result, ContractsJson.Default.BuildResult));
        }

        switch (kind)
        {
            case "json":
                break;
            case not null when options.All("--output").Any(output => OutputOption.Parse(output).IsStandardOutput):
                break;
            case "quiet":
                await Console.Out.WriteLineAsync(Id(result));
                break;
            default:
                await Console.Out.WriteLineAsync($"{Names(result)}@{result.ManifestDigest} ({Sizes(result)})");
                break;
        }

        return VerbTable.Done;
    }

    /// <summary>As docker says it: the digest of the configuration, or that of the index.</summary>
    private static string Id(BuildResult result) => result.Images.Count > 0 ? result.ManifestDigest : result.ConfigDigest;

    private static string Sizes(BuildResult result) =>
        $"{ByteSize.Format(result.Size)}, {(result.Images.Count > 0 ? $"{result.Images.Count} platforms" : $"{result.LayerCount} {(result.LayerCount == 1 ? "layer" : "layers")}")}";

    private static string Names(BuildResult result) => string.Join(", ", result.References.Concat(result.Files).DefaultIfEmpty("image"));

    private static string Name(string text) => ImageReference.TryParse(text) is { Digest: null } ? text : throw new UsageException($"'{text}' is no image name: [HOST/]REPOSITORY[:TAG] in lower case is expected.");

    private static long? Epoch() =>
        Environment.GetEnvironmentVariable("SOURCE_DATE_EPOCH") is not { Length: > 0 } text ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds
        : throw new UsageException($"SOURCE_DATE_EPOCH is '{text}', not a number of seconds.");
}
