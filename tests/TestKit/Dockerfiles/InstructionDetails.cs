using System.Collections.Immutable;
using System.Globalization;
using ContainerStages.Stages;

namespace ContainerStages.TestKit.Dockerfiles;

/// <summary>The instructions with many options as text: one line for each option that says something.</summary>
internal static class InstructionDetails
{
    public static IEnumerable<string> Of(RunInstruction run) =>
    [
        StageDump.Command(run.Command),
        .. Options(("insecure", run.Insecure)),
        .. Texts(("network", run.Network == RunNetwork.Default ? null : run.Network.ToString())),
        .. run.Mounts.Select(Mount),
    ];

    public static IEnumerable<string> Of(AddInstruction add) =>
    [
        $"{string.Join(' ', add.Sources.Select(StageDump.Quote))} -> {StageDump.Quote(add.Destination)}",
        .. Texts(
            ("chown", add.Chown),
            ("chmod", add.Chmod),
            ("checksum", add.Checksum),
            ("unpack", add.Unpack?.ToString(CultureInfo.InvariantCulture))),
        .. Options(("link", add.Link), ("keep git folder", add.KeepGitDirectory)),
        .. Files(add.Excludes, add.Documents),
    ];

    public static IEnumerable<string> Of(HealthcheckInstruction check) =>
    [
        check.Command is null ? "none" : StageDump.Command(check.Command),
        .. Texts(
            ("interval", check.Interval),
            ("timeout", check.Timeout),
            ("start period", check.StartPeriod),
            ("start interval", check.StartInterval),
            ("retries", check.Retries)),
    ];

    public static IEnumerable<string> Options(params (string Name, bool IsSet)[] options) =>
        options.Where(option => option.IsSet).Select(option => option.Name);

    public static IEnumerable<string> Files(ImmutableArray<string> excludes, ImmutableArray<HereDocument> documents) =>
        excludes.Select(pattern => $"without {StageDump.Quote(pattern)}").Concat(documents.Select(Document));

    public static string Document(HereDocument document) =>
        $"document {document.Name} {StageDump.Range(document.Location)}{(document.Expand ? " expanded" : "")} " +
        $"{StageDump.Quote(document.Content)}";

    private static IEnumerable<string> Texts(params (string Name, string? Value)[] texts) =>
        texts.Where(text => text.Value is not null).Select(text => $"{text.Name} {StageDump.Quote(text.Value)}");

    private static string Mount(RunMount mount) => string.Join(", ", MountParts(mount));

    private static IEnumerable<string> MountParts(RunMount mount) => mount switch
    {
        VariableMount variable => [$"variable {StageDump.Quote(variable.Text)}", .. Texts(("from", variable.From))],
        BindMount bind =>
        [
            "bind",
            .. Texts(("target", bind.Target), ("source", bind.Source), ("from", bind.From)),
            .. Options(("writable", bind.ReadWrite)),
        ],
        CacheMount cache =>
        [
            $"cache {cache.Sharing}",
            .. Texts(
                ("target", cache.Target),
                ("id", cache.Id),
                ("source", cache.Source),
                ("from", cache.From),
                ("mode", cache.Mode),
                ("uid", cache.UserId),
                ("gid", cache.GroupId)),
            .. Options(("read-only", cache.ReadOnly)),
        ],
        TmpfsMount memory => ["tmpfs", .. Texts(("target", memory.Target), ("size", memory.Size))],
        SecretMount secret =>
        [
            "secret",
            .. Texts(
                ("target", secret.Target),
                ("id", secret.Id),
                ("env", secret.Environment),
                ("mode", secret.Mode),
                ("uid", secret.UserId),
                ("gid", secret.GroupId)),
            .. Options(("required", secret.Required)),
        ],
        SshMount ssh =>
        [
            "ssh",
            .. Texts(("target", ssh.Target), ("id", ssh.Id), ("mode", ssh.Mode), ("uid", ssh.UserId), ("gid", ssh.GroupId)),
            .. Options(("required", ssh.Required)),
        ],
        _ => throw new ArgumentOutOfRangeException(nameof(mount)),
    };
}
