using ContainerStages.Cli.Completion;
using ContainerStages.Contracts;
using ContainerStages.Sandboxing;

namespace ContainerStages.Cli;

/// <summary>The options of <c>build</c> that say what commands get. Their forms are those of <c>docker buildx build</c>.</summary>
internal static class CommandOptions
{
    public static IReadOnlyList<Option> All { get; } =
    [
        new(
            ["--secret"],
            "SPEC",
            "id=ID,src=FILE or id=ID,env=VARIABLE: a secret for RUN --mount=type=secret; repeatable",
            Candidates.Of("id=")),
        new(
            ["--ssh"],
            "SPEC",
            "default, ID=SOCKET or ID=KEY[,KEY]: an agent or private keys for RUN --mount=type=ssh; repeatable",
            Candidates.Of("default")),
        new(["--add-host"], "HOST:IP", "a line of /etc/hosts in commands; repeatable"),
        new(["--network"], "MODE", "network of commands: default, host or none", Candidates.Of("default", "host", "none")),
        new(["--shm-size"], "SIZE", "size of /dev/shm in commands (default: 64m)"),
        new(
            ["--ulimit"],
            "NAME=SOFT[:HARD]",
            "a limit of commands; repeatable",
            Candidates.Of([.. ResourceLimits.Names.Select(name => name + "=")])),
        new(["--max-parallelism"], "N", "how many commands run at the same time (default: 16, or two for each processor)"),
        new(["--no-cache-filter"], "STAGE", "run every step of a stage again; repeatable, or with commas", Candidates.Stages),
        new(["--no-new-privileges"], null, "set-user-id programs have no effect in commands"),
        new(
            ["--allow"],
            "NAME",
            "security.insecure: allow RUN --security=insecure; network.host: commands have the network of a BuildKit daemon's machine",
            Candidates.Of([.. EntitlementNames.Valid])),
    ];

    public static CommandSettings Read(OptionReader options) => new()
    {
        Secrets = Unique("--secret", options.All("--secret").Select(Secret)),
        Ssh = Unique("--ssh", options.All("--ssh").Select(Agent)),
        AddHosts = [.. options.All("--add-host").Select(Host)],
        Network = Network(options.Last("--network")),
        NoNewPrivileges = options.IsSet("--no-new-privileges"),
        ShmSize = options.Last("--shm-size") is { } size ? Size(size) : null,
        Ulimits = [.. options.All("--ulimit").Select(Limit)],
        MaxParallelism = options.Last("--max-parallelism") is { } count ? Count(count) : null,
        Allow = [.. options.All("--allow").SelectMany(Split).Select(Entitlement)],
    };

    /// <summary>The stages that are run again.</summary>
    public static IReadOnlyList<string> ReadNoCacheStages(OptionReader options) =>
        [.. options.All("--no-cache-filter").SelectMany(Split)];

    private static (string Id, SecretSource Source) Secret(string text)
    {
        string? id = null, file = null, variable = null, type = null;
        foreach (var field in Split(text))
        {
            var (key, value) = Cut(field, '=') ?? throw new UsageException($"--secret {text}: '{field}' is not KEY=VALUE.");
            switch (key.ToLowerInvariant())
            {
                case "id": id = value; break;
                case "src" or "source": file = value; break;
                case "env": variable = value; break;
                case "type" when value is "file" or "env": type = value; break;
                case "type": throw new UsageException($"--secret {text}: the type is 'file' or 'env'.");
                default: throw new UsageException($"--secret {text}: there is no '{key}'. Valid: id, src, env, type.");
            }
        }

        if (string.IsNullOrEmpty(id))
        {
            throw new UsageException($"--secret {text}: the id is missing, as in id=token,src=token.txt.");
        }

        if (file is not null && variable is not null)
        {
            throw new UsageException($"--secret {text}: src and env exclude each other.");
        }

        // As in buildx: with type=env the source is a variable, and an id alone is a variable where there is one of that name.
        variable ??= type == "env"
            ? file ?? id
            : file is null && type is null && Environment.GetEnvironmentVariable(id) is not null
            ? id
            : null;
        return (
            id,
            variable is not null
                ? new SecretSource { EnvironmentVariable = variable }
                : new SecretSource { File = Path.GetFullPath(file ?? id) });
    }

