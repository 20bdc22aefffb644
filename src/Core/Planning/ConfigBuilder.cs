using System.Collections.Immutable;
using ContainerStages.Oci;

namespace ContainerStages.Planning;

/// <summary>The container configuration while a stage's instructions change it, beginning with that of the base.</summary>
internal sealed class ConfigBuilder
{
    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private readonly ContainerConfig inherited;
    private readonly List<(string Name, string Value)> variables;
    private IReadOnlyList<string>? cmd;
    private IReadOnlyList<string>? entrypoint;
    private bool cmdIsOwn;

    /// <summary>As the image has it: a base that names none leaves it so, as with Docker.</summary>
    private string? writtenWorkingDirectory;

    public ConfigBuilder(PlannedBase start)
    {
        inherited = start switch
        {
            ImageBase image => image.Config.Config,
            StageBase stage => stage.Stage.Config,
            _ => new ContainerConfig(),
        };
        variables = [.. (inherited.Env ?? []).Select(Split)];
        if (!HasVariable("PATH"))
        {
            variables.Add(("PATH", DefaultPath));
        }

        (cmd, entrypoint, User, StopSignal) = (inherited.Cmd, inherited.Entrypoint, Nullable(inherited.User), inherited.StopSignal);
        writtenWorkingDirectory = Nullable(inherited.WorkingDir) ?? (start is ScratchBase ? "/" : null);
        Healthcheck = inherited.Healthcheck;
        Shell = inherited.Shell is { } shell ? [.. shell] : null;
        Labels = new SortedDictionary<string, string>(inherited.Labels ?? [], StringComparer.Ordinal);
        Ports = new SortedSet<string>(inherited.ExposedPorts?.Keys ?? Enumerable.Empty<string>(), StringComparer.Ordinal);
        Volumes = new SortedSet<string>(inherited.Volumes?.Keys ?? Enumerable.Empty<string>(), StringComparer.Ordinal);
    }

    public IReadOnlyList<(string Name, string Value)> Variables => variables;

    /// <summary>
    /// The folder that relative paths begin in. The configuration keeps it as written, <c>/a//b/</c> too, as BuildKit does.
    /// </summary>
    public string WorkingDirectory
    {
        get => ImagePath.Absolute("/", writtenWorkingDirectory ?? "/");
        set => writtenWorkingDirectory = value;
    }

    public string? User { get; set; }

    public string? StopSignal { get; set; }

    public ImmutableArray<string>? Shell { get; set; }

    public Healthcheck? Healthcheck { get; set; }

    /// <summary>Triggers of this stage; those of the base have been executed.</summary>
    public List<string> OnBuild { get; } = [];

    public SortedDictionary<string, string> Labels { get; }

    public SortedSet<string> Ports { get; }

    public SortedSet<string> Volumes { get; }

    public bool HasVariable(string name) => variables.Any(variable => variable.Name == name);

    public void SetVariable(string name, string value)
    {
        var index = variables.FindIndex(variable => variable.Name == name);
        if (index < 0)
        {
            variables.Add((name, value));
        }
        else
        {
            variables[index] = (name, value);
        }
    }

    public void SetCmd(IReadOnlyList<string> words) => (cmd, cmdIsOwn) = (words, true);

    /// <summary>
    /// A new entry point makes the base's CMD meaningless. Source: Dockerfile reference, Understand how CMD and ENTRYPOINT interact.
    /// </summary>
    public void SetEntrypoint(IReadOnlyList<string> words)
    {
        entrypoint = words;
        cmd = cmdIsOwn ? cmd : null;
    }

    public ContainerConfig ToConfig() => inherited with
    {
        Env = [.. variables.Select(variable => $"{variable.Name}={variable.Value}")],
        Cmd = cmd,
        Entrypoint = entrypoint,
        WorkingDir = writtenWorkingDirectory,
        User = User,
        StopSignal = StopSignal,
        Shell = Shell,
        Labels = Labels.Count == 0 ? null : Labels,
        ExposedPorts = Set(Ports),
        Volumes = Set(Volumes),
        Healthcheck = Healthcheck,
        OnBuild = OnBuild.Count == 0 ? null : OnBuild,
    };

    private static SortedDictionary<string, EmptyObject>? Set(SortedSet<string> names) =>
        names.Count == 0 ? null : new SortedDictionary<string, EmptyObject>(
            names.ToDictionary(name => name, _ => new EmptyObject(), StringComparer.Ordinal), StringComparer.Ordinal);

    private static (string Name, string Value) Split(string variable) =>
        variable.IndexOf('=', StringComparison.Ordinal) is >= 0 and var equals
            ? (variable[..equals], variable[(equals + 1)..])
            : (variable, "");

    private static string? Nullable(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
