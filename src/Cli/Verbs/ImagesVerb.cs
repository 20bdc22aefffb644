using System.Collections.Immutable;
using System.Globalization;
using ContainerStages.Cli.Progress;
using ContainerStages.Contracts;
using ContainerStages.Images;
using ContainerStages.Oci;
using ContainerStages.Reporting;

namespace ContainerStages.Cli.Verbs;

/// <summary><c>images</c>: what <c>docker image ls</c> shows.</summary>
internal static class ImagesVerb
{
    public static Verb Verb { get; } = new(
        "images",
        "[NAME]",
        "list the images of the store",
        [
            new(["--format"], "table|json", "a table (default), or one JSON object per line"),
            new(["--quiet", "-q"], null, "ids only"),
            new(["--digests"], null, "with manifest digests"),
        ],
        RunAsync);

    private static async Task<int> RunAsync(OptionReader options, IReadOnlyList<string> arguments)
    {
        using var store = new ContainerBuildImages(null);
        var wanted = options.Rest.Count > 0 ? ImageReference.TryParse(options.Rest[0]) ?? throw new UsageException($"'{options.Rest[0]}' is no image name.") : null;
        var anyTag = wanted is not null && !options.Rest[0][(options.Rest[0].LastIndexOf('/') + 1)..].Contains(':', StringComparison.Ordinal);
        var listed = store.List().Where(image => wanted is null || (image.Name.Registry == wanted.Registry && image.Name.Repository == wanted.Repository && (anyTag || image.Name.Tag == wanted.Tag)));
        var images = new List<(NamedImage Name, Image Image)>();
        foreach (var named in listed)
        {
            images.Add((named, await store.ReadAsync(named.Manifest, CancellationToken.None)));
        }

        var text = options.IsSet("--quiet") ? string.Concat(images.Select(image => ShortId(image.Image) + "\n"))
            : options.Last("--format") == "json" ? string.Concat(images.Select(image => ImageDocument.Summary(image.Name, image.Image).ToJsonString() + "\n"))
            : new TextTable(Header(options), [.. images.Select(image => Row(image.Name, image.Image, options))]).ToText();
        await Console.Out.WriteAsync(text);
        return VerbTable.Done;
    }

    public static string ShortId(Image image) => image.Manifest.Config.Digest.Hex[..12];

    private static ImmutableArray<string> Header(OptionReader options) =>
        options.IsSet("--digests") ? ["REPOSITORY", "TAG", "DIGEST", "IMAGE ID", "CREATED", "SIZE"] : ["REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE"];

    private static ImmutableArray<string> Row(NamedImage named, Image image, OptionReader options)
    {
        string[] name = [RepositoryOf(named.Name), named.Name.Tag ?? "<none>"];
        string[] rest = [ShortId(image), Age(image.Config.Created), ByteSize.Format(image.Size)];
        return options.IsSet("--digests") ? [.. name, image.Digest.ToString(), .. rest] : [.. name, .. rest];
    }

    public static string RepositoryOf(ImageReference name) => name.FamiliarName[..^(name.Tag is null ? 0 : name.Tag.Length + 1)];

    private static string Age(string? created)
    {
        if (!DateTimeOffset.TryParse(created, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) || time.ToUnixTimeSeconds() == 0)
        {
            return "N/A";
        }

        var age = DateTimeOffset.UtcNow - time;
        return age.TotalDays >= 2 ? $"{(int)age.TotalDays} days ago" : age.TotalHours >= 2 ? $"{(int)age.TotalHours} hours ago" : $"{(int)age.TotalMinutes} minutes ago";
    }
}
