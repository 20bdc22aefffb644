using System.Diagnostics;
using System.Text.Json;
using ContainerStages.TestKit;

namespace ContainerStages.Pipelines.Tests;

/// <summary>
/// Starts tasks as an agent does: node with the task's program, the folders of an agent, inputs and connections as environment variables.
/// </summary>
internal sealed class FakeAgent : IDisposable
{
    private static readonly string[] OfAnAgent =
    [
        "INPUT_", "ENDPOINT_", "AGENT_", "BUILD_", "SYSTEM_", "TF_BUILD", "MSBUILD", "DOTNET_HOST_PATH", "DOCKER_CONFIG",
        "SOURCE_DATE_EPOCH", "TESTINGPLATFORM",
    ];

    private readonly TempFolder folder = new();
    private readonly Dictionary<string, string> variables = new(StringComparer.Ordinal);

    public FakeAgent()
    {
        Sources = folder.NewFolder("s");
        Temporary = folder.NewFolder("_temp");
        Set("AGENT_VERSION", "4.261.0");
        Set("AGENT_TEMPDIRECTORY", Temporary);
        Set("BUILD_SOURCESDIRECTORY", Sources);
        Set("SYSTEM_DEFAULTWORKINGDIRECTORY", Sources);
        Set("CONTAINERSTAGES_STORE", folder.NewFolder("store"));
        Set("NUGET_PACKAGES", folder.NewFolder("packages"));
        Set("HOME", folder.NewFolder("home"));
        Set("PATH", $"{Path.GetDirectoryName(StagesProgram.ProgramPath)}:{Environment.GetEnvironmentVariable("PATH")}");
    }

    /// <summary>Where the sources of the pipeline are.</summary>
    public string Sources { get; }

    public string Temporary { get; }

    /// <summary>What stays of logins on the machine.</summary>
    public IReadOnlyList<string> LoginFiles => [.. Directory.EnumerateFiles(Temporary, "config.json", SearchOption.AllDirectories)];

    public void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Sources, name))!);
        File.WriteAllText(Path.Combine(Sources, name), text);
    }

    public void Set(string name, string value) => variables[name] = value;

    public void Input(string name, string value) => Set($"INPUT_{name.ToUpperInvariant()}", value);

    /// <summary>A service connection, which the agent hands over three times.</summary>
    public void Connect(string id, string address, string scheme, params (string Name, string Value)[] parameters)
    {
        Set($"ENDPOINT_URL_{id}", address);
        Set($"ENDPOINT_AUTH_SCHEME_{id}", scheme);
        Set($"ENDPOINT_AUTH_{id}", JsonSerializer.Serialize(
            new { scheme, parameters = parameters.ToDictionary(one => one.Name, one => one.Value, StringComparer.Ordinal) }));
        foreach (var (name, value) in parameters)
        {
            Set($"ENDPOINT_AUTH_PARAMETER_{id}_{name.ToUpperInvariant()}", value);
        }
    }

    public Task<TaskRun> RunAsync(string node, string program, CancellationToken cancellationToken) =>
        EndAsync(Start(Extension.Node(node), program), cancellationToken);

    public Process Start(string command, params string[] arguments)
    {
        var start = new ProcessStartInfo(
            command,
            arguments) { WorkingDirectory = Sources, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var name in start.Environment.Keys
            .Where(name => OfAnAgent.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
            .ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in BaseImages.Instance.Environment.Concat(variables))
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    public static async Task<TaskRun> EndAsync(Process process, CancellationToken cancellationToken)
    {
        using (process)
        {
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return new TaskRun(process.ExitCode, [.. (output + await errors).Split('\n', StringSplitOptions.RemoveEmptyEntries)]);
        }
    }

    public void Dispose() => folder.Dispose();
}
