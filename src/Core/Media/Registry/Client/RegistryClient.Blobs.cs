using System.Net;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;

namespace ContainerStages.Media.Registry;

internal sealed partial class RegistryClient
{
    /// <summary>
    /// The blob's bytes as they come: exactly <see cref="Descriptor.Size"/> of them, or an error. A broken connection is taken up again
    /// where it broke. The digest is the reader's to check; every writer of a content store does.
    /// </summary>
    /// <exception cref="BuildFailedException">No endpoint has the blob; also thrown by reading.</exception>
    public async Task<Stream> OpenBlobAsync(ImageReference reference, Descriptor blob, CancellationToken cancellationToken)
    {
        async Task<OpenedBlob> OpenAt(long offset, LostEndpoint? lost, CancellationToken token)
        {
            try
            {
                return await FromFirstEndpointAsync(
                    reference, endpoint => endpoint.Host == lost?.Host
                        ? throw Lost(blob, lost)
                        : OpenAtAsync(endpoint, reference, blob, null, offset, token));
            }
            catch (BuildFailedException) when (blob.Urls is { Count: > 0 })
            {
                if (await OpenElsewhereAsync(reference, blob, offset, token) is { } elsewhere)
                {
                    return elsewhere;
                }

                throw;
            }
        }

        var opened = await OpenAt(0, null, cancellationToken);
        return new ResumingBlobStream(opened, OpenAt, blob, transport.Retry);
    }

    private async Task<bool> HasBlobAsync(RegistryEndpoint endpoint, Digest digest, CancellationToken cancellationToken)
    {
        var request =
            new RegistryRequest { Method = HttpMethod.Head, Endpoint = endpoint, Path = $"blobs/{digest}", Access = RegistryAccess.Push };
        using var response = await transport.SendAsync(request, cancellationToken);
        return response.IsSuccessStatusCode ? true
            : response.StatusCode == HttpStatusCode.NotFound ? false
            : throw await RegistryAnswer.UnexpectedAsync(request, response, cancellationToken);
    }

    private async Task<OpenedBlob> OpenAtAsync(
        RegistryEndpoint endpoint,
        ImageReference reference,
        Descriptor blob,
        Uri? target,
        long offset,
        CancellationToken cancellationToken)
    {
        var request = new RegistryRequest
        {
            Method = HttpMethod.Get,
            Endpoint = endpoint,
            Path = $"blobs/{blob.Digest}",
            Target = target,
            Offset = offset,
        };
        var response = await transport.SendAsync(request, cancellationToken);
        try
        {
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                throw Failure(
                    RegistryDiagnostics.BlobNotFound(reference.FamiliarName, blob.Digest.ToString(), endpoint.Host),
                    $"it lacks {blob.Digest}");
            }

            var start = response.StatusCode switch
            {
                HttpStatusCode.OK => 0,
                HttpStatusCode.PartialContent when response.Content.Headers.ContentRange?.From == offset => offset,
                _ => throw await RegistryAnswer.UnexpectedAsync(request, response, cancellationToken),
            };
            if (response.Content.Headers.ContentLength is { } length && start + length != blob.Size)
            {
                throw Failure(
                    RegistryDiagnostics.WrongSize(blob.Digest.ToString(), endpoint.Host, blob.Size, $"{start + length}"),
                    "blob of a wrong size");
            }

            return new OpenedBlob(endpoint.Host, response, await response.Content.ReadAsStreamAsync(cancellationToken), offset - start);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    /// <summary>
    /// A foreign layer from where its descriptor says, without credentials; null where no address works. An image's author must not make
    /// this machine talk to services of its network, so plain HTTP is refused, except on this machine for a registry that is here too.
    /// </summary>
    private async Task<OpenedBlob?> OpenElsewhereAsync(
        ImageReference reference,
        Descriptor blob,
        long offset,
        CancellationToken cancellationToken)
    {
        var endpoint = configuration.DestinationFor(reference);
        foreach (var text in blob.Urls!)
        {
            if (Uri.TryCreate(text, UriKind.Absolute, out var url)
                && (url.Scheme == "https" || (url.Scheme == "http" && endpoint.IsLoopback && RegistryEndpoint.IsLoopbackName(url.IdnHost))))
            {
                try
                {
                    return await OpenAtAsync(endpoint, reference, blob, url, offset, cancellationToken);
                }
                catch (EndpointException)
                {
                    // The next address; when none works, what the registry said is what counts.
                }
            }
        }

        return null;
    }

    private static EndpointException Lost(Descriptor blob, LostEndpoint lost) =>
        Failure(
            RegistryDiagnostics.ConnectionLost($"the download of {blob.Digest}", lost.Host, lost.Reason),
            "the connection broke again and again");
}

/// <summary>A blob's answer: the body, of which the first <see cref="Excess"/> bytes are known already (a server without ranges).</summary>
internal sealed record OpenedBlob(string Host, HttpResponseMessage Response, Stream Body, long Excess);

/// <summary>An endpoint whose connections broke too often during one blob.</summary>
internal sealed record LostEndpoint(string Host, string Reason);
