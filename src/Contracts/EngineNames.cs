namespace ContainerStages.Contracts;

/// <summary>Who can be asked to run the commands of a build.</summary>
public static class EngineNames
{
    /// <summary>The embedded engine where it works, else another that does.</summary>
    public const string Automatic = "auto";

    /// <summary>What a user may ask for.</summary>
    public static IReadOnlyList<string> Valid { get; } = [Automatic, "embedded", "docker", "podman"];

    /// <summary>What a user will be able to ask for.</summary>
    public static IReadOnlyList<string> Later { get; } = ["buildkit"];
}
