using ContainerStages.Planning;
using ContainerStages.Stages;

namespace ContainerStages.Caching;

/// <summary>Says what a step depends on: the fields of its key (<see cref="CacheKey"/>) with names that people know.</summary>
/// <param name="log">What was read.</param>
/// <param name="settings">What the whole build says of commands.</param>
internal sealed class InputReader(InputLog log, IReadOnlyCollection<string> settings)
{
    private const int LongestValue = 120;

    /// <param name="title">Name of the stage for people.</param>
    /// <returns>Null for a step of which nothing was found out.</returns>
    public StepInputs? Read(StagePlan stage, string title, PlanStep step) => log.ContentsOf(step) is { } contents
        ? new StepInputs(
            title,
            step.Number,
            step.Title,
            [.. BaseOf(stage, step), .. InputsOf(stage, step), .. SourcesOf(step, contents)],
            log.FilesOf(step))
        : null;

    private static IEnumerable<StepInput> BaseOf(StagePlan stage, PlanStep step) =>
        stage.Base is ImageBase image && step is not CopyStep { Link: true }
            ? [new StepInput(InputKind.BaseImage, "", image.Reference.FamiliarName)]
            : [];

    private IEnumerable<StepInput> InputsOf(StagePlan stage, PlanStep step) => step switch
    {
        RunStep command => OfCommand(stage, command),
        WorkdirStep workdir => [Setting("working directory", workdir.Path), Setting("user", workdir.User)],
        CopyStep copies => copies.Copies.Index().SelectMany(one => OfCopy(one.Item, one.Index)),
        _ => [],
    };

    private IEnumerable<StepInput> OfCommand(StagePlan stage, RunStep command) =>
    [
        new StepInput(InputKind.Instruction, "", Digest(command.Arguments), IsHidden: true),
        Setting("working directory", command.WorkingDirectory),
        Setting("user", command.User),
        Setting("network", command.Network.ToString().ToLowerInvariant()),
        Setting("use of --security=insecure", command.Insecure ? "yes" : "no"),
        new StepInput(InputKind.Setting, "mounts", Digest(command.Mounts.SelectMany(WithoutBase)), IsHidden: true),
        new StepInput(InputKind.Setting, "settings of the build for commands", Digest(settings), IsHidden: true),
        .. command.Environment.Select(pair => Variable(stage, pair)),
    ];

    /// <summary>The base image keeps some caches apart, and is told by itself.</summary>
    private static IEnumerable<string> WithoutBase(PlannedMount mount) =>
        [.. (mount is PlannedCache cache ? cache with { Apart = [] } : mount).Declaration, "end"];

    private static IEnumerable<StepInput> OfCopy(PlannedCopy copy, int index) =>
    [
        Setting(Of("sources", index), string.Join(' ', copy.Sources)),
        Setting(Of("destination", index), copy.Destination),
        Setting(Of("owner", index), copy.Chown ?? "none"),
        Setting(Of("mode", index), copy.Chmod ?? "none"),
        Setting(Of("excludes", index), string.Join(' ', copy.Excludes)),
        new StepInput(
            InputKind.Instruction,
            Of("", index),
            Digest(
            [
                $"{copy.Unpack} {copy.Parents} {copy.Append} {copy.Optional} {copy.OneOfSeveral}",
                copy.Part is { } part ? $"{part.AssemblyName} {part.Layer}" : "",
            ]),
            IsHidden: true),
    ];

    private static string Of(string name, int index) => index == 0 ? name : $"{name} of part {index + 1}";

    private static IEnumerable<StepInput> SourcesOf(PlanStep step, IReadOnlyList<string> contents) =>
        step.Reads.Zip(contents).Select(read => new StepInput(InputKind.Source, NameOf(read.First), read.Second, IsHidden: true));

    private static string NameOf(PlannedCopy copy)
    {
        var sources = string.Join(' ', copy.Sources);
        return copy.From switch
        {
            FromStage other => $"{sources} of stage {other.Stage.Name}",
            FromElsewhere other => $"{sources} of stage {other.Stage}",
            FromImage other => $"{sources} of image {other.Image.Reference.FamiliarTag}",
            FromDocument document => document.Name,
            FromAddress address => address.Address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped),
            FromRepository repository => $"the repository {GitSource.WithoutPassword(repository.Repository.Remote)}",
            FromFiles => "the files of the convention",
            _ => $"the content of {sources}",
        };
    }

    private static StepInput Setting(string name, string value) => new(InputKind.Setting, name, Short(value));

    private static StepInput Variable(StagePlan stage, string pair)
    {
        var (name, value) = pair.IndexOf('=', StringComparison.Ordinal) is var end and >= 0 ? (pair[..end], pair[(end + 1)..]) : (pair, "");
        var kind = stage.Arguments.ContainsKey(name) ? InputKind.Argument : InputKind.Variable;
        return SecretNames.IsSecret(name) || HasPassword(value)
            // Few digits: enough to see a change, too few to find the value by trying.
            ? new StepInput(kind, name, Digest([value])[..4], IsHidden: true)
            : new StepInput(kind, name, Short(value));
    }

    private static bool HasPassword(string value) =>
        value.Contains("://", StringComparison.Ordinal) && value.Contains('@', StringComparison.Ordinal);

    private static string Short(string value) =>
        value.Length <= LongestValue ? value : $"{value[..LongestValue]}... ({Digest([value])[..12]})";

    private static string Digest(IEnumerable<string> texts) => new KeyBuilder("input").Add("", [.. texts]).Build()[..16];
}
