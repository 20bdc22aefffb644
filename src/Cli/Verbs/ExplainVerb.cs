using ContainerStages.Contracts;

namespace ContainerStages.Cli.Verbs;

/// <summary><c>explain</c>: what docs/diagnostics.md says of a code. The page is in the program.</summary>
internal static class ExplainVerb
{
    private const string Heading = "### ";

    public static Verb Verb { get; } = new("explain", "CODE", "say what stands behind an error or warning, and what to do", [], RunAsync);

    private static async Task<int> RunAsync(OptionReader options, IReadOnlyList<string> arguments)
    {
        var name = options.Rest is [var only] ? only : throw new UsageException("name one code, such as CST4209.");
        var lines = (await ReadPageAsync()).Split('\n');
        var codes = lines.Where(line => line.StartsWith(Heading, StringComparison.Ordinal)).Select(line => line[Heading.Length..]).ToList();
        var code = codes.Find(known => known.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new UsageException($"there is no code '{name}'.{NearestName.Suggest(name, codes)}");
        var section = lines.SkipWhile(line => line != Heading + code).Skip(1).TakeWhile(line => !line.StartsWith('#'));
        await Console.Out.WriteLineAsync($"{code}: {string.Join('\n', section).Trim()}");
        return EngineExitCode.Done;
    }

    private static async Task<string> ReadPageAsync()
    {
        using var reader = new StreamReader(typeof(ExplainVerb).Assembly.GetManifestResourceStream("diagnostics.md")!);
        return await reader.ReadToEndAsync();
    }
}
