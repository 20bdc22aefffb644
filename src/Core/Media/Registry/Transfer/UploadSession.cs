using System.Globalization;
using System.Net;
using ContainerStages.Oci;

namespace ContainerStages.Media.Registry;

/// <summary>The address under which a registry takes the bytes of a blob. Source: distribution-spec, Pushing Blobs.</summary>
internal static class UploadSession
{
    /// <summary>Opens one, or has a blob mounted: then there is no session.</summary>
    /// <param name="transport">Speaks to the registry.</param>
    /// <param name="endpoint">Registry and repository.</param>
    /// <param name="mount">A blob and the repository of the same registry to take it from; null for none.</param>
    /// <param name="timeout">Until the answer; null for the usual time, in which it is told that an answer is waited for.</param>
    /// <param name="cancellationToken">Stops asking.</param>
    /// <returns>The address, and the bytes that a chunk must have.</returns>
    /// <exception cref="EndpointException">The registry refused or could not be reached.</exception>
    public static async Task<(Uri? Session, long LeastChunk)> StartAsync(
        RegistryTransport transport,
        RegistryEndpoint endpoint,
        (Digest Blob, string From)? mount,
        TimeSpan? timeout,
        CancellationToken cancellationToken)
    {
        var request = new RegistryRequest
        {
            Method = HttpMethod.Post,
            Endpoint = endpoint,
            Path = "blobs/uploads/" + (mount is var (blob, from)
                ? $"?mount={Uri.EscapeDataString(blob.ToString())}&from={Uri.EscapeDataString(from)}"
                : ""),
            Access = RegistryAccess.Push,
            AlsoRead = mount?.From,
            Content = static () => new ByteArrayContent([]),
            CanRepeat = false,
            Timeout = timeout,
        };
        using var response = await transport.SendAsync(request, cancellationToken);
        var leastChunk = response.Headers.TryGetValues("OCI-Chunk-Min-Length", out var least)
            && long.TryParse(least.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            ? bytes
            : 0;
        return response.StatusCode switch
        {
            HttpStatusCode.Created when mount is not null => (null, leastChunk),
            HttpStatusCode.Accepted when response.Headers.Location is { } location => (
                await transport.ResolveAsync(endpoint, location, cancellationToken), leastChunk),
            _ => throw await RegistryAnswer.UnexpectedAsync(request, response, cancellationToken),
        };
    }

    /// <summary>The address that takes the end of the blob and makes it one.</summary>
    public static Uri WithDigest(Uri session, Digest digest)
    {
        var query = session.Query.TrimStart('?');
        return new UriBuilder(session)
        {
            Query = $"{query}{(query.Length > 0 ? "&" : "")}digest={Uri.EscapeDataString(digest.ToString())}",
        }.Uri;
    }
}
