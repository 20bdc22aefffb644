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
        new(
            ["--sandbox"],
            "NAME",
            "how the embedded engine runs commands: auto (default), namespaces, runc or crun; 'dotnet-stages engines' says what works here",
            Candidates.Of([.. SandboxNames.Valid])),
    ];

    public static BuildPolicy Apply(BuildPolicy policy, OptionReader options)
    {
        var addresses = options.All("--engine-address");
        return policy with
        {
            Engine = Valid("--engine", options.Last("--engine") ?? EngineNames.Default(addresses), EngineNames.Valid),
            Sandbox = Valid("--sandbox", options.Last("--sandbox") ?? SandboxNames.Automatic, SandboxNames.Valid),
            EngineAddresses = [.. addresses],
            EngineCertificates = options.Last("--engine-certificates") is { } folder ? Path.GetFullPath(folder) : null,
        };
    }

    private static string Valid(string option, string name, IReadOnlyList<string> valid) =>
        valid.Contains(name) ? name : throw new UsageException($"{option} {name}: valid are {string.Join(", ", valid)}.");
}
