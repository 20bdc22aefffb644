using System.Diagnostics;
using System.Globalization;
using ContainerStages.Contracts;
using ContainerStages.Dockerfile;

namespace ContainerStages.Engines;

/// <summary>
/// The options that docker, podman and buildah have in common. No value of a secret or a variable is among them: everybody on a machine
/// sees arguments.
/// </summary>
internal static class BuilderArguments
{
    /// <summary>The program with the arguments of a build, which reads its context from standard input.</summary>
    /// <param name="network">What commands see that may have a network.</param>
    public static ProcessStartInfo Start(
        string program,
        IEnumerable<string> first,
        RemoteBuild build,
        IEnumerable<string> further,
        string network = "host")
    {
        var start = new ProcessStartInfo(program);
        string[] arguments =
        [
            .. first,
            "--target", build.Target,
            "--platform", build.Platform.ToString(),
            "--network", build.Network ? network : "none",
            .. build.NoCache ? (string[])["--no-cache"] : [],
            .. build.Secrets.SelectMany(secret => (string[])["--secret", Secret(secret.Key, secret.Value)]),
            .. build.Agents.SelectMany(
                agent => (string[])["--ssh", agent.Value.Count == 0 ? agent.Key : $"{agent.Key}={string.Join(',', agent.Value)}"]),
            .. build.Variables.Keys.SelectMany(name => (string[])["--build-arg", name]),
            .. build.Commands.AddHosts.SelectMany(host => (string[])["--add-host", $"{host.Name}:{host.Address}"]),
            .. build.Commands.ShmSize is { } size ? (string[])["--shm-size", size.ToString(CultureInfo.InvariantCulture)] : [],
            .. build.Commands.Ulimits.SelectMany(
                limit => (string[])["--ulimit", string.Create(CultureInfo.InvariantCulture, $"{limit.Name}={limit.Soft}:{limit.Hard}")]),
            .. further,
            "-",
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in build.Variables)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    /// <summary>The name of the machine in commands, which BuildKit is given as an argument.</summary>
    public static string[] HostName(RemoteBuild build) =>
        build.Commands.HostName is { } name ? ["--build-arg", $"BUILDKIT_SANDBOX_HOSTNAME={name}"] : [];

    /// <summary>Lets a client of BuildKit write plain lines, and nothing into images that was not asked for.</summary>
    public static void SetForBuildKit(ProcessStartInfo start)
    {
        start.Environment["DOCKER_BUILDKIT"] = "1";
        start.Environment["BUILDX_NO_DEFAULT_ATTESTATIONS"] = "1";
        start.Environment["DOCKER_CLI_HINTS"] = "false";
        start.Environment["NO_COLOR"] = "1";
    }

    private static string Secret(string id, SecretSource source) =>
        CommaSeparated.Join([$"id={id}", source.EnvironmentVariable is { } name ? $"env={name}" : $"src={source.File}"]);
}
