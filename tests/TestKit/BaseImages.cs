using System.Diagnostics;

namespace ContainerStages.TestKit;

/// <summary>
/// The base images of build/base-images.sh in a registry on loopback: library/golang (1.14.4-alpine, 1.19-alpine, latest, ...; five layers,
/// amd64), library/alpine (latest, 3.22; one layer, busybox), library/busybox (the same as an index of amd64 and arm64), library/foreign
/// (arm64 only, without programs), library/both (an index of amd64 and arm64, without programs).
/// </summary>
/// <param name="Registry">Host and port, as in a reference: <c>localhost:20001</c>.</param>
/// <param name="RegistriesConf">Path of a containers-registries.conf whose mirror of docker.io is that registry.</param>
public sealed record BaseImages(string Registry, string RegistriesConf)
{
    private static readonly Lazy<BaseImages> Started = new(Start);

    /// <summary>The images, made and served when nobody did that yet (about a minute the first time in a clone).</summary>
    public static BaseImages Instance => Started.Value;

    /// <summary>For the environment of a child process.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["CONTAINERSTAGES_TEST_REGISTRY"] = Registry,
        ["CONTAINERS_REGISTRIES_CONF"] = RegistriesConf,
    };

    private static BaseImages Start()
    {
        var given = System.Environment.GetEnvironmentVariable("CONTAINERSTAGES_TEST_REGISTRY");
        var conf = System.Environment.GetEnvironmentVariable("CONTAINERS_REGISTRIES_CONF");
        if (given is { Length: > 0 } && conf is { Length: > 0 })
        {
            return new(given, conf);
        }

        RunScript();
        var settings = File.ReadLines(Repository.PathOf("artifacts", "test.env"))
            .Where(line => line.StartsWith("export ", StringComparison.Ordinal))
            .Select(line => line["export ".Length..].Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        return new(settings["CONTAINERSTAGES_TEST_REGISTRY"], settings["CONTAINERS_REGISTRIES_CONF"]);
    }

    private static void RunScript()
    {
        var start = new ProcessStartInfo("bash", [Repository.PathOf("build", "base-images.sh")])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var script = Process.Start(start)!;
        script.StandardInput.Close();
        var output = script.StandardOutput.ReadToEndAsync();
        var errors = script.StandardError.ReadToEnd();
        script.WaitForExit();
        if (script.ExitCode != 0)
        {
            throw new InvalidOperationException($"build/base-images.sh ended with exit code {script.ExitCode}: {output.Result}{errors}");
        }
    }
}