    private static (string Id, IReadOnlyList<string> Paths) Agent(string text)
    {
        var (id, path) = Cut(text, '=') ?? (text, "");
        if (path.Length == 0)
        {
            path = Environment.GetEnvironmentVariable("SSH_AUTH_SOCK") is { Length: > 0 } socket
                ? socket
                : throw new UsageException(
                    $"--ssh {text}: SSH_AUTH_SOCK is not set. Start an agent, or name its socket: --ssh {id}=SOCKET.");
        }

        return (id, [.. Split(path).Select(Path.GetFullPath)]);
    }

    private static ExtraHost Host(string text)
    {
        var (name, address) = Cut(text, '=') ?? Cut(text, ':') ?? throw new UsageException($"--add-host {text}: the form is HOST:IP.");
        address = address.Trim('[', ']');
        return System.Net.IPAddress.TryParse(address, out _) && name.Length > 0 && !name.Any(char.IsWhiteSpace)
            ? new ExtraHost(name, address)
            : throw new UsageException($"--add-host {text}: '{address}' is no IP address; the form is HOST:IP.");
    }

    private static bool Network(string? mode) => mode switch
    {
        null or "default" or "host" => true,
        "none" => false,
        _ => throw new UsageException($"--network {mode}: valid are default, host, none."),
    };

    private static long Size(string text) =>
        ByteCount.TryParse(text) is > 0 and var size
            ? size
            : throw new UsageException($"--shm-size {text}: a size such as 128m is expected.");

    private static int Count(string text) =>
        int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var count)
            && count > 0
            ? count
            : throw new UsageException($"--max-parallelism {text}: a number of 1 or more is expected.");

    private static ResourceLimit Limit(string text)
    {
        var (name, values) = Cut(text, '=') ?? throw new UsageException($"--ulimit {text}: the form is NAME=SOFT[:HARD].");
        if (!ResourceLimits.Names.Contains(name))
        {
            throw new UsageException(
                $"--ulimit {text}: there is no limit '{name}'. Valid: " +
                $"{string.Join(", ", ResourceLimits.Names.Order(StringComparer.Ordinal))}.");
        }

        var (soft, hard) = Cut(values, ':') ?? (values, values);
        return Number(soft) is { } low && Number(hard) is { } high && (ulong)low <= (ulong)high
            ? new ResourceLimit(name, low, high)
            : throw new UsageException(
                $"--ulimit {text}: the form is NAME=SOFT[:HARD], two numbers of which the first is not the larger; -1 is no limit.");
    }

    private static string Entitlement(string name) =>
        EntitlementNames.Valid.Contains(name)
            ? name
            : throw new UsageException($"--allow {name}: valid are {string.Join(", ", EntitlementNames.Valid)}.");

    private static long? Number(string text) =>
        long.TryParse(
            text,
            System.Globalization.NumberStyles.AllowLeadingSign,
            System.Globalization.CultureInfo.InvariantCulture,
            out var number)
            && number >= -1
            ? number
            : null;

    private static IEnumerable<string> Split(string text) =>
        text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static (string Before, string After)? Cut(string text, char at) =>
        text.IndexOf(at, StringComparison.Ordinal) is > 0 and var place ? (text[..place], text[(place + 1)..]) : null;

    private static Dictionary<string, T> Unique<T>(string option, IEnumerable<(string Id, T Value)> given)
    {
        var values = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var (id, value) in given)
        {
            if (!values.TryAdd(id, value))
            {
                throw new UsageException($"{option}: the id '{id}' is given twice.");
            }
        }

        return values;
    }
}
