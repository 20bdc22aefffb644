namespace ContainerStages.Stages;

/// <summary>Files of a .NET publish that change equally often, from the one that changes least.</summary>
internal enum PublishedLayer
{
    /// <summary>The runtime that a self-contained application brings.</summary>
    Runtime,

    /// <summary>What packages bring.</summary>
    Packages,

    /// <summary>What referenced projects bring.</summary>
    Projects,

    /// <summary>Static files of a web application (<c>wwwroot</c>).</summary>
    Assets,

    /// <summary>Everything else.</summary>
    Application,
}

/// <summary>One layer of what a .NET publish wrote; <c>AssemblyName.deps.json</c> beside the files says what brought them.</summary>
internal sealed record PublishedPart(string AssemblyName, PublishedLayer Layer);
