using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Planning;
using ContainerStages.Sandboxing;
using ContainerStages.Snapshots;
using ContainerStages.Stages;

namespace ContainerStages.Engines;

/// <summary>
/// What a command's mounts became: mounts of the sandbox, variables, values that no event may show, and caches in use until this is
/// disposed.
/// </summary>
internal sealed class PreparedMounts(
    ImmutableArray<SandboxMount> mounts,
    ImmutableArray<string> environment,
    SecretMask secrets,
    IReadOnlyList<IDisposable> held) : IDisposable
{
    public ImmutableArray<SandboxMount> Mounts { get; } = mounts;

    /// <summary><c>NAME=value</c>.</summary>
    public ImmutableArray<string> Environment { get; } = environment;

    public SecretMask Secrets { get; } = secrets;

    public void Dispose()
    {
        foreach (var item in held)
        {
            item.Dispose();
        }
    }
}

/// <summary>Prepares the mounts of one command in a folder of its own that is thrown away afterwards.</summary>
internal sealed class RunMounts(EngineServices services, CopySources sources, RunStep step, string folder)
{
    private readonly BuildSecrets secrets = new(services.Request.Commands);
    private readonly CacheFolders caches = new(services.Store);
    private readonly List<SandboxMount> mounts = [];
    private readonly List<string> environment = [];
    private readonly List<byte[]> values = [];
    private readonly List<IDisposable> held = [];

