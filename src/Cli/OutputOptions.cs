using System.Globalization;
using ContainerStages.Cli.Completion;
using ContainerStages.Contracts;
using ContainerStages.Oci;

namespace ContainerStages.Cli;

/// <summary>
/// The options of <c>build</c> that say what the image is called and where it goes. Their forms are those of <c>docker buildx build</c>.
/// </summary>
internal static class OutputOptions
{
    private static readonly string[] AnnotationKinds = ["manifest", "index", "manifest-descriptor"];

    public static IReadOnlyList<Option> All { get; } =
    [
        new(
            ["--annotation"],
            "[KIND:]KEY=VALUE",
            "annotation of the manifest (KIND manifest, index or manifest-descriptor); repeatable",
            Candidates.Of([.. AnnotationKinds.Select(kind => kind + ":")])),
        new(["--max-size"], "SIZE", "an image with more bytes of files, such as 25MB, is an error and not published"),
        new(
            ["--report"],
            "FILE",
            "write what is in the image, and how it was built: FILE.html, FILE.md or FILE.json; repeatable",
            Candidates.Files),
        new(
            ["--sbom"],
            "FILE",
            "write which packages are in the image: FILE.spdx.json (SPDX 2.3) or FILE.cdx.json (CycloneDX 1.6); repeatable",
            Candidates.Files),
        new(["--push"], null, "push to the registries that the names say"),
        new(["--load"], null, "put the image into Docker's store"),
        new(
            ["--output", "-o"],
            "SPEC",
            $"type={string.Join('|', OutputOption.Types)},dest=PATH,..., or a folder; repeatable",
            Candidates.Of([.. OutputOption.Types.Select(type => "type=" + type)])),
    ];

    public static BuildDefinition Apply(BuildDefinition definition, OptionReader options)
    {
        var outputs = options.All("--output").Select(OutputOption.Parse).ToList();
        CheckStandardOutput(outputs.Count(output => output.IsStandardOutput), options);
        AddSwitch("--push", outputs.Exists(output => output.Pushes), "registry");
        AddSwitch("--load", outputs.Exists(output => output.Medium == Medium.Docker), "docker");
        string[] names =
            [.. options.All("--tag").Concat(outputs.SelectMany(output => output.Names)).Select(Name).Distinct(StringComparer.Ordinal)];
        var annotations = options.All("--annotation")
            .SelectMany(Annotation)
            .Concat(outputs.SelectMany(output => output.Annotations))
            .ToLookup(one => Known(one.Kind));
        return definition with
        {
            Outputs = definition.Outputs with
            {
                Tags = names,
                Destinations = [.. outputs.SelectMany(output => Destinations(output, names))],
                Reports = [.. options.All("--report").Select(Report)],
                Sboms = [.. options.All("--sbom").Select(Sbom)],
                MaxSize = options.Last("--max-size") is { } size ? Size(size) : null,
            },
            Form = definition.Form with
            {
                Format = Format(outputs),
                Compression = Compression(One("compression", outputs)),
                CompressionLevel = One("compression-level", outputs) is { } level ? Level(level) : null,
            },
            Metadata = definition.Metadata with
            {
                Annotations = Pairs(annotations["manifest"]),
                IndexAnnotations = Pairs(annotations["index"]),
                DescriptorAnnotations = Pairs(annotations["manifest-descriptor"]),
            },
        };

        void AddSwitch(string name, bool isThere, string type)
        {
            if (options.IsSet(name) && !isThere)
            {
                outputs.Add(OutputOption.Parse("type=" + type));
            }
        }
    }

    private static string Report(string file) => ReportForm.Of(file) is not null
        ? Path.GetFullPath(file)
        : throw new UsageException($"--report {file}: the name of a report ends in {string.Join(", ", ReportForm.Valid)}.");

