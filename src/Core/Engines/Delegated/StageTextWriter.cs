using System.Collections.Immutable;
using ContainerStages.Dockerfile;
using ContainerStages.Planning;
using ContainerStages.Sandboxing;
using ContainerStages.Stages;

namespace ContainerStages.Engines;

/// <summary>Writes planned stages as lines of a Dockerfile.</summary>
internal sealed class StageTextWriter
{
    private static readonly WordExpander Words = new(WordExpander.DefaultEscape);
    private readonly Dictionary<StagePlan, string> names = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<StagePlan, TrackedStage> ends = new(ReferenceEqualityComparer.Instance);
    private readonly IStageSources sources;

    public StageTextWriter(ImmutableArray<StagePlan> stages, IStageSources sources)
    {
        this.sources = sources;
        foreach (var (index, stage) in stages.Index())
        {
            names.Add(stage, $"s{index}");
        }
    }

    public TextStage Write(StagePlan stage)
    {
        var state = stage.Base switch
        {
            StageBase other => ends[other.Stage].ForStageAbove(),
            ImageBase image =>
                new TrackedStage(image.Config.Config?.Env ?? [], image.Config.Config?.User ?? "", image.Config.Config?.WorkingDir ?? ""),
            _ => new TrackedStage([], "", ""),
        };
        ends.Add(stage, state);
        var lines = stage.Steps.SelectMany(step => Lines(step, state)).ToImmutableArray();
        var title = (stage.Base as ImageBase) is { } pulled ? PulledBase.NameOf(pulled.Reference) : null;
        return new TextStage(names[stage], stage.Name, $"FROM {From(stage)} AS {names[stage]}", title, lines);
    }

    /// <summary>The line that gathers one source.</summary>
    public TextLine Gather(StageRead read, GatheredPath path)
    {
        var source = path.MayBeMissing ? $"{path.Source[..^1]}[{path.Source[^1]}]" : path.Source;
        return new TextLine(
            Text(
                new CopyInstruction(
                    default,
                    "",
                    [Words.Protect(source)],
                    Words.Protect(path.Destination + (path.Source == "/" ? "/" : "")),
                    names[read.Stage])),
            null,
            read);
    }

    private string From(StagePlan stage) => stage.Base switch
    {
        ImageBase image => $"--platform={stage.Platform} {sources.NameOf(image)}",
        StageBase other => names[other.Stage],
        _ => "scratch",
    };

    private IEnumerable<TextLine> Lines(PlanStep step, TrackedStage state) => step switch
    {
        RunStep run => [.. Prepare(run, state), new TextLine(Text(new CommandText(run, sources, Reference).Write()), run)],
        WorkdirStep workdir => Workdir(workdir, state),
        CopyStep copy => copy.Copies.SelectMany(one => Copy(copy, one)),
        _ => throw new NotSupportedException($"No text is known for {step.GetType().Name}."),
    };

    private IEnumerable<TextLine> Workdir(WorkdirStep step, TrackedStage state)
    {
        foreach (var line in User(step.User, state))
        {
            yield return line;
        }

        if (sources.EmptyFolder is { } empty && step.User.Split(':')[0] is not ("" or "0" or "root"))
        {
            yield return new TextLine(
                Text(
                    new CopyInstruction(
                        default,
                        "",
                        [empty],
                        Words.Protect(step.Path.TrimEnd('/') + "/"),
                        Chown: Words.Protect(step.User))),
                null);
        }

        state.WorkingDirectory = step.Path;
        yield return new TextLine(Text(new WorkdirInstruction(default, "", Words.Protect(step.Path))), step);
    }

    /// <summary>
    /// User, folder and variables, where they are not what the lines before have set. A variable of this stage alone is an argument: stages
    /// above have their own.
    /// </summary>
    private IEnumerable<TextLine> Prepare(RunStep step, TrackedStage state)
    {
        foreach (var line in User(step.User, state))
        {
            yield return line;
        }

        if (step.WorkingDirectory != (state.WorkingDirectory.Length == 0 ? "/" : state.WorkingDirectory))
        {
            state.WorkingDirectory = step.WorkingDirectory;
            yield return new TextLine(Text(new WorkdirInstruction(default, "", Words.Protect(step.WorkingDirectory))), null);
        }

        foreach (var variable in step.Environment)
        {
            var equals = variable.IndexOf('=', StringComparison.Ordinal);
            var (name, value) = (variable[..equals], variable[(equals + 1)..]);
            if (state.Set(name, value) is { } isArgument)
            {
                yield return new TextLine(Variable(name, value, isArgument, step), null);
            }
        }
    }

