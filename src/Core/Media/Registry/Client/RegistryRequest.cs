using ContainerStages.Oci;

namespace ContainerStages.Media.Registry;

/// <summary>One request to one endpoint, able to be sent again.</summary>
internal sealed record RegistryRequest
{
    public required HttpMethod Method { get; init; }

    public required RegistryEndpoint Endpoint { get; init; }

    /// <summary>Path and query below <c>/v2/REPOSITORY/</c>.</summary>
    public string Path { get; init; } = "";

    /// <summary>An absolute address that the registry named, instead of <see cref="Path"/>.</summary>
    public Uri? Target { get; init; }

    public RegistryAccess Access { get; init; }

    /// <summary>A repository of the same registry that is read too (a mount).</summary>
    public string? AlsoRead { get; init; }

    public IReadOnlyList<string> Accept { get; init; } = [];

    /// <summary>First byte wanted.</summary>
    public long Offset { get; init; }

    /// <summary>Makes the body anew for every attempt.</summary>
    public Func<HttpContent>? Content { get; init; }

    /// <summary>False where an attempt uses something up that a second one would need.</summary>
    public bool CanRepeat { get; init; } = true;

    /// <summary>True where the body can be read only once.</summary>
    public bool IsBodySpent { get; init; }

    /// <summary>Until the headers of the answer, where that is not the usual time; a body is watched by its reader.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Empty where no repository is asked for. Source: distribution, Token Scope Documentation.</summary>
    public string Scope =>
        Endpoint.Repository.Length == 0 ? "" : $"repository:{Endpoint.Repository}:{Actions}"
        + (AlsoRead is null ? "" : $" repository:{AlsoRead}:pull");

    // Registries want more than push for the end of an upload that is given up.
    private string Actions =>
        Method == HttpMethod.Delete ? "pull,push,delete" : Access == RegistryAccess.Push ? "pull,push" : "pull";

    /// <summary>For messages: never a query, which may hold a signature or state.</summary>
    public string Title => $"{Method} /v2/{Endpoint.Repository}/{Path.Split('?')[0]}";

    public static readonly IReadOnlyList<string> ManifestTypes =
        [MediaTypes.OciManifest, MediaTypes.OciIndex, MediaTypes.DockerManifest, MediaTypes.DockerIndex];
}
