using System.Diagnostics.CodeAnalysis;
using System.Net;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Media.Registry;

/// <summary>
/// One endpoint did not do what was asked. It stays inside this folder: the next endpoint is tried, and the last one's failure becomes
/// a <see cref="BuildFailedException"/>.
/// </summary>
[SuppressMessage("Design", "CA1064", Justification = "Callers of this folder never see it.")]
internal sealed class EndpointException(Diagnostic diagnostic, string reason, EndpointFailure kind, Exception? cause = null)
    : Exception(reason, cause)
{
    public Diagnostic Diagnostic { get; } = diagnostic;

    /// <summary>A few words, for the list of all endpoints that were tried.</summary>
    public string Reason { get; } = reason;

    public EndpointFailure Kind { get; } = kind;

    /// <summary>What it answered; null where no answer came.</summary>
    public HttpStatusCode? Status { get; init; }

    /// <summary>What it said of it; empty for nothing.</summary>
    public string Detail { get; init; } = "";

    /// <summary>How long the registry asked to be left alone.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

internal enum EndpointFailure
{
    /// <summary>The same request will fail again.</summary>
    Final,

    /// <summary>May work when tried again.</summary>
    Transient,

    /// <summary>It took the request and said nothing for as long as was waited: worth one more try.</summary>
    Silent,

    /// <summary>Nobody answers there; asking again for the next blob would only cost time.</summary>
    Unreachable,
}
