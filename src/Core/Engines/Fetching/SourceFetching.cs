using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Planning;

namespace ContainerStages.Engines;

/// <summary>How files of web servers and repositories are had: where they are kept, and whether their servers are asked.</summary>
internal sealed record SourceFetching(StoreDirectory Store)
{
    /// <summary>True: what the store has counts, and no server is asked.</summary>
    public bool Offline { get; init; }

    /// <summary>By id; some name the server that they are for.</summary>
    public CommandSettings Commands { get; init; } = new();

    /// <summary>Called with what an address gave (digest of the file) and what a reference of a repository led to (commit).</summary>
    public Action<CopySource, string> Fetched { get; init; } = (_, _) => { };
}
