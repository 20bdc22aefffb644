using ContainerStages.Contracts;
using ContainerStages.Tasks.Logging;
using ContainerStages.Tasks.Project;
using Microsoft.Build.Framework;

namespace ContainerStages.Tasks.Definition;

internal interface IPolicyItems : IProjectItems
{
    string Goal { get; }

    string Store { get; }

    string Engine { get; }

    string Sandbox { get; }

    string EngineAddress { get; }

    string EngineCertificates { get; }

    string CacheFrom { get; }

    string CacheTo { get; }

    string CacheMounts { get; }

    string NoCache { get; }

    string Pull { get; }

    string Offline { get; }

    string LockFile { get; }

    string LockedMode { get; }

    ITaskItem[] Mirrors { get; }
}

/// <summary>Reads what of earlier builds, of the lock file and of the network a build may use.</summary>
internal sealed class PolicyReader(IPolicyItems task, ProblemList problems, ProjectFiles files, ValueReader values)
{
    public BuildGoal Goal { get; } = task.Goal.Length == 0 ? BuildGoal.Publish : Enum.Parse<BuildGoal>(task.Goal);

    private bool HasLockFile => task.LockFile.Length > 0 && !string.Equals(task.LockFile, "false", StringComparison.OrdinalIgnoreCase);

    public BuildPolicy Read()
    {
        var pull = values.Boolean("ContainerStagesPull", task.Pull);
        return new BuildPolicy
        {
            Store = task.Store.Length == 0 ? null : task.FullPath(task.Store),
            Engine = Engine(),
            Sandbox = Sandbox(),
            EngineAddresses = [.. Addresses()],
            EngineCertificates = task.EngineCertificates.Length == 0 ? null : task.FullPath(task.EngineCertificates),
            CacheFrom = ValueReader.List(task.CacheFrom),
            CacheTo = ValueReader.List(task.CacheTo),
            MostCacheMountBytes = CacheMounts(),
            NoCache = values.Boolean("ContainerStagesNoCache", task.NoCache),
            Pull = pull,
            LockFile = LockFile(),
            Locked = Locked(),
            Offline = Offline(pull),
            Mirrors = [.. task.Mirrors.Select(Mirror)],
        };
    }

    /// <summary>Who runs commands.</summary>
    private string Engine()
    {
        var engine = task.Engine.Length == 0 ? EngineNames.Default(ValueReader.List(task.EngineAddress)) : task.Engine.ToLowerInvariant();
        if (EngineNames.Valid.Contains(engine))
        {
            return engine;
        }

        problems.Add(ProjectDiagnostics.InvalidEngine(task.Engine, task.ProjectFile));
        return EngineNames.Automatic;
    }

    /// <summary>How the embedded engine runs them.</summary>
    private string Sandbox()
    {
        var sandbox = task.Sandbox.Length == 0 ? SandboxNames.Automatic : task.Sandbox.ToLowerInvariant();
        if (SandboxNames.Valid.Contains(sandbox))
        {
            return sandbox;
        }

        problems.Add(ProjectDiagnostics.InvalidSandbox(task.Sandbox, task.ProjectFile));
        return SandboxNames.Automatic;
    }

    /// <summary>Where the engine buildkit is. An address with a password reaches no document.</summary>
    private IEnumerable<string> Addresses()
    {
        foreach (var text in ValueReader.List(task.EngineAddress))
        {
            if (EngineAddress.Read(text, out var problem) is { } address)
            {
                yield return address.Text;
            }
            else
            {
                problems.Add(problem! with { Location = new SourceLocation(task.ProjectFile) });
            }
        }
    }

    private long CacheMounts()
    {
        var limit = CacheMountLimit.TryParse(task.CacheMounts);
        if (limit is null)
        {
            problems.Add(ProjectDiagnostics.InvalidCacheMounts(task.CacheMounts, task.ProjectFile));
        }

        return limit ?? CacheMountLimit.Usual;
    }

    /// <summary>Absolute path, or null.</summary>
    private string? LockFile()
    {
        if (!HasLockFile && Goal == BuildGoal.UpdateLock)
        {
            problems.Add(ProjectDiagnostics.NoLockFile("UpdateContainerLock", task.ProjectFile));
        }

        return HasLockFile ? task.FullPath(task.LockFile) : null;
    }

    /// <summary>Who asks for an update means it, in locked mode too.</summary>
    private bool Locked()
    {
        var locked = values.Boolean("ContainerStagesLockedMode", task.LockedMode);
        if (locked && !HasLockFile)
        {
            problems.Add(ProjectDiagnostics.NoLockFile("ContainerStagesLockedMode", task.ProjectFile));
        }

        return locked && Goal != BuildGoal.UpdateLock;
    }

    /// <param name="pull">The build asks registries for what it knows already.</param>
    private bool Offline(bool pull)
    {
        var offline = values.Boolean("ContainerStagesOffline", task.Offline);
        var asking = Goal == BuildGoal.UpdateLock ? "UpdateContainerLock" : pull ? "ContainerStagesPull" : null;
        if (offline && asking is not null)
        {
            problems.Add(ProjectDiagnostics.NotOffline(asking, task.ProjectFile));
        }

        return offline;
    }

    private RegistryMirror Mirror(ITaskItem item)
    {
        var location = item.GetMetadata("Location");
        if (location.Length == 0)
        {
            problems.Add(ProjectDiagnostics.MirrorWithoutLocation(item.ItemSpec, files.Locate("ContainerStageMirror", item)));
        }

        return new RegistryMirror
        {
            Registry = item.ItemSpec,
            Location = location,
            Insecure = values.Boolean("ContainerStageMirror Insecure", item.GetMetadata("Insecure")),
        };
    }
}
