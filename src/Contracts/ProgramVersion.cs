namespace ContainerStages.Contracts;

/// <summary>The version of all that is built together: the tasks, the engine program and their packages.</summary>
public static class ProgramVersion
{
    /// <summary>Such as <c>0.1.0</c>.</summary>
    public static string Text { get; } = typeof(ProgramVersion).Assembly.GetName().Version!.ToString(3);
}
