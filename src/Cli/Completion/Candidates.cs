namespace ContainerStages.Cli.Completion;

/// <summary>Where the candidates for a value come from.</summary>
internal enum CandidateSource
{
    /// <summary>A fixed list.</summary>
    Words,

    /// <summary>The shell's own completion of paths.</summary>
    Files,

    /// <summary>The shell's own completion of folders.</summary>
    Folders,

    /// <summary>The names of the store.</summary>
    Images,

    /// <summary>The stages of the Dockerfile that the command line names.</summary>
    Stages,
}

/// <summary>What a shell offers for the value of an option, or for an argument.</summary>
internal sealed record Candidates(CandidateSource Source, params string[] Words)
{
    public static Candidates Files { get; } = new(CandidateSource.Files);

    public static Candidates Folders { get; } = new(CandidateSource.Folders);

    public static Candidates Images { get; } = new(CandidateSource.Images);

    public static Candidates Stages { get; } = new(CandidateSource.Stages);

    public static Candidates Of(params string[] words) => new(CandidateSource.Words, words);
}
