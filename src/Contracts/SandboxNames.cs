namespace ContainerStages.Contracts;

/// <summary>Who starts the commands of the embedded engine.</summary>
public static class SandboxNames
{
    /// <summary>What the embedded engine takes where nobody named one: namespaces.</summary>
    public const string Automatic = "auto";

    /// <summary>The engine itself.</summary>
    public const string Namespaces = "namespaces";

    public const string Runc = "runc";

    public const string Crun = "crun";

    /// <summary>The OCI runtimes among them.</summary>
    public static IReadOnlyList<string> Runtimes { get; } = [Runc, Crun];

    /// <summary>What a user may ask for.</summary>
    public static IReadOnlyList<string> Valid { get; } = [Automatic, Namespaces, .. Runtimes];
}
