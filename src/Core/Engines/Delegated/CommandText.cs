using System.Collections.Immutable;
using System.Globalization;
using ContainerStages.Planning;
using ContainerStages.Stages;

namespace ContainerStages.Engines;

/// <summary>One planned command as a RUN of a Dockerfile.</summary>
/// <param name="reference">What follows <c>from=</c> for a source of layers.</param>
internal sealed class CommandText(RunStep step, IStageSources sources, Func<CopySource, PlanStep, string> reference)
{
    private const string SecretFolder = "/run/containerstages/";
    private readonly WordExpander words = new(WordExpander.DefaultEscape);
    private readonly List<RunMount> mounts = [];
    private readonly List<(string Name, string? File)> variables = [];

    public RunInstruction Write()
    {
        foreach (var mount in step.Mounts)
        {
            Add(mount);
        }

        return new RunInstruction(default, "", new ExecForm(WithVariables()))
        {
            Mounts = [.. mounts],
            Network = step.Network,
            Insecure = step.Insecure,
        };
    }

    /// <summary>
    /// Secrets that are variables come as files, which older Dockerfile languages have too: a shell reads them to the last byte before it
    /// becomes the command.
    /// </summary>
    private ImmutableArray<string> WithVariables()
    {
        if (variables.Count == 0)
        {
            return step.Arguments;
        }

        var script = string.Concat(variables.Select(variable => variable.File is { } file
            ? $"{variable.Name}=\"$(cat '{file}'; echo .)\"; export {variable.Name}=\"${{{variable.Name}%.}}\"; "
            : $"export {variable.Name}=; "));
        return ["/bin/sh", "-c", script + "exec \"$@\"", "sh", .. step.Arguments];
    }

    private void Add(PlannedMount mount)
    {
        switch (mount)
        {
            case PlannedBind bind:
                mounts.Add(Bind(bind));
                break;
            case PlannedCache cache:
                mounts.Add(Cache(cache));
                break;
            case PlannedTmpfs memory:
                mounts.Add(new TmpfsMount(Protect(memory.Target!), memory.Size?.ToString(CultureInfo.InvariantCulture)));
                break;
            case PlannedSecret secret:
                AddSecret(secret);
                break;
            case PlannedMachineMount machine:
                mounts.Add(new BindMount(Protect(machine.Target!), sources.PathOf(machine), null, ReadWrite: false));
                break;
            case PlannedMachineSecret secret when sources.SecretOf(secret) is { } id:
                AddSecret(id, secret.Target, secret.Variable, new FileOwner(null, null, null));
                break;
            case PlannedScript script:
                mounts.Add(new BindMount(Protect(script.Target!), sources.PathOf(script), null, ReadWrite: false));
                break;
            case PlannedSsh ssh when ssh.Required || sources.HasAgent(ssh.Id):
                var (mode, user, group) = Texts(ssh.Owner);
                mounts.Add(new SshMount(Protect(ssh.Target!))
                {
                    Id = Protect(ssh.Id),
                    Required = ssh.Required,
                    Mode = mode,
                    UserId = user,
                    GroupId = group,
                });
                break;
        }
    }

    private BindMount Bind(PlannedBind bind)
    {
        var files = bind.Files;
        return files.From.IsOfLayers
            ? new BindMount(Protect(bind.Target!), Protect(files.Sources[0]), reference(files.From, step), bind.ReadWrite)
            : new BindMount(Protect(bind.Target!), Protect(sources.PathsOf(files)[0].TrimEnd('/')), null, bind.ReadWrite);
    }

    private CacheMount Cache(PlannedCache cache)
    {
        var (mode, user, group) = Texts(cache.Owner);
        return new CacheMount(Protect(cache.Target!))
        {
            Id = Protect(string.Join('/', [.. cache.Apart.Select(Short), cache.Id])),
            Sharing = cache.Sharing,
            From = cache.Files is { } files ? reference(files.From, step) : null,
            Source = cache.Files is { Sources: [var source] } ? Protect(source) : null,
            ReadOnly = cache.ReadOnly,
            Mode = mode,
            UserId = user,
            GroupId = group,
        };
    }

    // The name of a base is a list of digests.
    private static string Short(string part) => part.Length <= 32 ? part : Content.StoreDirectory.KeyOf(part)[..16];

    /// <summary>The variable is there also where the build has no such secret.</summary>
    private void AddSecret(PlannedSecret secret)
    {
        if (sources.HasSecret(secret.Id))
        {
            AddSecret(secret.Id, secret.Target, secret.Variable, secret.Owner, secret.Required);
        }
        else if (secret.Variable is { } variable)
        {
            variables.Add((variable, null));
        }
    }

    private void AddSecret(string id, string? target, string? variable, FileOwner owner, bool required = true)
    {
        if (target is not null)
        {
            var (mode, user, group) = Texts(owner);
            mounts.Add(
                new SecretMount(Protect(target)) { Id = Protect(id), Required = required, Mode = mode, UserId = user, GroupId = group });
        }

        if (variable is not null)
        {
            // Whoever the command runs as reads it.
            var file = SecretFolder + variables.Count.ToString(CultureInfo.InvariantCulture);
            mounts.Add(new SecretMount(file) { Id = Protect(id), Required = required, Mode = "0444" });
            variables.Add((variable, file));
        }
    }

    private static (string? Mode, string? User, string? Group) Texts(FileOwner owner) => (
        owner.Mode is { } mode ? "0" + Convert.ToString(mode, 8) : null,
        owner.UserId?.ToString(CultureInfo.InvariantCulture),
        owner.GroupId?.ToString(CultureInfo.InvariantCulture));

    private string Protect(string word) => words.Protect(word);
}
