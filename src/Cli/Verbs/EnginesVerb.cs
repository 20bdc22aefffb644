using System.Text;
using ContainerStages.Contracts;
using ContainerStages.Engines;

namespace ContainerStages.Cli.Verbs;

/// <summary><c>engines</c>: who can run commands on this machine, and the OCI runtimes that the embedded engine can use.</summary>
internal static class EnginesVerb
{
    public static Verb Verb { get; } = new(
        "engines",
        "[OPTIONS]",
        "show which engines can run commands here, and why others cannot",
        EngineOptions.OfAddress,
        RunAsync);

    private static async Task<int> RunAsync(OptionReader options, IReadOnlyList<string> arguments)
    {
        if (options.Rest.Count > 0)
        {
            throw new UsageException("no arguments are expected.");
        }

        var policy = EngineOptions.Apply(new BuildPolicy(), options);
        foreach (var (name, probe) in await OtherEngines.ProbeAsync(policy, CancellationToken.None))
        {
            await Console.Out.WriteAsync(Describe(name, probe));
        }

        await Console.Out.WriteLineAsync("--sandbox of the embedded engine:");
        foreach (var (name, probe) in await OtherEngines.ProbeSandboxesAsync(CancellationToken.None))
        {
            await Console.Out.WriteAsync(Describe(name, probe));
        }

        return EngineExitCode.Done;
    }

    /// <summary>A line for whether it works, and one for what follows from it.</summary>
    private static string Describe(string name, EngineProbe probe)
    {
        var version = probe.Version.Length == 0 ? "" : $"  {TerminalText.Plain(probe.Version)}";
        var text = new StringBuilder($"{name,-9} {(probe.Problem is null ? "works" : "does not work")}{version}\n");
        if (probe.Problem is { } problem)
        {
            text.Append($"          {problem.Code}: {TerminalText.Plain(problem.Message)}\n");
        }

        if (!probe.Lacks.IsEmpty)
        {
            text.Append($"          without {string.Join("; ", probe.Lacks)}\n");
        }

        return text.ToString();
    }
}
