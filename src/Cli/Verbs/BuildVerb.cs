using System.Globalization;
using ContainerStages.Cli.Completion;
using ContainerStages.Cli.Progress;
using ContainerStages.Contracts;
using ContainerStages.Oci;

namespace ContainerStages.Cli.Verbs;

/// <summary><c>build</c>: what <c>docker build</c> does, with its flags.</summary>
internal static class BuildVerb
{
    /// <summary>The options that say what is built and how; other verbs that take a build take them too.</summary>
    public static IReadOnlyList<Option> DefinitionOptions { get; } =
        [
            new(["--file", "-f"], "FILE", "Dockerfile (default: Dockerfile in the context); - for standard input", Candidates.Files),
            new(["--tag", "-t"], "NAME", "name of the image; repeatable"),
            new(["--target"], "STAGE", "stage to build (default: the last)", Candidates.Stages),
            new(["--build-arg"], "KEY=VALUE", "value of an ARG; repeatable"),
            new(["--label"], "KEY=VALUE", "label of the image; repeatable"),
            new(
                ["--build-context"],
                "NAME=VALUE",
                "folder, git or http address, image (docker-image://, oci-layout://, docker-daemon:, ...) or target:STAGE that COPY " +
                "--from and FROM find under NAME; repeatable"),
            new(
                ["--platform"],
                "OS/ARCH",
                "platforms of the image, divided by commas or repeated (default: this machine's)",
                Candidates.Of("linux/amd64", "linux/arm64", "linux/arm/v7", "local")),
            .. EngineOptions.All,
            new(["--no-cache"], null, "run every step again"),
            .. CommandOptions.All,
            new(["--pull"], null, "ask the registry for base images the store already knows"),
            .. CacheOptions.All,
            .. LockOptions.All,
            .. OutputOptions.All,
            new(["--progress"], "KIND", "auto, plain, tty, json or quiet", Candidates.Of("auto", "plain", "tty", "json", "quiet")),
        ];

    public static Verb Verb { get; } = new(
        "build",
        "[OPTIONS] CONTEXT|-|ADDRESS",
        "build an image from a Dockerfile",
        [
            .. DefinitionOptions,
            new(["--metadata-file"], "FILE", "write the result as JSON", Candidates.Files),
            new(["--iidfile"], "FILE", "write the image id (digest of the configuration)", Candidates.Files),
            new(["--quiet", "-q"], null, "print the image id only"),
            new(["--check"], null, "only run the build checks of the Dockerfile"),
        ],
        RunAsync,
        Arguments: Candidates.Folders);

    private static async Task<int> RunAsync(OptionReader options, IReadOnlyList<string> arguments)
    {
        var definition = Define(options);
        if (options.IsSet("--check"))
        {
            return await DockerfileCheck.RunAsync(definition);
        }

        var kind = options.IsSet("--quiet") ? "quiet" : options.Last("--progress") ?? "auto";
        using var progress = ProgressKinds.Open(kind);
        return await BuildHost.RunAsync(
            definition,
            progress.Events,
            arguments,
            standardInput: null,
            result => Finish(result, definition.Outputs.Tags, options, kind));
    }

    /// <exception cref="UsageException">The options contradict each other, or name nothing.</exception>
    public static BuildDefinition Define(OptionReader options)
    {
        if (options.Rest.Count != 1)
        {
            throw new UsageException(options.Rest.Count == 0
                ? "name the context folder, often '.'."
                : $"one context folder is expected, but {options.Rest.Count} were given: {string.Join(", ", options.Rest)}.");
        }

        var context = BuildContextOption.Read(options.Rest[0]);
        var source = new BuildSource
        {
            ContextDirectory = context,
            OwnOutput = OwnOutput.OfStreams(),
            Dockerfile = BuildContextOption.Dockerfile(context, options.Last("--file")),
            Target = options.Last("--target"),
            Platforms = [.. options.All("--platform").SelectMany(Platforms)],
            BuildArgs = options.Pairs("--build-arg"),
            BuildContexts = options.Pairs("--build-context")
                .ToDictionary(pair => pair.Key, pair => BuildContextOption.Named(pair.Value), StringComparer.Ordinal),
        };
        var definition = new BuildDefinition
        {
            Source = source,
            Form = new ImageForm { SourceDateEpoch = Epoch() },
            Metadata = new ImageMetadata { Labels = options.Pairs("--label") },
        };
        return OutputOptions.Apply(definition, options) with
        {
            Commands = CommandOptions.Read(options),
            Policy = CacheOptions.Apply(EngineOptions.Apply(LockOptions.Read(source, options), options), options) with
            {
                NoCache = options.IsSet("--no-cache"),
                NoCacheStages = CommandOptions.ReadNoCacheStages(options),
                Pull = options.IsSet("--pull"),
            },
        };
    }

    private static async Task<int> Finish(BuildResult result, IReadOnlyList<string> names, OptionReader options, string kind)
    {
        ResultFiles.Write(result, names, options);
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

        return EngineExitCode.Done;
    }

    /// <summary>As docker says it: the digest of the configuration, or that of the index.</summary>
    public static string Id(BuildResult result) => result.ConfigDigest ?? result.ManifestDigest;

    private static string Sizes(BuildResult result) =>
        $"{ByteSize.Format(result.Size)}, {Parts(result)}";

    private static string Parts(BuildResult result) =>
        result.Images.Count > 0 ? $"{result.Images.Count} platforms"
        : result.LayerCount == 1 ? "1 layer"
        : $"{result.LayerCount} layers";

    private static string Names(BuildResult result) => string.Join(", ", result.References.Concat(result.Files).DefaultIfEmpty("image"));

    /// <summary>With commas, as docker has it; <c>local</c> is this machine's.</summary>
    private static IEnumerable<string> Platforms(string text) =>
        text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(platform => platform == "local" ? Platform.Host.ToString() : platform);

    private static long? Epoch() =>
        Environment.GetEnvironmentVariable("SOURCE_DATE_EPOCH") is not { Length: > 0 } text ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds
        : throw new UsageException($"SOURCE_DATE_EPOCH is '{text}', not a number of seconds.");
}
