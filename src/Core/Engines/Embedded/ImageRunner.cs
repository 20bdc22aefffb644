using System.Collections.Immutable;
using ContainerStages.Caching;
using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Planning;
using ContainerStages.Sandboxing;
using ContainerStages.Snapshots;

namespace ContainerStages.Engines;

/// <summary>What <c>run</c> changes about an image's own configuration; null leaves it.</summary>
public sealed record RunSettings
{
    /// <summary>Replaces CMD when not empty.</summary>
    public ImmutableArray<string> Command { get; init; } = [];

    public ImmutableArray<string>? Entrypoint { get; init; }

    /// <summary><c>NAME=value</c>; wins over the image's.</summary>
    public ImmutableArray<string> Environment { get; init; } = [];

    public string? WorkingDirectory { get; init; }

    public string? User { get; init; }

    public bool Network { get; init; } = true;

    public bool NoNewPrivileges { get; init; }

    /// <summary>What of the machine the command sees.</summary>
    public ImmutableArray<SandboxMount> Mounts { get; init; } = [];
}

/// <summary>Runs an image's command on its layers; what it writes is thrown away at the end.</summary>
internal sealed class ImageRunner(StoreDirectory store, IBlobSource blobs, ISandbox sandbox, IBuildEvents events)
{
    /// <summary>Runs to the end, on the caller's own standard streams, and returns the exit code.</summary>
    /// <exception cref="BuildFailedException">The image names no command, or it cannot be started.</exception>
    public async Task<int> RunAsync(ImageBase image, RunSettings settings, CancellationToken cancellationToken)
    {
        using var services = new EngineServices(
            new EngineRequest { Builds = [], Context = new ContextFolder("/") },
            new SourceFetching(store),
            new StoreMemory(store),
            blobs,
            sandbox,
            events);
        services.RemoveAbandoned();
        var config = new ConfigBuilder(image).ToConfig();
        var arguments = Arguments(config, settings, image);
        var lower = await new PulledBase(image, keepBlobs: true, services).Stack().EnsureAsync(services.Snapshots, cancellationToken);
        using var folder = services.Snapshots.CreateTemporary();
        var view = new UnionView(lower);
        var user = ImageUsers.Lookup(view, settings.User ?? config.User ?? "", new SourceLocation(image.Reference.FamiliarName));
        var environment = Merge([.. config.Env ?? []], settings.Environment);
        return await sandbox.RunAsync(
            new SandboxCommand
            {
                LowerDirectories = lower,
                UpperDirectory = RunStepRunner.MakeUpper(folder.Path, view),
                WorkDirectory = Directory.CreateDirectory(Path.Combine(folder.Path, "work")).FullName,
                Arguments = arguments,
                Environment = RunStepRunner.WithHome(environment, user.Home),
                WorkingDirectory = ImagePath.Absolute(config.WorkingDir ?? "/", settings.WorkingDirectory ?? "."),
                UserId = user.UserId,
                GroupId = user.GroupId,
                SupplementaryGroups = user.SupplementaryGroups,
                HostName = Path.GetFileName(image.Reference.Repository),
                Platform = image.Config.Platform,
                Network = settings.Network,
                MachineHosts = true,
                NoNewPrivileges = settings.NoNewPrivileges,
                Mounts = settings.Mounts,
                Interactive = true,
            },
            new StepOutput("run", events),
            cancellationToken);
    }

    private static ImmutableArray<string> Arguments(Oci.ContainerConfig config, RunSettings settings, ImageBase image)
    {
        ImmutableArray<string> entrypoint = settings.Entrypoint ?? [.. config.Entrypoint ?? []];
        ImmutableArray<string> command = !settings.Command.IsEmpty
            ? settings.Command
            : settings.Entrypoint is null ? [.. config.Cmd ?? []] : [];
        ImmutableArray<string> all = [.. entrypoint, .. command];
        return all.IsEmpty ? throw new BuildFailedException(StepDiagnostics.NoCommand(image.Reference.FamiliarName)) : all;
    }

    private static ImmutableArray<string> Merge(ImmutableArray<string> variables, ImmutableArray<string> added)
    {
        var names = added.Select(variable => variable.Split('=')[0]).ToHashSet(StringComparer.Ordinal);
        return [.. variables.Where(variable => !names.Contains(variable.Split('=')[0])), .. added];
    }
}
