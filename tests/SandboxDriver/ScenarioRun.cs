using System.Collections.Immutable;
using System.Globalization;
using ContainerStages.Diagnostics;
using ContainerStages.Sandboxing;
using ContainerStages.TestKit.Sandboxing;

namespace ContainerStages.SandboxDriver;

/// <summary>Makes the layers of a scenario in a temporary folder, runs it and looks at what it left.</summary>
internal static class ScenarioRun
{
    public static async Task<SandboxResult> RunAsync(SandboxScenario scenario)
    {
        var folder = Directory.CreateTempSubdirectory("sandbox-test-").FullName;
        try
        {
            return await RunAsync(scenario, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<SandboxResult> RunAsync(SandboxScenario scenario, string folder)
    {
        var layers = MakeLayers(scenario, folder);
        if (scenario.Runtime is { } runtime)
        {
            // .NET opens pipes of its own when it starts the first program.
            await OciRuntime.FindAsync(runtime, CancellationToken.None);
        }

        var mounts = Mounts(folder);
        var descriptors = OpenDescriptors();
        using var output = new ScenarioOutput(scenario);
        var codes = ImmutableArray<int>.Empty;
        var error = "";
        try
        {
            var sandbox = new NamespaceSandbox(scenario.Runtime);
            var runs = Enumerable.Range(0, scenario.Copies)
                .Select(copy => sandbox.RunAsync(Command(scenario, folder, layers, copy), output, output.Token));
            codes = [.. await Task.WhenAll(runs)];
        }
        catch (Exception exception) when (exception is BuildFailedException or OperationCanceledException or ScenarioException)
        {
            error = exception is BuildFailedException ? exception.Message : exception.GetType().Name;
        }

        return new SandboxResult
        {
            ExitCodes = codes,
            Lines = output.Lines,
            Error = error,
            Upper = [.. FolderListing.Of($"{folder}/upper0")],
            ChangedMounts = [.. mounts.SymmetricExcept(Mounts(folder))],
            LeakedDescriptors = await LeakedAsync(descriptors),
        };
    }

    private static ImmutableArray<string> MakeLayers(SandboxScenario scenario, string folder)
    {
        var layers = ImmutableArray.CreateBuilder<string>();
        if (scenario.Busybox)
        {
            layers.Add($"{folder}/base");
            BusyboxRoot.Create(layers[0]);
        }

        foreach (var layer in scenario.Layers)
        {
            // As long as the names of a real store.
            layers.Add(Path.Combine(folder, $"{layers.Count:D71}", "diff"));
            BusyboxRoot.Fill(layers[^1], layer);
        }

        return layers.ToImmutable();
    }

    private static SandboxCommand Command(SandboxScenario scenario, string folder, ImmutableArray<string> layers, int copy)
    {
        var number = copy.ToString(CultureInfo.InvariantCulture);
        return new SandboxCommand
        {
            LowerDirectories = layers,
            UpperDirectory = Directory.CreateDirectory($"{folder}/upper{number}").FullName,
            WorkDirectory = Directory.CreateDirectory($"{folder}/work{number}").FullName,
            Arguments = scenario.Arguments,
            Environment = scenario.Environment,
            WorkingDirectory = scenario.WorkingDirectory,
            UserId = scenario.UserId,
            GroupId = scenario.GroupId,
            SupplementaryGroups = scenario.SupplementaryGroups,
            Network = scenario.Network,
            NoNewPrivileges = scenario.NoNewPrivileges,
            Interactive = scenario.Interactive,
        };
    }

    // Others on the machine mount elsewhere meanwhile.
    private static ImmutableHashSet<string> Mounts(string folder) =>
        [.. File.ReadLines("/proc/self/mountinfo")
            .Where(line => IsOurs(line.Split(' ')[4]) || line.Contains(folder, StringComparison.Ordinal))];

    private static bool IsOurs(string mountPoint) => mountPoint == "/" || mountPoint.Split('/')[1] is "proc" or "sys" or "dev" or "etc";

    // The runtime's unwinder has a pipe of its own for a moment when an exception is thrown; what is leaked stays.
    private static async Task<ImmutableArray<string>> LeakedAsync(ImmutableHashSet<string> before)
    {
        var leaked = OpenDescriptors().Except(before);
        for (var attempt = 0; attempt < 100 && !leaked.IsEmpty; attempt++)
        {
            await Task.Delay(20);
            leaked = OpenDescriptors().Except(before);
        }

        return [.. leaked];
    }

    // The runtime opens its assemblies meanwhile; only what the sandbox works with is counted.
    private static ImmutableHashSet<string> OpenDescriptors() =>
        [.. Directory.EnumerateFileSystemEntries("/proc/self/fd")
            .Select(path => $"{path} {new FileInfo(path).LinkTarget}")
            .Where(IsPipeOrProcess)];

    private static bool IsPipeOrProcess(string target) =>
        target.Contains(" pipe:", StringComparison.Ordinal) || target.Contains("pidfd", StringComparison.Ordinal);
}
