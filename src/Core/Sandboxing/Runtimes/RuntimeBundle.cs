namespace ContainerStages.Sandboxing;

/// <summary>What an OCI runtime reads and writes, in a folder that is in memory and seen only inside the sandbox.</summary>
/// <param name="Folder">Absolute path.</param>
internal readonly record struct RuntimeBundle(string Folder)
{
    /// <summary>Source: runtime-spec bundle.md.</summary>
    public string Configuration => Folder + "/config.json";

    /// <summary>What the runtime keeps of its containers.</summary>
    public string State => Folder + "/state";

    /// <summary>JSON lines.</summary>
    public string Log => Folder + "/log";

    /// <summary>Receives the id of the container's process.</summary>
    public string ProcessFile => Folder + "/pid";
}
