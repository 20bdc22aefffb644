using System.Collections.Immutable;
using System.Text;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;
using ContainerStages.Planning;
using ContainerStages.Sandboxing;

namespace ContainerStages.Engines;

/// <summary>What another engine is to make.</summary>
/// <param name="Plan">Its platform.</param>
/// <param name="Place">Which of the platforms of the request it is, from 0.</param>
/// <param name="Stages">Each after those it uses.</param>
/// <param name="Reads">What is gathered of them; none where the last stage itself is wanted, up to its last command.</param>
/// <param name="Target">Name of the stage in the text; null for the last.</param>
/// <param name="Result">The file that receives it.</param>
/// <param name="Title">Names a stage for people.</param>
internal sealed record RemoteOrder(
    BuildPlan Plan,
    int Place,
    ImmutableArray<StagePlan> Stages,
    IReadOnlyList<StageRead> Reads,
    string? Target,
    string Result,
    Func<StagePlan, string> Title);

/// <summary>Carries out one order: text, context and secrets for the engine, and its work as events.</summary>
internal sealed class RemoteWork(
    IRemoteBuilder builder,
    EngineServices services,
    CopySources sources,
    Func<ImageReference,
    CancellationToken,
    Task<string>> locate) : IStageSources
{
    private const long LargeContext = 1_000_000_000;
    private readonly ContextArchive context = new();
    private readonly BuildSecrets secrets = new(services.Request.Commands);
    private readonly Dictionary<string, SecretSource> usedSecrets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<string>> usedAgents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> variables = new(StringComparer.Ordinal);
    private readonly Dictionary<ImageBase, string> images = new(ReferenceEqualityComparer.Instance);
    private readonly List<byte[]> hidden = [];

    /// <returns>The text that was built.</returns>
    /// <exception cref="BuildFailedException">A step failed, or the engine did, or it has nothing like what a step asks for.</exception>
    public async Task<StageText> BuildAsync(RemoteOrder order, Func<StagePlan, string> keyOf, CancellationToken cancellationToken)
    {
        if (services.Request.Policy.Offline)
        {
            throw new BuildFailedException(
                RemoteDiagnostics.Lacks(builder.Name, "a build that is offline: it pulls images itself", null));
        }

        var stages = order.Reads.Count == 0 ? CutAfterLastCommand(order.Stages) : order.Stages;
        foreach (var image in stages.SelectMany(Images).Where(image => !images.ContainsKey(image)))
        {
            images[image] = await FindAsync(image, cancellationToken);
        }

        foreach (var step in stages.SelectMany(stage => stage.Steps))
        {
            await StageAsync(step, cancellationToken);
        }

        var text = StageText.Of(stages, order.Reads, this, keyOf);
        text = text with { Stages =
        [
            .. text.Stages.Zip([.. stages.Select(order.Title), ""], (stage, title) => stage with { Stage = title }),
        ] };
        var policy = services.Request.Policy;
        var settings = services.Request.Commands;
        var build = new RemoteBuild
        {
            Text = text,
            Target = order.Target ?? text.Stages[^1].Name,
            Platform = order.Plan.Platform,
            Place = order.Place,
            RunsOn = [.. stages.Where(stage => stage.Steps.Any(step => step is RunStep)).Select(stage => stage.Platform).Distinct()],
            WriteContext = (stream, token) => context.Write(stream, text.Write(), token),
            Result = order.Result,
            IsImage = order.Target is null,
            NoCache = stages.Any(stage => policy.IsRunAgain(stage.Name)),
            Network = settings.Network,
            Commands = settings,
            Secrets = usedSecrets,
            Agents = usedAgents,
            Variables = variables,
        };
        var name = $"{builder.Name}-{(order.Target is null ? "image" : "files")}-{order.Plan.Platform}";
        var progress = new StageProgress(text, services.Events, new SecretMask(hidden), name);
        if (context.Measure() is (> LargeContext and var bytes, { } largest))
        {
            progress.Warn(RemoteDiagnostics.LargeContext(builder.Name, bytes, largest.HostPath!, largest.Status.Size));
        }

        await builder.BuildAsync(build, progress, cancellationToken);
        return File.Exists(order.Result)
            ? text
            : throw new BuildFailedException(RemoteDiagnostics.BadResult(builder.Name, "there is none"));
    }

    public string NameOf(ImageBase image) => images[image];

    public IReadOnlyList<string> PathsOf(PlannedCopy copy) => context.PathsOf(copy);

    public string PathOf(PlannedMachineMount mount) => context.Add(mount);

    public string PathOf(PlannedScript script) => context.Add(script);

    public string? EmptyFolder => builder.WorkdirIsOfUser ? null : ContextArchive.EmptyFolder;

    public bool HasSecret(string id) => services.Request.Commands.Secrets.ContainsKey(id);

    public bool HasAgent(string id) => services.Request.Commands.Ssh.ContainsKey(id);

    public string? SecretOf(PlannedMachineSecret secret)
    {
        if (Environment.GetEnvironmentVariable(secret.EngineVariable) is not { } value)
        {
            return null;
        }

        if (secret.Masked)
        {
            hidden.Add(Encoding.UTF8.GetBytes(value));
        }

        var id = "machine-" + secret.EngineVariable;
        usedSecrets[id] = new SecretSource { EnvironmentVariable = secret.EngineVariable };
        return id;
    }

    public void Pass(string name, string value) => variables[name] = value;

    public Exception Lacks(string what, PlanStep step) =>
        new BuildFailedException(RemoteDiagnostics.Lacks(builder.Name, what, step.Location));

    private static IEnumerable<ImageBase> Images(StagePlan stage) =>
        stage.Steps.SelectMany(step => step.Reads).Select(
            copy => (copy.From as FromImage)?.Image).Append(stage.Base as ImageBase).OfType<ImageBase>();

    private async Task<string> FindAsync(ImageBase image, CancellationToken cancellationToken) =>
        image.Reference.IsInRegistry
        ? await locate(image.Reference, cancellationToken)
        : throw new BuildFailedException(
            RemoteDiagnostics.Lacks(
                builder.Name,
                $"a stage that stands on '{image.Reference.FamiliarName}', which is in no registry",
                null));

    /// <summary>Of the stage that is wanted itself, what follows its last command is done here.</summary>
    private static ImmutableArray<StagePlan> CutAfterLastCommand(ImmutableArray<StagePlan> stages)
    {
        var last = stages[^1];
        var end = last.Steps.ToList().FindLastIndex(step => step is RunStep) + 1;
        return stages.SetItem(stages.Length - 1, last with { Steps = last.Steps[..end] });
    }

    /// <summary>Finds what the step reads of this machine, and what it must hide.</summary>
    private async Task StageAsync(PlanStep step, CancellationToken cancellationToken)
    {
        foreach (var copy in step.Reads.Where(copy => !copy.From.IsOfLayers))
        {
            var selection = await sources.SelectAsync(copy, cancellationToken);
            if (step is RunStep && selection.Sources.Count == 0)
            {
                throw new BuildFailedException(
                    MountRunDiagnostics.SourceNotFound(copy.Sources[0], sources.Describe(copy.From), step.Location));
            }

            context.Add(selection);
        }

        if (step is not RunStep run)
        {
            return;
        }

        foreach (var variable in run.HiddenEnvironment.Select(variable => variable.Split('=', 2)))
        {
            variables[variable[0]] = variable[1];
        }

        foreach (var mount in run.Mounts)
        {
            Use(mount, run);
        }
    }

    private void Use(PlannedMount mount, RunStep step)
    {
        switch (mount)
        {
            case PlannedSecret secret when secrets.Read(secret, step.Location) is { } value:
                hidden.Add(value);
                usedSecrets[secret.Id] = services.Request.Commands.Secrets[secret.Id];
                break;
            case PlannedSsh ssh when services.Request.Commands.Ssh.TryGetValue(ssh.Id, out var agent):
                usedAgents[ssh.Id] = agent;
                break;
            case PlannedSsh { Required: true } ssh:
                throw new BuildFailedException(MountRunDiagnostics.AgentMissing(ssh.Id, step.Location));
        }
    }
}
