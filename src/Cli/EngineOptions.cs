using ContainerStages.Cli.Completion;
using ContainerStages.Contracts;

namespace ContainerStages.Cli;

/// <summary>The options that say who runs commands, and where that is.</summary>
internal static class EngineOptions
{
    /// <summary>Where the engine buildkit is.</summary>
    public static IReadOnlyList<Option> OfAddress { get; } =
    [
        new(
            ["--engine-address"],
            "ADDRESS",
            "where the engine buildkit is: a builder of buildx by its name, or a daemon (tcp://, unix://, ssh://, kube-pod://); repeatable",
            Candidates.Of([.. EngineAddress.Schemes.Select(scheme => scheme + "://")])),
        new(
            ["--engine-certificates"],
            "FOLDER",
            "ca.pem, cert.pem and key.pem for addresses that want TLS",
            Candidates.Folders),
    ];

    public static IReadOnlyList<Option> All { get; } =
    [
        new(
            ["--engine"],
            "NAME",
            "who runs commands: auto (default), embedded, docker, podman or buildkit; 'dotnet-stages engines' says what works here",
            Candidates.Of([.. EngineNames.Valid])),
        .. OfAddress,
    ];

    public static BuildPolicy Apply(BuildPolicy policy, OptionReader options)
    {
        var addresses = options.All("--engine-address");
        return policy with
        {
            Engine = options.Last("--engine") is { } name ? Valid(name) : EngineNames.Default(addresses),
            EngineAddresses = [.. addresses],
            EngineCertificates = options.Last("--engine-certificates") is { } folder ? Path.GetFullPath(folder) : null,
        };
    }

    private static string Valid(string name) =>
        EngineNames.Valid.Contains(name) ? name
        : throw new UsageException($"--engine {name}: valid are {string.Join(", ", EngineNames.Valid)}.");
}
