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
    public static ProcessStartInfo Start(string program, IEnumerable<string> first, RemoteBuild build, IEnumerable<string> further)
    {
        var start = new ProcessStartInfo(program);
        string[] arguments =
        [
            .. first,
            "--target", build.Target,
            "--platform", build.Platform.ToString(),
            "--network", build.Network ? "host" : "none",
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

    private static string Secret(string id, SecretSource source) =>
        CommaSeparated.Join([$"id={id}", source.EnvironmentVariable is { } name ? $"env={name}" : $"src={source.File}"]);
}
