using System.Collections.Immutable;
using System.Globalization;
using ContainerStages.Sandboxing;

namespace ContainerStages.Cli;

/// <summary>
/// Options of <c>docker run</c> that mean something else, or nothing, where there is no daemon and no network of containers.
/// </summary>
internal static class RunOptions
{
    /// <exception cref="UsageException">An option cannot be had; says what to do instead.</exception>
    public static void Check(OptionReader options)
    {
        if (options.IsSet("--detach"))
        {
            throw new UsageException(
                "--detach: there is no daemon that would keep the program. Start it in the background instead (dotnet-stages run ... &, " +
                "nohup, systemd-run), and end it with kill.");
        }

        foreach (var published in options.All("--publish"))
        {
            CheckPort(published);
        }
    }

    /// <summary>Source: docker run, --volume; volumes with names are not kept.</summary>
    public static ImmutableArray<SandboxMount> Volumes(OptionReader options) => [.. options.All("--volume").Select(Volume)];

    private static SandboxMount Volume(string text)
    {
        var parts = text.Split(':');
        if (parts.Length is < 2 or > 3 || (parts.Length == 3 && parts[2] is not ("ro" or "rw" or "z" or "Z")))
        {
            throw new UsageException($"--volume {text}: the form is HOST:PATH, or HOST:PATH:ro.");
        }

        if (!parts[0].Contains('/', StringComparison.Ordinal) && parts[0] is not ("." or ".."))
        {
            throw new UsageException(
                $"--volume {text}: a volume of the name '{parts[0]}' is not kept. Name a folder of this machine: ./{parts[0]}:{parts[1]}.");
        }

        var source = Path.GetFullPath(parts[0]);
        return !parts[1].StartsWith('/') || parts[1].Trim('/').Length == 0
            ? throw new UsageException($"--volume {text}: '{parts[1]}' must be an absolute path below the root.")
            : Path.Exists(source) ? new HostMount(parts[1], source, Directory.Exists(source), ReadOnly: parts is [_, _, "ro"])
            : throw new UsageException($"--volume {text}: there is no '{source}'. Make it first.");
    }

    /// <summary>Source: docker run, --publish: [[IP:]HOST:]CONTAINER[/PROTOCOL].</summary>
    private static void CheckPort(string text)
    {
        var ports = text.Split('/')[0].Split(':');
        var (inside, outside) = (ports[^1], ports.Length > 1 ? ports[^2] : "");
        if (!IsPort(inside) || !(outside.Length == 0 || IsPort(outside)))
        {
            throw new UsageException($"--publish {text}: the form is HOST:CONTAINER, two ports.");
        }

        if (outside.Length > 0 && outside != inside)
        {
            throw new UsageException(
                $"--publish {text}: the program is on the machine's own network, so its port {inside} is the machine's. Leave the option " +
                $"out, or have the program listen on {outside} (often with -e, as in -e ASPNETCORE_HTTP_PORTS={outside}).");
        }
    }

    private static bool IsPort(string text) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0;
}
