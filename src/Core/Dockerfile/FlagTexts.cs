using System.Text;
using ContainerStages.Stages;

namespace ContainerStages.Dockerfile;

/// <summary>The options of an instruction as flags.</summary>
internal static class FlagTexts
{
    public static IEnumerable<string> Of(RunInstruction run) =>
    [
        .. run.Mounts.Select(mount => Flag("mount", mount is VariableMount variable ? variable.Text : CommaSeparated.Join(Fields(mount)))),
        .. Flags(
            ("network", run.Network switch { RunNetwork.None => "none", RunNetwork.Host => "host", _ => null }),
            ("security", run.Insecure ? "insecure" : null)),
    ];

    public static IEnumerable<string> Of(CopyInstruction copy) =>
    [
        .. Flags(("from", copy.From), ("chown", copy.Chown), ("chmod", copy.Chmod)),
        .. Switches(("link", copy.Link), ("parents", copy.Parents)),
        .. copy.Excludes.Select(pattern => Flag("exclude", pattern)),
    ];

    public static IEnumerable<string> Of(AddInstruction add) =>
    [
        .. Flags(
            ("checksum", add.Checksum),
            ("chown", add.Chown),
            ("chmod", add.Chmod),
            ("unpack", add.Unpack switch { true => "true", false => "false", _ => null })),
        .. Switches(("link", add.Link), ("keep-git-dir", add.KeepGitDirectory)),
        .. add.Excludes.Select(pattern => Flag("exclude", pattern)),
    ];

    public static IEnumerable<string> Of(HealthcheckInstruction check) =>
        Flags(
            ("interval", check.Interval),
            ("timeout", check.Timeout),
            ("start-period", check.StartPeriod),
            ("start-interval", check.StartInterval),
            ("retries", check.Retries));

    private static IEnumerable<string> Fields(RunMount mount) => mount switch
    {
        BindMount bind => Fields("bind", [("target", bind.Target), ("source", bind.Source), ("from", bind.From)], ("rw", bind.ReadWrite)),
        CacheMount cache => Fields(
            "cache",
            [
                ("target", cache.Target), ("id", cache.Id),
                ("sharing", cache.Sharing switch { CacheSharing.Private => "private", CacheSharing.Locked => "locked", _ => null }),
                ("from", cache.From), ("source", cache.Source), .. Owner(cache.Mode, cache.UserId, cache.GroupId),
            ],
            ("ro", cache.ReadOnly)),
        TmpfsMount memory => Fields("tmpfs", [("target", memory.Target), ("size", memory.Size)]),
        SecretMount secret =>
            Fields("secret", [
                ("id", secret.Id),
                ("target", secret.Target),
                ("env", secret.Environment),
                .. Owner(secret.Mode, secret.UserId, secret.GroupId),
            ], ("required", secret.Required)),
        SshMount ssh => Fields(
            "ssh",
            [("id", ssh.Id), ("target", ssh.Target), .. Owner(ssh.Mode, ssh.UserId, ssh.GroupId)],
            ("required", ssh.Required)),
        _ => throw new ArgumentOutOfRangeException(nameof(mount), mount.GetType().Name, "No text is known for this mount."),
    };

    private static IEnumerable<string> Fields(
        string type, IEnumerable<(string Key, string? Value)> values, params (string Key, bool IsSet)[] switches) =>
    [
        $"type={type}",
        .. values.Where(field => field.Value is not null).Select(field => $"{field.Key}={field.Value}"),
        .. switches.Where(field => field.IsSet).Select(field => field.Key),
    ];

    private static (string Key, string? Value)[] Owner(string? mode, string? user, string? group) =>
        [("mode", mode), ("uid", user), ("gid", group)];

    private static IEnumerable<string> Flags(params (string Name, string? Value)[] flags) =>
        flags.Where(flag => flag.Value is not null).Select(flag => Flag(flag.Name, flag.Value!));

    private static IEnumerable<string> Switches(params (string Name, bool IsSet)[] flags) =>
        flags.Where(flag => flag.IsSet).Select(flag => $"--{flag.Name}");

    /// <summary>
    /// Between the keyword and the arguments a backslash takes the meaning from quotes and blanks, whatever the escape character of the
    /// file is.
    /// </summary>
    private static string Flag(string name, string value)
    {
        var text = new StringBuilder($"--{name}=");
        foreach (var character in value)
        {
            text.Append(character is '\\' or '\'' or '"' || char.IsWhiteSpace(character) ? $"\\{character}" : character.ToString());
        }

        return text.ToString();
    }
}
