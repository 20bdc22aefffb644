using ContainerStages.Contracts;

namespace ContainerStages.Tasks.Definition;

/// <summary>Reads which digests a build uses, and whether it may ask for others.</summary>
internal sealed class LockReader(PublishContainerStages task, ProblemList problems, ValueReader values)
{
    public BuildGoal Goal { get; } = task.Goal.Length == 0 ? BuildGoal.Publish : Enum.Parse<BuildGoal>(task.Goal);

    private bool HasFile => task.LockFile.Length > 0 && !string.Equals(task.LockFile, "false", StringComparison.OrdinalIgnoreCase);

    /// <summary>Absolute path, or null.</summary>
    public string? File()
    {
        if (!HasFile && Goal == BuildGoal.UpdateLock)
        {
            problems.Add(ProjectDiagnostics.NoLockFile("UpdateContainerLock", task.ProjectFile));
        }

        return HasFile ? task.FullPath(task.LockFile) : null;
    }

    /// <summary>Who asks for an update means it, in locked mode too.</summary>
    public bool Locked()
    {
        var locked = values.Boolean("ContainerStagesLockedMode", task.LockedMode);
        if (locked && !HasFile)
        {
            problems.Add(ProjectDiagnostics.NoLockFile("ContainerStagesLockedMode", task.ProjectFile));
        }

        return locked && Goal != BuildGoal.UpdateLock;
    }

    /// <param name="pull">The build asks registries for what it knows already.</param>
    public bool Offline(bool pull)
    {
        var offline = values.Boolean("ContainerStagesOffline", task.Offline);
        var asking = Goal == BuildGoal.UpdateLock ? "UpdateContainerLock" : pull ? "ContainerStagesPull" : null;
        if (offline && asking is not null)
        {
            problems.Add(ProjectDiagnostics.NotOffline(asking, task.ProjectFile));
        }

        return offline;
    }
}
