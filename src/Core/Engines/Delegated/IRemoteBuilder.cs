using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;

namespace ContainerStages.Engines;

/// <summary>A program of this machine that builds Dockerfiles.</summary>
internal interface IRemoteBuilder
{
    /// <summary>The name that a user chooses it by.</summary>
    string Name { get; }

    /// <summary>
    /// True where a folder that WORKDIR makes belongs to the user that USER named before, as with BuildKit; false where it is root's.
    /// </summary>
    bool WorkdirIsOfUser { get; }

    /// <summary>Finds out whether the program and what it talks to work.</summary>
    Task<EngineProbe> ProbeAsync(CancellationToken cancellationToken);

    /// <summary>Builds one stage of a text, and writes <see cref="RemoteBuild.Result"/>.</summary>
    /// <exception cref="BuildFailedException">A step failed, or the engine did.</exception>
    Task BuildAsync(RemoteBuild build, StageProgress progress, CancellationToken cancellationToken);
}

/// <summary>What a <see cref="IRemoteBuilder"/> is asked for.</summary>
internal sealed record RemoteBuild
{
    public required StageText Text { get; init; }

    /// <summary>The stage that is wanted.</summary>
    public required string Target { get; init; }

    public required Platform Platform { get; init; }

    /// <summary>Which of the platforms of the request it is, from 0.</summary>
    public int Place { get; init; }

    /// <summary>What the commands of its stages are made for, which is not always the platform of the image.</summary>
    public IReadOnlyCollection<Platform> RunsOn { get; init; } = [];

    /// <summary>Writes the context with the Dockerfile in it, as a tar.</summary>
    public required Action<Stream, CancellationToken> WriteContext { get; init; }

    /// <summary>The file that receives the stage: a tar of its files, or an archive of its image as <c>docker save</c> writes it.</summary>
    public required string Result { get; init; }

    /// <summary>True for an image with a layer for each command.</summary>
    public bool IsImage { get; init; }

    public bool NoCache { get; init; }

    /// <summary>True: commands see this machine's network, as those of the embedded engine do; false: none.</summary>
    public bool Network { get; init; } = true;

    public CommandSettings Commands { get; init; } = new();

    /// <summary>By id, files of the user or variables of this process: no value passes through our hands.</summary>
    public IReadOnlyDictionary<string, SecretSource> Secrets { get; init; } = new Dictionary<string, SecretSource>();

    /// <summary>By id.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Agents { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>
    /// Build arguments whose values the program reads in its environment: proxies may have passwords, and arguments are seen by everybody.
    /// </summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();
}
