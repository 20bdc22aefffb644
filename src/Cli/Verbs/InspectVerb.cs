using System.Text.Json.Nodes;
using ContainerStages.Cli.Completion;
using ContainerStages.Contracts;
using ContainerStages.Images;
using ContainerStages.Running;

namespace ContainerStages.Cli.Verbs;

/// <summary><c>inspect</c>: an image as JSON, whole or a part of it.</summary>
internal static class InspectVerb
{
    public static Verb Verb { get; } = new(
        "inspect",
        "[OPTIONS] IMAGE...",
        "show an image's configuration, layers and digests",
        [new(["--format", "-f"], "PATH", "a part only: .RootFS.Layers, {{.Config.Cmd}}, {{json .Config}}")],
        RunAsync,
        Arguments: Candidates.Images);

    private static async Task<int> RunAsync(OptionReader options, IReadOnlyList<string> arguments)
    {
        if (options.Rest.Count == 0)
        {
            throw new UsageException("name at least one image.");
        }

        using var store = new ImageStore(null, VerbTable.Warn);
        var all = new JsonArray();
        foreach (var name in options.Rest)
        {
            var image = await store.FindAsync(name, CancellationToken.None);
            all.Add((JsonNode)ImageDocument.Create(image, await NamesAsync(store, image)));
        }

        if (options.Last("--format") is not { } format)
        {
            await Console.Out.WriteLineAsync(ImageDocument.Text(all));
            return EngineExitCode.Done;
        }

        foreach (var line in all.SelectMany(document => JsonPath.Select(document!, format)))
        {
            await Console.Out.WriteLineAsync(TerminalText.Plain(line));
        }

        return EngineExitCode.Done;
    }

    /// <summary>Also those of an index that holds the image for this machine.</summary>
    private static async Task<IReadOnlyList<string>> NamesAsync(ImageStore store, Image image)
    {
        var all = await store.ReadAsync(store.List(), CancellationToken.None);
        return [.. all.Where(other => other.Image.Digest == image.Digest).Select(other => other.Named.Name.FamiliarName)];
    }
}
