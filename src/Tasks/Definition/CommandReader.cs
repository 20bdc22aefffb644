using System.Globalization;
using ContainerStages.Contracts;
using ContainerStages.Tasks.Logging;
using ContainerStages.Tasks.Project;
using Microsoft.Build.Framework;

namespace ContainerStages.Tasks.Definition;

internal interface ICommandItems : IProjectItems
{
    ITaskItem[] Secrets { get; }

    ITaskItem[] Agents { get; }

    string NoNewPrivileges { get; }

    string MaxParallelism { get; }

    string Allow { get; }
}

/// <summary>
/// Reads what commands get and may. Items of secrets say where a secret is, never what it is: they are written to build logs.
/// </summary>
internal sealed class CommandReader(ICommandItems task, ProblemList problems, ProjectFiles files, ValueReader values)
{
    public CommandSettings Read() => new()
    {
        Secrets = Secrets(),
        Ssh = Agents(),
        NoNewPrivileges = values.Boolean("ContainerStagesNoNewPrivileges", task.NoNewPrivileges),
        MaxParallelism = MaxParallelism(),
        Allow = [.. Allowed()],
    };

    private Dictionary<string, SecretSource> Secrets()
    {
        var secrets = new Dictionary<string, SecretSource>(StringComparer.Ordinal);
        foreach (var item in task.Secrets)
        {
            values.CheckMetadata("ContainerStageSecret", item, "Path", "EnvironmentVariable");
            var (path, variable) = (Metadata(item, "Path"), Metadata(item, "EnvironmentVariable"));
            if (path is null == variable is null)
            {
                problems.Add(ProjectDiagnostics.SecretWithoutSource(item.ItemSpec, files.Locate("ContainerStageSecret", item)));
                continue;
            }

            secrets[item.ItemSpec] = new SecretSource { File = path is null ? null : task.FullPath(path), EnvironmentVariable = variable };
        }

        return secrets;
    }

    /// <summary>
    /// Path is the socket of an agent, or private keys divided by semicolons. Without it an agent is the one of SSH_AUTH_SOCK.
    /// </summary>
    private Dictionary<string, IReadOnlyList<string>> Agents()
    {
        var agents = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var item in task.Agents)
        {
            values.CheckMetadata("ContainerStageSsh", item, "Path");
            if (Metadata(item, "Path") is { } path)
            {
                agents[item.ItemSpec] = [.. ValueReader.List(path).Select(task.FullPath)];
            }
            else if (Environment.GetEnvironmentVariable("SSH_AUTH_SOCK") is { Length: > 0 } socket)
            {
                agents[item.ItemSpec] = [socket];
            }
            else
            {
                problems.Add(ProjectDiagnostics.AgentWithoutSocket(item.ItemSpec, files.Locate("ContainerStageSsh", item)));
            }
        }

        return agents;
    }

    /// <summary>Null where nothing is said, or the wrong thing.</summary>
    private int? MaxParallelism()
    {
        var text = task.MaxParallelism.Trim();
        if (text.Length == 0)
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0)
        {
            return count;
        }

        problems.Add(ProjectDiagnostics.InvalidParallelism(text, task.ProjectFile));
        return null;
    }

    private IEnumerable<string> Allowed()
    {
        foreach (var name in ValueReader.List(task.Allow.ToLowerInvariant()))
        {
            if (EntitlementNames.Valid.Contains(name))
            {
                yield return name;
            }
            else
            {
                problems.Add(ProjectDiagnostics.InvalidAllow(name, task.ProjectFile));
            }
        }
    }

    private static string? Metadata(ITaskItem item, string name) => item.GetMetadata(name).Trim() is { Length: > 0 } value ? value : null;
}
