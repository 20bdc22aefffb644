using System.Collections.Immutable;
using System.Globalization;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;
using ContainerStages.Stages;

namespace ContainerStages.Planning;

/// <summary>
/// Goes through one stage's instructions in order, expanding their words with the arguments and variables in force, and collects steps,
/// configuration and history. Source: Dockerfile reference.
/// </summary>
internal sealed class StagePlanner
{
    private static readonly ImmutableArray<string> DefaultShell = ["/bin/sh", "-c"];
    private readonly Stage stage;
    private readonly PlannedBase start;
    private readonly PlanScope scope;
    private readonly Platform platform;
    private readonly StageVariables variables;
    private readonly ConfigBuilder config;
    private readonly FilePlanner files;
    private readonly ImmutableArray<PlanStep>.Builder steps = ImmutableArray.CreateBuilder<PlanStep>();
    private readonly ImmutableArray<PlannedHistory>.Builder history = ImmutableArray.CreateBuilder<PlannedHistory>();
    private string? author;
    private int number;

    public StagePlanner(Stage stage, PlannedBase start, PlanScope scope)
    {
        (this.stage, this.start, this.scope) = (stage, start, scope);
        platform = PlatformOf(stage, start, scope.Platform);
        config = new ConfigBuilder(start);
        variables = new StageVariables(scope, config, start);
        files = new FilePlanner(scope, variables, config);
    }

    public StagePlan Plan()
    {
        foreach (var instruction in stage.Instructions)
        {
            number++;
            Add(instruction);
        }

        return new StagePlan
        {
            Name = stage.DisplayName,
            Base = start,
            Platform = platform,
            Steps = steps.ToImmutable(),
            Config = config.ToConfig(),
            Arguments = variables.Arguments,
            Author = author,
            History = history.ToImmutable(),
        };
    }

    private static Platform PlatformOf(Stage stage, PlannedBase start, Platform wanted) => start switch
    {
        ImageBase image => image.Config.Platform,
        StageBase other => other.Stage.Platform,
        _ when stage.Platform is { } text =>
            Platform.TryParse(text) ?? throw new BuildFailedException(PlanDiagnostics.BadPlatform(text, stage.Location)),
        _ => wanted,
    };

    private void Add(Instruction instruction)
    {
        switch (instruction)
        {
            case RunInstruction run:
                AddRun(run);
                return;
            case CopyInstruction copy:
                AddStep(instruction.Text, new CopyStep(number, copy.Text, copy.Location, files.Plan(copy)) { Link = copy.Link });
                return;
            case AddInstruction add:
                AddStep(instruction.Text, new CopyStep(number, add.Text, add.Location, files.Plan(add)) { Link = add.Link });
                return;
            case ArtifactsInstruction artifacts:
                AddStep(
                    instruction.Text,
                    new CopyStep(number, artifacts.Text, artifacts.Location, [.. artifacts.Copies.SelectMany(copy => files.Plan(copy))]));
                return;
            case WorkdirInstruction workdir:
                AddWorkdir(workdir);
                return;
            case ArgInstruction argument:
                variables.Declare(argument);
                break;
            case MaintainerInstruction maintainer:
                author = maintainer.Author;
                break;
            case OnBuildInstruction trigger:
                // No entry of the history, as in BuildKit: nothing happened to this image.
                config.OnBuild.Add(trigger.Trigger);
                return;
            default:
                AddMetadata(instruction);
                break;
        }

        history.Add(new PlannedHistory(instruction.Text, null));
    }

