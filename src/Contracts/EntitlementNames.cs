namespace ContainerStages.Contracts;

/// <summary>What commands may do beyond the ordinary, once a build allows it. The names are BuildKit's.</summary>
public static class EntitlementNames
{
    /// <summary>RUN --security=insecure: every right of the build itself.</summary>
    public const string Insecure = "security.insecure";

    /// <summary>The network of a BuildKit daemon's machine.</summary>
    public const string HostNetwork = "network.host";

    /// <summary>What a user may allow.</summary>
    public static IReadOnlyList<string> Valid { get; } = [Insecure, HostNetwork];
}
