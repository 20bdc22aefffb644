namespace ContainerStages.Contracts;

/// <summary>Where the Docker engine listens: what DOCKER_HOST names, else the engine of the machine, else that of the user.</summary>
public static class DockerAddress
{
    private const string OfMachine = "/var/run/docker.sock";

    /// <param name="variable">The value of an environment variable, or null.</param>
    /// <returns>As the variable has it, which may be an address that <see cref="Parse"/> does not know.</returns>
    public static string Find(Func<string, string?> variable)
    {
        if (variable("DOCKER_HOST") is { Length: > 0 } named)
        {
            return named;
        }

        var ofUser = Path.Combine(variable("XDG_RUNTIME_DIR") ?? "/", "docker.sock");
        return "unix://" + (!File.Exists(OfMachine) && File.Exists(ofUser) ? ofUser : OfMachine);
    }

    /// <summary>
    /// An address that needs no TLS and no ssh: <c>unix:///PATH</c>, <c>tcp://HOST:PORT</c> or <c>http://HOST:PORT</c>; null for any other.
    /// </summary>
    /// <param name="variable">The value of an environment variable, or null.</param>
    public static Uri? Parse(string address, Func<string, string?> variable) =>
        Uri.TryCreate(address, UriKind.Absolute, out var parsed)
        && (parsed.Scheme == "unix" || (parsed.Scheme is "tcp" or "http" && variable("DOCKER_TLS_VERIFY") is null or ""))
            ? parsed
            : null;
}
