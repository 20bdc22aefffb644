using ContainerStages.Tasks.Logging;
using ContainerStages.Tasks.Project;
using Microsoft.Build.Framework;

namespace ContainerStages.Tasks.Definition;

/// <summary>Reads the kinds of values that many names have: switches, and items that are names with a Value.</summary>
internal sealed class ValueReader(IProjectItems project, ProblemList problems, ProjectFiles files)
{
    /// <summary>Null where nothing is said.</summary>
    public bool? OptionalBoolean(string name, string value) => value.Trim().Length == 0 ? null : Boolean(name, value);

    public bool Boolean(string name, string value)
    {
        switch (value.Trim().ToUpperInvariant())
        {
            case "" or "FALSE":
                return false;
            case "TRUE":
                return true;
            default:
                problems.Add(ProjectDiagnostics.InvalidBoolean(name, value, project.ProjectFile));
                return false;
        }
    }

    /// <summary>What stands between semicolons.</summary>
    public static IReadOnlyList<string> List(string text) =>
        text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Items that are a name with metadata Value; of two with one name the later wins.</summary>
    public IReadOnlyDictionary<string, string> Pairs(string itemType, ITaskItem[] items)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            CheckMetadata(itemType, item, "Value");
            pairs[item.ItemSpec] = item.GetMetadata("Value");
        }

        return pairs;
    }

    /// <summary>Warns of metadata that means nothing.</summary>
    public void CheckMetadata(string itemType, ITaskItem item, params string[] valid)
    {
        foreach (string name in item.CloneCustomMetadata().Keys)
        {
            if (!valid.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                problems.Add(ProjectDiagnostics.UnknownMetadata(
                    itemType, item.ItemSpec, name, string.Join(", ", valid), files.Locate(itemType, item)));
            }
        }
    }
}
