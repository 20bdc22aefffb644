using System.Collections.Immutable;
using ContainerStages.Cli.Completion;
using ContainerStages.Contracts;
using ContainerStages.Images;
using ContainerStages.Oci;
using ContainerStages.Reporting;
using ContainerStages.Running;

namespace ContainerStages.Cli.Verbs;

/// <summary><c>images</c>: what <c>docker image ls</c> shows.</summary>
internal static class ImagesVerb
{
    public static Verb Verb { get; } = new(
        "images",
        "[NAME]",
        "list the images of the store",
        [
            new(["--format"], "table|json", "a table (default), or one JSON object per line", Candidates.Of("table", "json")),
            new(["--quiet", "-q"], null, "ids only"),
            new(["--digests"], null, "with manifest digests"),
        ],
        RunAsync,
        Arguments: Candidates.Images);

    private static async Task<int> RunAsync(OptionReader options, IReadOnlyList<string> arguments)
    {
        using var store = new ImageStore(null, VerbTable.Warn);
        var wanted = options.Rest.Count > 0
            ? ImageReference.TryParse(options.Rest[0]) ?? throw new UsageException($"'{options.Rest[0]}' is no image name.")
            : null;
        var anyTag = wanted is not null
            && !options.Rest[0][(options.Rest[0].LastIndexOf('/') + 1)..].Contains(':', StringComparison.Ordinal);
        var listed = store.List()
            .Where(
                image => wanted is null || (image.Name.Registry == wanted.Registry
                    && image.Name.Repository == wanted.Repository
                    && (anyTag || image.Name.Tag == wanted.Tag)));
        var images = await store.ReadAsync(listed, CancellationToken.None);
        var text = options.IsSet("--quiet") ? string.Concat(images.Select(image => ShortId(image.Image) + "\n"))
            : options.Last("--format") == "json"
                ? string.Concat(images.Select(image => ImageDocument.Summary(image.Named, image.Image).ToJsonString() + "\n"))
            : new TextTable(Header(options), [.. images.Select(image => Row(image.Named, image.Image, options))]).ToText();
        await Console.Out.WriteAsync(text);
        return EngineExitCode.Done;
    }

    public static string ShortId(Image image) => image.Manifest.Config.Digest.Hex[..12];

    private static ImmutableArray<string> Header(OptionReader options) =>
        options.IsSet("--digests")
            ? ["REPOSITORY", "TAG", "DIGEST", "IMAGE ID", "STORED", "SIZE"]
            : ["REPOSITORY", "TAG", "IMAGE ID", "STORED", "SIZE"];

    private static ImmutableArray<string> Row(NamedImage named, Image image, OptionReader options)
    {
        string[] name = [RepositoryOf(named.Name), named.Name.Tag ?? "<none>"];
        string[] rest = [ShortId(image), Age(named.Stored), ByteSize.Format(image.Size)];
        return options.IsSet("--digests") ? [.. name, image.Digest.ToString(), .. rest] : [.. name, .. rest];
    }

    public static string RepositoryOf(ImageReference name) => name.FamiliarName[..^(name.Tag is null ? 0 : name.Tag.Length + 1)];

    /// <summary>The time that the image itself names is the same for every build.</summary>
    private static string Age(DateTimeOffset? stored) => stored is not { } time ? "N/A" : (DateTimeOffset.UtcNow - time) switch
    {
        { TotalDays: >= 2 and var days } => $"{(int)days} days ago",
        { TotalHours: >= 2 and var hours } => $"{(int)hours} hours ago",
        { TotalMinutes: >= 2 and var minutes } => $"{(int)minutes} minutes ago",
        var age => $"{Math.Max(0, (int)age.TotalSeconds)} seconds ago",
    };
}