    private void AddMetadata(Instruction instruction)
    {
        switch (instruction)
        {
            case EnvInstruction env:
                var values = env.Variables.Select(pair => (Expand(pair.Name, env), Expand(pair.Value ?? "", env))).ToArray();
                foreach (var (name, value) in values)
                {
                    config.SetVariable(name, value);
                    variables.Forget(name);
                }

                break;
            case LabelInstruction label:
                foreach (var pair in label.Labels)
                {
                    config.Labels[Expand(pair.Name, label)] = Expand(pair.Value ?? "", label);
                }

                break;
            case BaseVariablesInstruction:
                BaseVariables.Apply(config);
                break;
            case UserInstruction user:
                config.User = Expand(user.User, user);
                break;
            case ExposeInstruction expose:
                AddPorts(expose);
                break;
            case VolumeInstruction volume:
                config.Volumes.UnionWith(volume.Paths.Select(path => Required("VOLUME", path, volume)));
                break;
            case StopSignalInstruction signal:
                config.StopSignal = Required("STOPSIGNAL", signal.Signal, signal) is var written && StopSignals.IsKnown(written)
                    ? written
                    : throw new BuildFailedException(PlanDiagnostics.UnknownSignal(written, signal.Location));
                break;
            case ShellInstruction shell:
                config.Shell = shell.Shell;
                break;
            case CmdInstruction cmd:
                config.SetCmd(Words(cmd.Command));
                break;
            case EntrypointInstruction entrypoint:
                config.SetEntrypoint(Words(entrypoint.Command));
                break;
            case HealthcheckInstruction check:
                config.Healthcheck = HealthcheckReader.Read(check, check.Command is { } probe ? Test(probe) : ["NONE"]);
                break;
            default:
                throw new NotSupportedException($"The planner does not know {instruction.GetType().Name}.");
        }
    }

    private void AddPorts(ExposeInstruction expose)
    {
        foreach (var written in expose.Ports)
        {
            var ports = variables.ExpandWords(written, expose.Location);
            config.Ports.UnionWith(ports.SelectMany(port => Ports.Read(port, expose.Location)));
            if (written.Contains('$', StringComparison.Ordinal))
            {
                scope.Checks.Ports(expose, ports);
            }
        }
    }

    private void AddRun(RunInstruction run)
    {
        var (arguments, script) = RunCommand.Of(run.Command, config.Shell ?? DefaultShell);
        var declared = variables.Arguments.Where(argument => argument.Value is not null)
            .OrderBy(argument => argument.Key, StringComparer.Ordinal)
            .ToArray();
        var scoped = declared.Length == 0
            ? ""
            : $"|{declared.Length.ToString(CultureInfo.InvariantCulture)} " +
                $"{string.Join(' ', declared.Select(argument => $"{argument.Key}={argument.Value}"))} ";
        var environment = variables.ForCommand();
        var step = new RunStep(number, run.Text, run.Location, arguments, environment, config.WorkingDirectory, config.User ?? "")
        {
            Mounts = new MountPlanner(run, variables, scope, start, config.WorkingDirectory).Plan(script),
            Network = run.Network,
            Insecure = run.Insecure,
            Explain = run.Explain,
            Platform = platform,
            HiddenEnvironment = ProxyArguments.For(scope.BuildArguments, environment),
        };
        AddStep($"RUN {scoped}{string.Join(' ', arguments)}", step);
    }

    private void AddWorkdir(WorkdirInstruction workdir)
    {
        var path = Expand(workdir.Path, workdir);
        config.WorkingDirectory = path.StartsWith('/') ? path : ImagePath.Absolute(config.WorkingDirectory, path);
        AddStep(
            $"WORKDIR {config.WorkingDirectory}",
            new WorkdirStep(number, workdir.Text, workdir.Location, config.WorkingDirectory, config.User ?? ""));
    }

    private void AddStep(string createdBy, PlanStep step)
    {
        history.Add(new PlannedHistory(createdBy, steps.Count));
        steps.Add(step);
    }

    /// <summary>
    /// The shell of the container, not that of the build, runs the shell form. Source: Docker image specification 1.2, Healthcheck.
    /// </summary>
    private ImmutableArray<string> Test(CommandLine probe) => probe switch
    {
        ShellForm shell => ["CMD-SHELL", shell.Text],
        _ => ["CMD", .. Words(probe)],
    };

    private ImmutableArray<string> Words(CommandLine command) => command switch
    {
        ExecForm exec => exec.Arguments,
        ShellForm shell => [.. config.Shell ?? DefaultShell, shell.Text],
        _ => throw new NotSupportedException($"The planner does not know {command.GetType().Name}."),
    };

    private string Expand(string word, Instruction instruction) => variables.Expand(word, instruction.Location);

    private string Required(string what, string word, Instruction instruction) =>
        Expand(word, instruction) is { Length: > 0 } value
            ? value
            : throw new BuildFailedException(PlanDiagnostics.EmptyValue(what, word, instruction.Location));
}
