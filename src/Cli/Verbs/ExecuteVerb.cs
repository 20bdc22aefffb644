using System.Text.Json;
using ContainerStages.Cli.Progress;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Cli.Verbs;

/// <summary>
/// <c>execute</c>: a build definition on standard input, events on standard output. For the MSBuild task; not in the help.
/// </summary>
internal static class ExecuteVerb
{
    public static Verb Verb { get; } = new("execute", "< DEFINITION", "", [], RunAsync);

    private static async Task<int> RunAsync(OptionReader options, IReadOnlyList<string> arguments)
    {
        var events = new JsonProgress(Console.OpenStandardOutput());
        events.Report(DefinitionDocument.Greeting);
        using var input = new MemoryStream();
        await Console.OpenStandardInput().CopyToAsync(input);
        var document = input.ToArray();
        try
        {
            return await BuildHost.RunAsync(
                DefinitionDocument.Read(document),
                events,
                arguments,
                document,
                _ => Task.FromResult(EngineExitCode.Done));
        }
        catch (OtherContractException other)
        {
            var problem = ContractDiagnostics.OtherContract(other, DefinitionDocument.Greeting, Environment.ProcessPath);
            events.Report(new DiagnosticReported(problem));
            return EngineExitCode.Failed;
        }
        catch (JsonException problem)
        {
            throw new UsageException($"the build definition on standard input is not valid: {problem.Message}");
        }
    }
}