    public async Task<PreparedMounts> PrepareAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var mount in step.Mounts)
            {
                CheckTarget(mount);
                await AddAsync(mount, cancellationToken);
            }

            // Caches are waited for last, when nothing is left that another build could be waiting for, and in one order for all.
            await AddCachesAsync(cancellationToken);
        }
        catch
        {
            held.ForEach(item => item.Dispose());
            throw;
        }

        // A mount inside another one comes after it.
        return new PreparedMounts(
            [.. mounts.OrderBy(mount => mount.Target.Count(letter => letter == '/'))], [.. environment], new SecretMask(values), held);
    }

    // A mount there would hide what hides the machine's secrets, and programs believe what they read in it. Source: runc, checkProcMount.
    private void CheckTarget(PlannedMount mount)
    {
        if (mount.Target is { } target && (target + "/").StartsWith("/proc/", StringComparison.Ordinal))
        {
            throw new BuildFailedException(RunDiagnostics.MountInProc(target, step.Location));
        }
    }

    private async Task AddAsync(PlannedMount mount, CancellationToken cancellationToken)
    {
        switch (mount)
        {
            case PlannedBind bind:
                mounts.Add(await BindAsync(bind, cancellationToken));
                break;
            case PlannedTmpfs tmpfs:
                mounts.Add(new MemoryMount(tmpfs.Target!, tmpfs.Size));
                break;
            case PlannedScript script:
                mounts.Add(new ContentMount(script.Target!, Encoding.UTF8.GetBytes(script.Content), 0x1ED, 0, 0));
                break;
            case PlannedSecret secret:
                AddSecret(secret, secrets.Read(secret, step.Location));
                break;
            case PlannedMachineMount machine:
                mounts.Add(new HostMount(machine.Target!, machine.Source, Directory.Exists(machine.Source), ReadOnly: true));
                break;
            case PlannedMachineSecret secret when Environment.GetEnvironmentVariable(secret.EngineVariable) is { } value:
                AddMachineSecret(secret, value);
                break;
            case PlannedSsh ssh:
                AddAgent(ssh, await services.Agents.FindAsync(ssh, step.Location, cancellationToken));
                break;
        }
    }

    /// <summary>The variable is there also where the build has no such secret, as with BuildKit.</summary>
    private void AddSecret(PlannedSecret secret, byte[]? value)
    {
        var text = Encoding.UTF8.GetString(value ?? []);
        values.Add(value ?? []);
        if (secret.Target is { } target && value is not null)
        {
            mounts.Add(new ContentMount(target, value, secret.Owner.Mode ?? 0x100, secret.Owner.UserId ?? 0, secret.Owner.GroupId ?? 0));
        }

        if (secret.Variable is { } variable)
        {
            environment.Add($"{variable}={text}");
        }
    }

    private void AddMachineSecret(PlannedMachineSecret secret, string value)
    {
        if (secret.Masked)
        {
            values.Add(Encoding.UTF8.GetBytes(value));
        }

        if (secret.Target is { } target)
        {
            mounts.Add(new ContentMount(target, Encoding.UTF8.GetBytes(value), 0x100, 0, 0));
        }

        if (secret.Variable is { } variable)
        {
            environment.Add($"{variable}={value}");
        }
    }

    /// <summary>The variable is there also where no agent is, as with BuildKit.</summary>
    private void AddAgent(PlannedSsh ssh, string? socket)
    {
        if (socket is not null)
        {
            Directory.CreateDirectory(folder);
            var path = Next();
            held.Add(new AgentSocket(path, socket, ssh.Owner, Warn));
            void Warn(string reason) =>
                services.Events.Report(new DiagnosticReported(RunDiagnostics.AgentUnreachable(ssh.Id, socket, reason, step.Location)));
            mounts.Add(new HostMount(ssh.Target!, path, IsFolder: false, ReadOnly: false));
        }

        if (!environment.Exists(variable => variable.StartsWith("SSH_AUTH_SOCK=", StringComparison.Ordinal)))
        {
            environment.Add("SSH_AUTH_SOCK=" + ssh.Target);
        }
    }

    private async Task<SandboxMount> BindAsync(PlannedBind bind, CancellationToken cancellationToken)
    {
        if (!bind.Files.From.IsOfLayers)
        {
            // A copy: of the context only what the ignore file leaves is to be seen, and owned by root as after COPY.
            var copied = await CopyAsync(bind.Files, cancellationToken);
            return new HostMount(bind.Target!, copied, Directory.Exists(copied), !bind.ReadWrite);
        }

        var source = bind.Files.Sources[0];
        var stack = await sources.StackOfAsync(bind.Files.From, cancellationToken);
        var layers = await stack.EnsureAsync(services.Snapshots, cancellationToken);
        var entry = new UnionView(layers).Find(source) ?? throw NotFound(bind.Files);
        return layers.IsEmpty
            ? new HostMount(bind.Target!, Directory.CreateDirectory(Next()).FullName, IsFolder: true, !bind.ReadWrite)
            : new StackMount(bind.Target!, layers, source, entry.IsDirectory, !bind.ReadWrite);
    }

    private async Task AddCachesAsync(CancellationToken cancellationToken)
    {
        var named = new List<(PlannedCache Cache, string Name)>();
        foreach (var cache in step.Mounts.OfType<PlannedCache>())
        {
            named.Add(
                (cache, CacheFolders.NameOf(cache, cache.Files is null ? "" : await sources.DigestAsync(cache.Files, cancellationToken))));
        }

        foreach (var group in named.GroupBy(item => item.Name).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var path = await UseAsync(group.Key, [.. group.Select(item => item.Cache)], cancellationToken);
            mounts.AddRange(group.Select(item => new HostMount(item.Cache.Target!, path, IsFolder: true, item.Cache.ReadOnly)));
        }
    }

    private async Task<string> UseAsync(string name, IReadOnlyList<PlannedCache> mounted, CancellationToken cancellationToken)
    {
        var sharing = mounted.Max(cache => cache.Sharing);
        var files = mounted[0].Files is { } planned ? await CopyAsync(planned, cancellationToken) : null;
        if (files is not null && !Directory.Exists(files))
        {
            throw NotFound(mounted[0].Files!);
        }

        var cache = await caches.UseAsync(name, sharing, cancellationToken);
        held.Add(cache);
        if (sharing != CacheSharing.Private)
        {
            services.Memory.RecordMount(name);
            files = await SharedFilesAsync(name, cache.Path, mounted[0].Target!, cancellationToken) ?? files;
        }

        var owner = files is null ? mounted[0].Owner : OwnerOf(files, mounted[0].Owner);
        await caches.CreateAsync(name, cache.Path, files ?? Next(), owner, cancellationToken);
        return cache.Path;
    }

    /// <summary>What another machine's cache held, where this one begins a new one; or null.</summary>
    private async Task<string?> SharedFilesAsync(string name, string path, string target, CancellationToken cancellationToken)
    {
        var unpacked = Next();
        return !Directory.Exists(path) && await services.Shared.UnpackMountAsync(name, target, unpacked, cancellationToken)
            ? unpacked
            : null;
    }

    private static FileOwner OwnerOf(string folder, FileOwner wanted)
    {
        Posix.FileCalls.TryStat(folder, out var status);
        return new FileOwner(wanted.Mode ?? status.Permissions, wanted.UserId ?? status.UserId, wanted.GroupId ?? status.GroupId);
    }

    private async Task<string> CopyAsync(PlannedCopy files, CancellationToken cancellationToken)
    {
        var selection = await sources.SelectAsync(files, cancellationToken);
        if (selection.Sources.Count == 0)
        {
            throw NotFound(files);
        }

        var root = Directory.CreateDirectory(Next()).FullName;
        var scratch = Next();
        LayerComposer.Write(
            new UnionView([]),
            root,
            StepRunners.ComposedTime,
            composer => CopyStepRunner.Copy(selection, [], composer, scratch, cancellationToken));
        return root + files.Destination;
    }

    private string Next() => Path.Combine(folder, "mount-" + (count++).ToString(CultureInfo.InvariantCulture));

    private int count;

    private BuildFailedException NotFound(PlannedCopy files) =>
        new(MountRunDiagnostics.SourceNotFound(files.Sources[0], sources.Describe(files.From), step.Location));
}
