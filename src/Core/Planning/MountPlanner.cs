using System.Collections.Immutable;
using System.Globalization;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Stages;

namespace ContainerStages.Planning;

/// <summary>Expands the words of a RUN's mounts and fills in what they leave out. Source: Dockerfile reference, RUN --mount.</summary>
internal sealed class MountPlanner(
    RunInstruction run, StageVariables variables, PlanScope scope, PlannedBase start, string workingDirectory)
{
    private int agents;

    public ImmutableArray<PlannedMount> Plan(PlannedScript? script) =>
        [.. run.Mounts.Select(Plan), .. script is null ? (PlannedMount[])[] : [script]];

    private PlannedMount Plan(RunMount mount) => mount switch
    {
        VariableMount variable => Plan(variable.Read(word => variables.Expand(word, run.Location))),
        BindMount bind => new PlannedBind(Target(bind), Files(bind.From, bind.Source), bind.ReadWrite),
        CacheMount cache => Cache(cache),
        TmpfsMount tmpfs => new PlannedTmpfs(Target(tmpfs), tmpfs.Size is null ? null : Size(tmpfs.Size)),
        SecretMount secret => Secret(secret),
        MachineMount machine => new PlannedMachineMount(machine.Target!, machine.Source),
        MachineSecretMount secret => new PlannedMachineSecret(secret.Target, secret.EngineVariable, secret.Variable, secret.Masked),
        SshMount ssh => new PlannedSsh(
            Absolute(ssh.Target) ?? $"/run/buildkit/ssh_agent.{(agents++).ToString(CultureInfo.InvariantCulture)}",
            Expand(ssh.Id) ?? "default",
            ssh.Required,
            Owner(ssh.Mode, ssh.UserId, ssh.GroupId)),
        _ => throw new NotSupportedException($"The planner does not know {mount.GetType().Name}."),
    };

    private PlannedCache Cache(CacheMount cache)
    {
        var target = Target(cache);
        var files = cache.From is null ? null : Files(cache.From, cache.Source);
        var id = Expand(cache.Id) ?? target;
        return new PlannedCache(
            target,
            scope.BuildKit.CacheNamespace is { } others ? $"{others}/{id}" : id,
            cache.Sharing,
            files,
            cache.ReadOnly,
            Owner(cache.Mode, cache.UserId, cache.GroupId))
        {
            Apart = cache.Convention is { } convention ? [convention, cache.OfBase ? NameOf(start) : "any base"] : [],
        };
    }

    /// <summary>By its files: an image that was built anew from the same ones is the same base.</summary>
    private static string NameOf(PlannedBase start) => start is ImageBase image ? string.Join(' ', image.Config.RootFs.DiffIds) : "no base";

    private PlannedSecret Secret(SecretMount secret)
    {
        var written = Expand(secret.Target);
        var id = Expand(secret.Id) ?? written?.Split('/')[^1];
        if (string.IsNullOrEmpty(id))
        {
            throw new BuildFailedException(MountRunDiagnostics.NoTarget("secret", run.Location));
        }

        var variable = Expand(secret.Environment);
        var target = Absolute(secret.Target) ?? (variable is null ? "/run/secrets/" + id : null);
        return new PlannedSecret(target, id, variable, secret.Required, Owner(secret.Mode, secret.UserId, secret.GroupId));
    }

    private PlannedCopy Files(string? from, string? source) => new(
        from is null ? new FromContext() : scope.Source(new CopyInstruction(run.Location, run.Text, [], "/", from)),
        [ImagePath.Absolute("/", Expand(source) ?? "/")],
        "/files",
        null,
        null,
        run.Location)
    {
        Instruction = "RUN",
        Optional = true,
    };

    /// <summary>Without a target, the working directory, as in BuildKit.</summary>
    private string Target(RunMount mount) =>
        (Absolute(mount.Target) ?? workingDirectory) is var target && target != "/"
            ? target
            : throw new BuildFailedException(MountRunDiagnostics.NoTarget(NameOf(mount), run.Location));

    private string? Absolute(string? target) => Expand(target) is { } path ? ImagePath.Absolute(workingDirectory, path) : null;

    private FileOwner Owner(string? mode, string? user, string? group) => new(
        mode is null ? null : Number(mode, "mode", 8, 0xFFF),
        user is null ? null : Number(user, "uid", 10, int.MaxValue),
        group is null ? null : Number(group, "gid", 10, int.MaxValue));

    private uint Number(string word, string key, uint radix, uint highest)
    {
        var text = Expand(word) ?? "";
        ulong value = 0;
        foreach (var digit in text)
        {
            value = digit >= '0' && digit < '0' + radix ? Math.Min((value * radix) + digit - '0', uint.MaxValue) : uint.MaxValue;
        }

        return text.Length > 0 && value <= highest
            ? (uint)value
            : throw new BuildFailedException(MountRunDiagnostics.InvalidValue(
                key, text, radix == 8 ? "an octal mode such as 0755" : "a number from 0 to 2147483647", run.Location));
    }

    private long Size(string word)
    {
        var text = Expand(word) ?? "";
        return ByteCount.TryParse(text)
            ?? throw new BuildFailedException(
                MountRunDiagnostics.InvalidValue("size", text, "bytes, or a number with k, m or g", run.Location));
    }

    private string? Expand(string? word) => word is not null && variables.Expand(word, run.Location) is { Length: > 0 } text ? text : null;

    private static string NameOf(RunMount mount) => mount switch
    {
        BindMount => "bind",
        CacheMount => "cache",
        TmpfsMount => "tmpfs",
        _ => "ssh",
    };
}
