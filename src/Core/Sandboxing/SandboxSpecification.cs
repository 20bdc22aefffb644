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

    public void Write(string path)
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

        // The environment may hold secrets.
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
        using var file = new FileStream(path, options);
        file.Write(Encoding.UTF8.GetBytes(text.ToString()));
    }

    /// <exception cref="InvalidDataException">The file was not written by <see cref="Write"/> of this version.</exception>
    public static SandboxSpecification Read(string path)
    {
        var fields = Encoding.UTF8.GetString(File.ReadAllBytes(path)).Split('\0');
        var single = new Dictionary<string, string>(StringComparer.Ordinal);
        var arguments = ImmutableArray.CreateBuilder<string>();
        var environment = ImmutableArray.CreateBuilder<string>();
        var groups = ImmutableArray.CreateBuilder<uint>();
        for (var i = 0; i + 1 < fields.Length; i += 2)
        {
            var value = fields[i + 1];
            switch (fields[i])
            {
                case "arg": arguments.Add(value); break;
                case "env": environment.Add(value); break;
                case "more": groups.Add(Number(value)); break;
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
            Arguments = arguments.DrainToImmutable(),
            Environment = environment.DrainToImmutable(),
            SupplementaryGroups = groups.DrainToImmutable(),
        };
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
