using ContainerStages.Building;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Media.Archives;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Content;

/// <summary>
/// Two builds that leave every kind of file in a store, and what they give in a copy of it in which something was damaged.
/// </summary>
internal sealed class DamagedStoreBuilds : IAsyncDisposable
{
    private const string Name = "built:1";

    /// <summary>Those of a kind are alike, but for blobs.</summary>
    private const int MostFiles = 2;
    private readonly TempFolder folder = new();
    private readonly FileServer web = new("downloaded");
    private GitServer git = null!;
    private RegistryServer registry = null!;
    private string same = "";
    private string changed = "";

    public static async Task<DamagedStoreBuilds> CreateAsync()
    {
        var builds = new DamagedStoreBuilds
        {
            git = await GitServer.StartAsync(),
            registry = await RegistryServer.StartAsync(CancellationToken.None),
        };
        await builds.MakeBasesAsync();
        builds.WriteContext();
        builds.same = await builds.BuildAsync(builds.Store, isChanged: false, default);
        // Whatever is used again gets a note of that.
        await builds.BuildAsync(builds.Store, isChanged: false, default, noCache: true);
        builds.changed = await builds.BuildAsync(builds.folder.Combine("other"), isChanged: true, default);
        return (builds.same + builds.changed).Contains(' ', StringComparison.Ordinal)
            ? throw new InvalidOperationException(builds.same + builds.changed)
            : builds;
    }

    private string Store => folder.Combine("store");

    public async ValueTask DisposeAsync()
    {
        git.Dispose();
        await web.DisposeAsync();
        await registry.DisposeAsync();
        folder.Dispose();
    }

    /// <summary>Paths relative to the store.</summary>
    public IReadOnlyList<string> FilesOf(string kind)
    {
        IEnumerable<string> found = [Store];
        foreach (var part in kind.Split('/'))
        {
            found = found.Where(Directory.Exists).SelectMany(parent => Directory.EnumerateFileSystemEntries(parent, part)).ToArray();
        }

        string[] files = [.. found.Select(path => Path.GetRelativePath(Store, path)).Order(StringComparer.Ordinal)];
        return files.Length > 0
            ? files.Length > MostFiles && !kind.StartsWith("blobs", StringComparison.Ordinal) ? files[..MostFiles] : files
            : throw new InvalidOperationException($"The builds leave no {kind}.");
    }

    /// <summary>What was not as it should be after the damage.</summary>
    public async Task<IReadOnlyList<string>> TryAsync(string file, Damage damage, CancellationToken cancellationToken)
    {
        using var copy = new TempFolder();
        var store = copy.Combine("store");
        await RealTool.RunAsync("cp", "-a", Store, store);
        damage.Apply(Path.Combine(store, file));
        var failures = new List<string>();
        foreach (var (isChanged, expected) in ((bool, string)[])[(true, changed), (false, same)])
        {
            var given = await GiveAsync(store, isChanged, cancellationToken);
            var next = given.StartsWith("CST", StringComparison.Ordinal) ? await GiveAsync(store, isChanged, cancellationToken) : given;
            if (next != expected)
            {
                failures.Add($"{(isChanged ? "changed" : "same")}: {given}, then {next} instead of {expected}");
            }
        }

        return failures;
    }

    private async Task<string> GiveAsync(string store, bool isChanged, CancellationToken cancellationToken)
    {
        try
        {
            return await BuildAsync(store, isChanged, cancellationToken);
        }
        catch (BuildFailedException failed) when (failed.Diagnostics is [var only])
        {
            return only.ToString().Contains('\n', StringComparison.Ordinal) ? $"several lines: {only}" : $"{only.Code} {only.Message}";
        }
    }

    /// <returns>The digest of the image, whose file is whole.</returns>
    private async Task<string> BuildAsync(string store, bool isChanged, CancellationToken cancellationToken, bool noCache = false)
    {
        var archive = folder.Combine($"{Guid.NewGuid():N}.tar");
        var definition = new BuildDefinition
        {
            Source = new BuildSource
            {
                Dockerfile = folder.Combine(isChanged ? "changed" : "same", "Dockerfile"),
                ContextDirectory = folder.Combine(isChanged ? "changed" : "same"),
                BuildContexts = new Dictionary<string, string> { ["archive"] = $"oci-archive:{folder.Combine("base.tar")}" },
            },
            Policy = new BuildPolicy { Store = store, NoCache = noCache },
            Outputs = new BuildOutputs { Tags = [Name], Destinations = [new Destination(Medium.OciArchive, archive)] },
        };
        var result = await new Build(definition, new RecordedEvents()).RunAsync(cancellationToken);
        var problems = await LayoutValidator.ValidateArchiveAsync(archive, cancellationToken);
        File.Delete(archive);
        return problems.Count == 0 ? result.ManifestDigest : $"{result.ManifestDigest} with problems: {string.Join(' ', problems)}";
    }

    private async Task MakeBasesAsync()
    {
        var content = new TestContentStore();
        var image = await SampleImages.CreateAsync(content, ImageFormat.Oci, LayerCompression.Gzip, "one", "two");
        await new OciArchivePublisher(folder.Combine("base.tar"), ["base:1"], content, null).PublishAsync(image, default);
        await RealTool.RunAsync(
            "skopeo",
            "copy",
            "--quiet",
            "--dest-tls-verify=false",
            $"oci-archive:{folder.Combine("base.tar")}",
            $"docker://{registry.Host}/base:1");
    }

    private void WriteContext()
    {
        foreach (var kind in (string[])["same", "changed"])
        {
            folder.Write($"{kind}/one", kind);
            folder.Write($"{kind}/Dockerfile", $"""
                FROM archive AS first
                COPY one /one
                FROM {registry.Host}/base:1
                COPY --from=first /one /file0 /copied/
                COPY <<DOC /document
                text
                DOC
                ADD {web.Address}file.txt /downloaded/
                ADD {git.Address}#v1:sub /repository/
                WORKDIR /work
                """);
        }
    }
}
