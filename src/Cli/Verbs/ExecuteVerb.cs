using System.Text.Json;
using ContainerStages.Cli.Progress;
using ContainerStages.Contracts;

namespace ContainerStages.Cli.Verbs;

/// <summary>
/// <c>execute</c>: a build definition on standard input, events on standard output. For the MSBuild task; not in the help.
/// </summary>
internal static class ExecuteVerb
{
    public static Verb Verb { get; } = new("execute", "< DEFINITION", "", [], RunAsync);

    private static async Task<int> RunAsync(OptionReader options, IReadOnlyList<string> arguments)
    {
        using var input = new MemoryStream();
        await Console.OpenStandardInput().CopyToAsync(input);
        var bytes = input.ToArray();
        BuildDefinition definition;
        try
        {
            definition = JsonSerializer.Deserialize(bytes, ContractsJson.Default.BuildDefinition)
                ?? throw new UsageException("the build definition is empty.");
        }
        catch (JsonException problem)
        {
            throw new UsageException($"the build definition on standard input is not valid: {problem.Message}");
        }

        var events = new JsonProgress(Console.OpenStandardOutput());
        return await BuildHost.RunAsync(definition, events, arguments, bytes, _ => Task.FromResult(EngineExitCode.Done));
    }
}