    private string Variable(string name, string value, bool isArgument, PlanStep step)
    {
        if (value.AsSpan().IndexOfAny('\r', '\n') < 0)
        {
            ImmutableArray<NameValue> pair = [new NameValue(Words.Protect(name), Quoted(value))];
            return Text(isArgument ? new ArgInstruction(default, "", pair) : new EnvInstruction(default, "", pair));
        }

        if (!isArgument)
        {
            throw sources.Lacks($"a variable of the image ('{name}') that is set to several lines", step);
        }

        sources.Pass(name, value);
        return Text(new ArgInstruction(default, "", [new NameValue(name, null)]));
    }

    /// <summary>In quotes, which keep blanks at the end, and empty values.</summary>
    private static string Quoted(string value) =>
        $"\"{string.Concat(value.Select(character => character is '"' or '\\' or '$' ? $"\\{character}" : character.ToString()))}\"";

    private static IEnumerable<TextLine> User(string user, TrackedStage state)
    {
        if (user != state.User)
        {
            state.User = user;
            yield return new TextLine(Text(new UserInstruction(default, "", Words.Protect(user.Length == 0 ? "0" : user))), null);
        }
    }

    private IEnumerable<TextLine> Copy(CopyStep step, PlannedCopy copy)
    {
        if (copy.Append)
        {
            throw sources.Lacks("a step that adds lines to a file of the image", step);
        }

        var paths = copy.From.IsOfLayers ? copy.Sources : [.. sources.PathsOf(copy)];
        if (paths.IsEmpty)
        {
            return [];
        }

        var isHere = !copy.From.IsOfLayers;
        var chmod = copy.Chmod is { } mode && (!isHere || mode.All(char.IsAsciiDigit)) ? Words.Protect(mode) : null;
        var chown = copy.Chown is { } owner ? Words.Protect(owner) : null;
        ImmutableArray<string> words = [.. paths.Select(path => Words.Protect(isHere ? Literal(path) : path))];
        // What is here has its folders above it, and lacks what is left out.
        var destination = Words.Protect(
            isHere && copy.Parents && !copy.Destination.EndsWith('/') ? copy.Destination + "/" : copy.Destination);
        Instruction line = copy.Unpack
            ? new AddInstruction(default, "", words, destination, chown, chmod)
            : new CopyInstruction(default, "", words, destination, isHere ? null : Reference(copy.From, step), chown, chmod)
            {
                Parents = !isHere && copy.Parents,
                Excludes = isHere ? [] : copy.Excludes,
            };
        return [new TextLine(Text(line), step)];
    }

    /// <summary>What follows <c>--from=</c>.</summary>
    private string Reference(CopySource source, PlanStep step) => source switch
    {
        FromStage other => names[other.Stage],
        FromImage other => sources.NameOf(other.Image),
        _ => throw sources.Lacks("a cache that begins with files of the build context", step),
    };

    /// <summary>A name of a file is no pattern.</summary>
    private static string Literal(string path) =>
        string.Concat(path.Select(character => character is '*' or '?' or '[' ? $"[{character}]" : character.ToString()));

    private static string Text(Instruction instruction) => DockerfileWriter.WriteSteps([instruction]).TrimEnd('\n');
}

/// <summary>What the lines of a stage have set so far. Every engine gives commands a PATH where the image has none.</summary>
internal sealed class TrackedStage(IEnumerable<string> environment, string user, string workingDirectory)
{
    private readonly Dictionary<string, string> variables = environment.Append($"PATH={ProgramSearch.DefaultPath}")
        .Select(variable => variable.Split('=', 2))
        .DistinctBy(pair => pair[0])
        .ToDictionary(pair => pair[0], pair => pair.ElementAtOrDefault(1) ?? "", StringComparer.Ordinal);

    private readonly Dictionary<string, string> arguments = new(StringComparer.Ordinal);

    public string User { get; set; } = user;

    public string WorkingDirectory { get; set; } = workingDirectory;

    /// <returns>Null where the variable has that value already; else whether an argument gives it, which a variable of the image would
    /// hide.</returns>
    public bool? Set(string name, string value)
    {
        var values = variables.ContainsKey(name) ? variables : arguments;
        if (values.TryGetValue(name, out var known) && known == value)
        {
            return null;
        }

        values[name] = value;
        return values == arguments;
    }

    /// <summary>Arguments end with their stage.</summary>
    public TrackedStage ForStageAbove() => new(variables.Select(pair => $"{pair.Key}={pair.Value}"), User, WorkingDirectory);
}
