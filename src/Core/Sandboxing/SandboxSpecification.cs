using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace ContainerStages.Sandboxing;

/// <summary>
/// What the sandbox's first process is told, in a file of names and values each ended by zero: no text of a command can hold a zero, and
/// reading it needs nothing that would slow the start.
/// </summary>
internal sealed record SandboxSpecification
{
    /// <summary>See <see cref="SandboxFolder"/>.</summary>
    public required string Folder { get; init; }

    /// <summary>Value of overlayfs' <c>lowerdir</c>: names relative to <see cref="SandboxFolder.Links"/>, the topmost first.</summary>
    public required string LowerNames { get; init; }

    public required ImmutableArray<string> Arguments { get; init; }

    public required ImmutableArray<string> Environment { get; init; }

    public required string WorkingDirectory { get; init; }

    public uint UserId { get; init; }

    public uint GroupId { get; init; }

    public ImmutableArray<uint> SupplementaryGroups { get; init; } = [];

    public required string HostName { get; init; }

    public bool Network { get; init; }

    public bool Privileged { get; init; }

    public bool NoNewPrivileges { get; init; }

    public long SharedMemory { get; init; }

    public ImmutableArray<SandboxLimit> Limits { get; init; } = [];

    public ImmutableArray<MountRecord> Mounts { get; init; } = [];

    /// <summary>The OCI runtime that starts the command, with its arguments; none: the first process starts it itself.</summary>
    public ImmutableArray<string> Runtime { get; init; } = [];

    /// <summary>config.json for it.</summary>
    public string RuntimeConfiguration { get; init; } = "";

    /// <summary>Never written to a disk: environment and mounts may hold secrets.</summary>
    public byte[] ToBytes()
    {
        var text = new StringBuilder();
        Add(text, "folder", Folder);
        Add(text, "lower", LowerNames);
        Add(text, "directory", WorkingDirectory);
        Add(text, "user", UserId.ToString(CultureInfo.InvariantCulture));
        Add(text, "group", GroupId.ToString(CultureInfo.InvariantCulture));
        Add(text, "host", HostName);
        Add(text, "network", Network ? "1" : "0");
        foreach (var group in SupplementaryGroups)
        {
            Add(text, "more", group.ToString(CultureInfo.InvariantCulture));
        }

        foreach (var variable in Environment)
        {
            Add(text, "env", variable);
        }

        foreach (var argument in Arguments)
        {
            Add(text, "arg", argument);
        }

        Add(text, "privileged", Privileged ? "1" : "0");
        Add(text, "no new privileges", NoNewPrivileges ? "1" : "0");
        Add(text, "shm", SharedMemory.ToString(CultureInfo.InvariantCulture));
        foreach (var limit in Limits)
        {
            Add(text, "limit", string.Create(CultureInfo.InvariantCulture, $"{limit.Resource} {limit.Soft} {limit.Hard}"));
        }

        foreach (var argument in Runtime)
        {
            Add(text, "runtime", argument);
        }

        Add(text, "configuration", RuntimeConfiguration);
        foreach (var field in Mounts.SelectMany(mount => mount.ToFields()))
        {
            Add(text, "mount", field);
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <exception cref="InvalidDataException">The file does not hold what <see cref="ToBytes"/> of this version gives.</exception>
    public static SandboxSpecification Read(string path)
    {
        var fields = Encoding.UTF8.GetString(File.ReadAllBytes(path)).Split('\0');
        var single = new Dictionary<string, string>(StringComparer.Ordinal);
        var arguments = ImmutableArray.CreateBuilder<string>();
        var environment = ImmutableArray.CreateBuilder<string>();
        var groups = ImmutableArray.CreateBuilder<uint>();
        var limits = ImmutableArray.CreateBuilder<SandboxLimit>();
        var mounts = new List<string>();
        var runtime = ImmutableArray.CreateBuilder<string>();
        for (var i = 0; i + 1 < fields.Length; i += 2)
        {
            var value = fields[i + 1];
            switch (fields[i])
            {
                case "arg": arguments.Add(value); break;
                case "env": environment.Add(value); break;
                case "more": groups.Add(Number(value)); break;
                case "limit": limits.Add(Limit(value)); break;
                case "mount": mounts.Add(value); break;
                case "runtime": runtime.Add(value); break;
                default: single[fields[i]] = value; break;
            }
        }

        return new SandboxSpecification
        {
            Folder = Get(single, "folder"),
            LowerNames = Get(single, "lower"),
            WorkingDirectory = Get(single, "directory"),
            UserId = Number(Get(single, "user")),
            GroupId = Number(Get(single, "group")),
            HostName = Get(single, "host"),
            Network = Get(single, "network") == "1",
            Privileged = Get(single, "privileged") == "1",
            NoNewPrivileges = Get(single, "no new privileges") == "1",
            SharedMemory = long.Parse(Get(single, "shm"), CultureInfo.InvariantCulture),
            Limits = limits.DrainToImmutable(),
            Mounts = [.. mounts.Chunk(MountRecord.FieldCount).Select(MountRecord.Read)],
            Runtime = runtime.DrainToImmutable(),
            RuntimeConfiguration = Get(single, "configuration"),
            Arguments = arguments.DrainToImmutable(),
            Environment = environment.DrainToImmutable(),
            SupplementaryGroups = groups.DrainToImmutable(),
        };
    }

    private static SandboxLimit Limit(string text)
    {
        var parts = text.Split(' ');
        return new SandboxLimit(
            int.Parse(parts[0], CultureInfo.InvariantCulture),
            ulong.Parse(parts[1], CultureInfo.InvariantCulture),
            ulong.Parse(parts[2], CultureInfo.InvariantCulture));
    }

    private static uint Number(string text) => uint.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private static string Get(Dictionary<string, string> values, string name) =>
        values.TryGetValue(name, out var value) ? value : throw new InvalidDataException($"The sandbox specification lacks '{name}'.");

    private static void Add(StringBuilder text, string name, string value)
    {
        if (value.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException($"A sandbox command's '{name}' cannot hold a zero character.", nameof(value));
        }

        text.Append(name).Append('\0').Append(value).Append('\0');
    }
}