    private static string Sbom(string file) => SbomForm.Of(file) is not null
        ? Path.GetFullPath(file)
        : throw new UsageException(
            $"--sbom {file}: the name of a bill of materials ends in {string.Join(" or ", SbomForm.Valid)}; "
            + "it is a file, and nothing is attached to the image.");

    private static long Size(string text) =>
        ByteSize.TryParse(text) ?? throw new UsageException($"--max-size {text}: a size such as 25MB is expected.");

    private static void CheckStandardOutput(int archives, OptionReader options)
    {
        if (archives > 1 || (archives == 1 && options.Last("--progress") == "json"))
        {
            throw new UsageException(
                "standard output takes one thing: one archive, or the events of --progress json. Name a file (dest=PATH).");
        }

        if (archives == 1 && !Console.IsOutputRedirected)
        {
            throw new UsageException("an archive is not written to a terminal: name a file (dest=PATH), or send standard output to one.");
        }
    }

    private static IEnumerable<Destination> Destinations(OutputOption output, string[] names)
    {
        if (output.Medium != Medium.Registry)
        {
            if (output.Medium.IsDaemon && names.Length == 0)
            {
                throw new UsageException("loading needs a name: -t REPOSITORY:TAG.");
            }

            var path = output.Path is not { } given ? "" : output.IsStandardOutput ? given : Path.GetFullPath(given);
            return [new Destination(output.Medium, path) { Names = names }];
        }

        return !output.Pushes ? []
            : names.Length > 0 ? names.Select(name => new Destination(Medium.Registry, name))
            : throw new UsageException("pushing needs a name: -t HOST/REPOSITORY:TAG.");
    }

    /// <summary>One image goes everywhere, so what outputs say of its form must agree.</summary>
    private static string? One(string key, IEnumerable<OutputOption> outputs)
    {
        var values = outputs
            .Select(output => output.Fields.GetValueOrDefault(key))
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .ToArray();
        return values.Length <= 1
            ? values.FirstOrDefault()
            : throw new UsageException($"--output: all outputs get the same image, but {key} is {string.Join(" and ", values)}.");
    }

    private static ImageFormat Format(List<OutputOption> outputs) => One("oci-mediatypes", outputs) switch
    {
        null or "true" or "1" => ImageFormat.Oci,
        "false" or "0" => ImageFormat.Docker,
        var other => throw new UsageException($"--output: oci-mediatypes={other} is neither true nor false."),
    };

    private static LayerCompression Compression(string? text) => text switch
    {
        null or "gzip" => LayerCompression.Gzip,
        "zstd" => LayerCompression.Zstd,
        "uncompressed" or "none" => LayerCompression.None,
        _ => throw new UsageException($"--output: compression={text} is unknown; valid are gzip, zstd, uncompressed."),
    };

    private static int Level(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var level)
            ? level
            : throw new UsageException($"--output: compression-level={text} is no number.");

    private static IEnumerable<(string Kind, string Key, string Value)> Annotation(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var colon = equals < 0 ? -1 : text.IndexOf(':', 0, equals);
        var (key, value) = equals > colon + 1
            ? (text[(colon + 1)..equals], text[(equals + 1)..])
            : throw new UsageException($"--annotation {text}: the form is [KIND:]KEY=VALUE.");
        return (colon < 0 ? "manifest" : text[..colon]).Split(',').Select(kind => (kind, key, value));
    }

    private static string Known(string kind) =>
        AnnotationKinds.Contains(kind)
            ? kind
            : throw new UsageException($"There is no annotation of '{kind}'; valid are {string.Join(", ", AnnotationKinds)}.");

    private static Dictionary<string, string> Pairs(IEnumerable<(string Kind, string Key, string Value)> annotations)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (_, key, value) in annotations)
        {
            pairs[key] = value;
        }

        return pairs;
    }

    private static string Name(string text) =>
        ImageReference.TryParse(text) is { Digest: null }
            ? text
            : throw new UsageException($"'{text}' is no image name: [HOST/]REPOSITORY[:TAG] in lower case is expected.");
}
