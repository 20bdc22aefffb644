using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Stages;

namespace ContainerStages.Dockerfile;

/// <summary>The value of one RUN --mount. Source: Dockerfile reference, RUN --mount; keys and limits as in BuildKit.</summary>
internal static class MountParser
{
    private static readonly string[] Types = ["bind", "cache", "tmpfs", "secret", "ssh"];

    /// <summary>Every key with its first name, and the types of mount that have it.</summary>
    private static readonly ImmutableDictionary<string, MountKey> Keys = CreateKeys();

    /// <summary>
    /// Fields that say what the mount is: where one of them holds a variable, the rest cannot be read before it has a value.
    /// </summary>
    private static readonly string[] Deciding = ["type", "sharing", "readonly", "ro", "readwrite", "rw", "required"];

    /// <returns>Null where something is wrong; it is among the diagnostics then.</returns>
    public static RunMount? Parse(Flag flag, ICollection<Diagnostic> diagnostics)
    {
        var fields = Split(flag.Value!);
        return fields.Any(IsVariable) ? ReadLater(flag, fields, diagnostics) : ReadNow(flag, diagnostics);
    }

    private static bool IsVariable((string Key, string? Value) field) =>
        Deciding.Contains(field.Key) && field.Value?.Contains('$', StringComparison.Ordinal) == true;

    private static VariableMount ReadLater(Flag flag, (string Key, string? Value)[] fields, ICollection<Diagnostic> diagnostics)
    {
        var from = fields.LastOrDefault(field => field.Key == "from").Value;
        _ = new MountFields(new Dictionary<string, string?>(StringComparer.Ordinal) { ["from"] = from }, flag, diagnostics).From;
        return new VariableMount(flag.Value!, from, expand =>
        {
            var written = fields.Select(
                field => field.Value is null ? field.Key : $"{field.Key}={(IsVariable(field) ? expand(field.Value) : field.Value)}");
            var mistakes = new List<Diagnostic>();
            return ReadNow(flag with { Value = CommaSeparated.Join(written) }, mistakes) ?? throw new BuildFailedException([.. mistakes]);
        });
    }

    private static RunMount? ReadNow(Flag flag, ICollection<Diagnostic> diagnostics)
    {
        var before = diagnostics.Count;
        var fields = new MountFields(Read(flag, diagnostics), flag, diagnostics);
        var mount = diagnostics.Count == before ? Create(fields) : null;
        return diagnostics.Count == before ? mount : null;
    }

    private static (string Key, string? Value)[] Split(string text) =>
        [.. CommaSeparated.Split(text)
            .Select(field => field.Split('=', 2))
            .Select(parts => (Key: parts[0].ToLowerInvariant(), Value: parts.ElementAtOrDefault(1)))];

    private static Dictionary<string, string?> Read(Flag flag, ICollection<Diagnostic> diagnostics)
    {
        var written = Split(flag.Value!);
        var type = written.LastOrDefault(field => field.Key == "type").Value?.ToLowerInvariant() ?? "bind";
        var values = new Dictionary<string, string?>(StringComparer.Ordinal) { ["type"] = type };
        if (!Types.Contains(type))
        {
            diagnostics.Add(MountDiagnostics.UnknownType(type, Types, flag.Location));
            return values;
        }

        foreach (var (name, value) in written.Where(field => field.Key != "type"))
        {
            if (!Keys.TryGetValue(name, out var key))
            {
                diagnostics.Add(MountDiagnostics.UnknownKey(
                    name,
                    [.. Keys.Where(known => known.Value.Types.Contains(type)).Select(known => known.Key).Order(StringComparer.Ordinal)],
                    flag.Location));
            }
            else if (!key.Types.Contains(type))
            {
                diagnostics.Add(MountDiagnostics.KeyOfOtherType(name, type, key.Types, flag.Location));
            }
            else if (value is null && !key.IsSwitch)
            {
                diagnostics.Add(MountDiagnostics.KeyWithoutValue(name, flag.Location));
            }
            else if (name is "readwrite" or "rw")
            {
                values[key.Name] = GoBoolean.Read(value) is { } isWritable ? (isWritable ? "false" : "true") : value;
            }
            else
            {
                values[key.Name] = value;
            }
        }

        return values;
    }

    private static RunMount? Create(MountFields fields) => fields["type"] switch
    {
        "bind" => new BindMount(fields["target"], fields["source"], fields.From, fields.Switch("readonly") is false),
        "cache" => new CacheMount(fields["target"])
        {
            Id = fields["id"],
            Sharing = fields.Sharing,
            From = fields.From,
            Source = fields["source"],
            ReadOnly = fields.Switch("readonly") is true,
            Mode = fields.Mode,
            UserId = fields.Number("uid"),
            GroupId = fields.Number("gid"),
        },
        "tmpfs" => new TmpfsMount(fields["target"], fields.Size),
        "secret" => fields.SecretId(out var id) ? new SecretMount(fields["target"])
        {
            Id = id,
            Environment = fields["env"],
            Required = fields.Switch("required") is true,
            Mode = fields.Mode,
            UserId = fields.Number("uid"),
            GroupId = fields.Number("gid"),
        } : null,
        _ => new SshMount(fields["target"])
        {
            Id = fields["id"],
            Required = fields.Switch("required") is true,
            Mode = fields.Mode,
            UserId = fields.Number("uid"),
            GroupId = fields.Number("gid"),
        },
    };

    private static ImmutableDictionary<string, MountKey> CreateKeys()
    {
        string[] files = ["cache", "secret", "ssh"];
        MountKey target = new("target", Types), source = new("source", ["bind", "cache", "secret"]), isReadOnly = new(
            "readonly",
            Types,
            IsSwitch: true);
        var id = new MountKey("id", ["cache", "secret", "ssh"]);
        return new Dictionary<string, MountKey>(StringComparer.Ordinal)
        {
            ["target"] = target,
            ["dst"] = target,
            ["destination"] = target,
            ["source"] = source,
            ["src"] = source,
            ["from"] = new("from", ["bind", "cache"]),
            ["readonly"] = isReadOnly,
            ["ro"] = isReadOnly,
            ["readwrite"] = isReadOnly,
            ["rw"] = isReadOnly,
            ["id"] = id,
            ["sharing"] = new("sharing", ["cache"]),
            ["size"] = new("size", ["tmpfs"]),
            ["required"] = new("required", ["secret", "ssh"], IsSwitch: true),
            ["env"] = new("env", ["secret"]),
            ["mode"] = new("mode", files),
            ["uid"] = new("uid", files),
            ["gid"] = new("gid", files),
        }.ToImmutableDictionary(StringComparer.Ordinal);
    }

    private sealed record MountKey(string Name, string[] Types, bool IsSwitch = false);
}
