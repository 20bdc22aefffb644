using System.Net;
using System.Net.Http.Headers;

namespace ContainerStages.Engines;

/// <summary>
/// Asks web servers for files. Redirects are followed here, so that a credential goes to the server it is for and to no other.
/// </summary>
internal sealed class DownloadClient(TimeSpan patience, string? authorization) : IDisposable
{
    private const int MostRedirects = 10;
    private readonly HttpClient client = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = patience };

    /// <param name="configure">Sets further headers.</param>
    /// <exception cref="HttpRequestException">No answer, or too many redirects.</exception>
    public async Task<HttpResponseMessage> GetAsync(Uri address, Action<HttpRequestHeaders>? configure, CancellationToken cancellationToken)
    {
        var next = address;
        for (var i = 0; i <= MostRedirects; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, next);
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("containerstages", null));
            configure?.Invoke(request.Headers);
            if (authorization is not null && IsSameServer(address, next))
            {
                request.Headers.TryAddWithoutValidation("Authorization", authorization);
            }

            var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (RedirectOf(answer, next) is not { } other)
            {
                return answer;
            }

            answer.Dispose();
            next = other;
        }

        throw new HttpRequestException($"it was redirected more than {MostRedirects} times.");
    }

    public void Dispose() => client.Dispose();

    private static bool IsSameServer(Uri one, Uri other) =>
        one.Scheme == other.Scheme
            && one.Port == other.Port
            && string.Equals(one.IdnHost, other.IdnHost, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Where the answer sends the request; null where it is the answer. What was asked for with TLS is not fetched without.
    /// </summary>
    private static Uri? RedirectOf(HttpResponseMessage answer, Uri asked)
    {
        if (answer.StatusCode is not (HttpStatusCode.MovedPermanently
            or HttpStatusCode.Found
            or HttpStatusCode.SeeOther
            or HttpStatusCode.TemporaryRedirect
            or HttpStatusCode.PermanentRedirect)
            || answer.Headers.Location is not { } location)
        {
            return null;
        }

        var next = new Uri(asked, location);
        return next.Scheme == Uri.UriSchemeHttps || (next.Scheme == Uri.UriSchemeHttp && asked.Scheme == Uri.UriSchemeHttp) ? next : null;
    }
}
