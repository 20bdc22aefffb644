using ContainerStages.Contracts;
using ContainerStages.Tasks.Project;
using Microsoft.Build.Framework;

namespace ContainerStages.Tasks.Definition;

/// <summary>
/// Reads ContainerStageSecret and ContainerStageSsh items. They say where a secret is, never what it is: items are written to build logs.
/// </summary>
internal sealed class SecretReader(PublishContainerStages task, ProblemList problems, ProjectFiles files)
{
    public IReadOnlyDictionary<string, SecretSource> Secrets()
    {
        var secrets = new Dictionary<string, SecretSource>(StringComparer.Ordinal);
        foreach (var item in task.Secrets)
        {
            CheckMetadata("ContainerStageSecret", item, "Path", "EnvironmentVariable");
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
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Agents()
    {
        var agents = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var item in task.Agents)
        {
            CheckMetadata("ContainerStageSsh", item, "Path");
            if (Metadata(item, "Path") is { } path)
            {
                agents[item.ItemSpec] = [.. path.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(task.FullPath)];
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

    private void CheckMetadata(string itemType, ITaskItem item, params string[] valid)
    {
        foreach (string name in item.CloneCustomMetadata().Keys)
        {
            if (!valid.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                problems.Add(ProjectDiagnostics.UnknownMetadata(itemType, item.ItemSpec, name, string.Join(", ", valid), files.Locate(itemType, item)));
            }
        }
    }

    private static string? Metadata(ITaskItem item, string name) => item.GetMetadata(name).Trim() is { Length: > 0 } value ? value : null;
}
