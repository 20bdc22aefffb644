namespace ContainerStages.Contracts;

/// <summary>Who can be asked to run the commands of a build.</summary>
public static class EngineNames
{
    /// <summary>The embedded engine where it works, else another that does.</summary>
    public const string Automatic = "auto";

    /// <summary>The one that is in this program.</summary>
    public const string Embedded = "embedded";

    /// <summary>The one that can be told where it is.</summary>
    public const string BuildKit = "buildkit";

    /// <summary>What a user may ask for.</summary>
    public static IReadOnlyList<string> Valid { get; } = [Automatic, Embedded, "docker", "podman", BuildKit];

    /// <summary>The engine where a user named none: whoever names an address means the engine that is there.</summary>
    public static string Default(IReadOnlyCollection<string> addresses) => addresses.Count == 0 ? Automatic : BuildKit;
}
