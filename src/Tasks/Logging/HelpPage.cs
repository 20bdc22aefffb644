namespace ContainerStages.Tasks.Logging;

/// <summary>
/// Where errors and warnings lead: to their sections of docs/diagnostics.md in the package, until there is a site.
/// <c>_ContainerStagesHelpPage</c> in build/ContainerStages.Publish.targets is the same for those that MSBuild raises without a task.
/// </summary>
internal static class HelpPage
{
    // The tasks lie in tasks/FOLDER of the package.
    private static readonly Uri Page =
        new(Path.GetFullPath("../../docs/diagnostics.md", Path.GetDirectoryName(typeof(HelpPage).Assembly.Location)!));

    /// <summary>The address of a code's section: <c>file:///.../docs/diagnostics.md#cst3001</c>.</summary>
    public static string LinkOf(string code) => $"{Page.AbsoluteUri}#{code.ToLowerInvariant()}";
}
