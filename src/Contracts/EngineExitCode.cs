namespace ContainerStages.Contracts;

/// <summary>Exit codes of the engine program.</summary>
public static class EngineExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;

    /// <summary>It was told to stop, by an interrupt or SIGTERM. Source: shells, 128 and the number of SIGINT.</summary>
    public const int Interrupted = 130;
}
