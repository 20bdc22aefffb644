using System.Collections;
using ContainerStages.Posix;

namespace ContainerStages.Media.Registry;

/// <summary>What the registry code may know of its surroundings: variables and the machine's configuration folder.</summary>
public sealed record RegistryEnvironment
{
    public required IReadOnlyDictionary<string, string> Variables { get; init; }

    /// <summary>Folder of the machine's <c>registries.conf</c> and <c>certs.d</c>.</summary>
    public string SystemDirectory { get; init; } = "/etc/containers";

    /// <summary>Folder of Docker's <c>certs.d</c>.</summary>
    public string DockerDirectory { get; init; } = "/etc/docker";

    /// <summary>Folder of Podman's <c>auth.json</c> where XDG_RUNTIME_DIR is not set. Source: containers-auth.json(5).</summary>
    public string RuntimeDirectory { get; init; } = $"/run/containers/{FileCalls.EffectiveUserId()}";

    /// <summary>True: no request may be sent.</summary>
    public bool Offline { get; init; }

    /// <summary>The variable's value; null where it is missing or empty.</summary>
    public string? this[string name] => Variables.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    public static RegistryEnvironment OfProcess()
    {
        var variables = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);
        // A service may run without HOME; the password database still knows it.
        variables.TryAdd("HOME", Environment.GetFolderPath(Environment.SpecialFolder.UserProfile));
        return new RegistryEnvironment { Variables = variables };
    }

    /// <summary>A path under HOME, or null without HOME.</summary>
    public string? UnderHome(string path) => this["HOME"] is { } home ? Path.Combine(home, path) : null;
}
