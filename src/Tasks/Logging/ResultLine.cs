using ContainerStages.Contracts;

namespace ContainerStages.Tasks.Logging;

/// <summary>
/// The one line that a publish is remembered by. The terminal logger shows a high-importance message of the form <c>project -> text</c> as
/// the project's result, and no other high-importance message.
/// </summary>
public static class ResultLine
{
    public static string For(string projectName, BuildDefinition definition, BuildResult result, bool buildOnly = false)
    {
        var names = Names(definition, result);
        var others = names.Count > 1 ? $" (and {string.Join(", ", names.Skip(1))})" : "";
        var remark = (result.UpToDate, IsLocal: definition.Outputs.Destinations.Count == 0) switch
        {
            (true, true) => " (up to date, in the local store)",
            (true, false) => " (up to date)",
            (false, true) when buildOnly => " (in the local store)",
            (false, true) => " (in the local store; LocalRegistry=Docker loads it into Docker, ContainerRegistry pushes it)",
            _ => "",
        };
        return $"{projectName} -> {names[0]}@{result.ManifestDigest}{others}{remark}";
    }

    private static List<string> Names(BuildDefinition definition, BuildResult result)
    {
        List<string> names = [.. result.References, .. result.Files];
        return names.Count > 0 ? names : definition.Outputs.Tags.Count > 0 ? [.. definition.Outputs.Tags] : ["image"];
    }
}
